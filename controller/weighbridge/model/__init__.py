"""Values: what the corridor passes from room to room. No input or output."""
