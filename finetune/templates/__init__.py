"""Turn messages into model text, one way for training and for chat."""
