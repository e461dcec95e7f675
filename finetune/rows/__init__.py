"""What objectives draw from data: examples, mixtures, pairs, questions, plain text."""
