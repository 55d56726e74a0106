"""What a drill leaves: its record, checked for secrets and sealed."""
