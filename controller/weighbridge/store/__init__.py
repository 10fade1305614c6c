"""What was learnt before: in memory, and in one store behind it that may outlive the process."""
