"""Write answers with a model: choose tokens, stream them, several at once."""
