"""What objectives draw from data: mixtures, pairs, questions, plain text."""
