"""Metrics of answers against references: ROUGE-L, BLEU, BERTScore."""
