"""What markets say, tested."""
