"""The database of conversations and feedback, and transcripts of conversations."""
