"""What a base's architecture is like, and what is promised of it."""
