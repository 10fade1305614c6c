"""Where evidence comes from. Every adapter speaks one protocol and knows none of the others."""
