"""Read what a conversation tells of its patient, and say it."""
