"""What a model is scored on: held-out rows, goals, raw outputs."""
