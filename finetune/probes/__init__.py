"""Fixed probes of what a model keeps: general knowledge, safe answers, declining."""
