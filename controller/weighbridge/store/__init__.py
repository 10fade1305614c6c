"""What was learnt before."""
