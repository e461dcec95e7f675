"""From a question to a checked answer: understanding, retrieval, prompts, writers, answer check."""
