"""Realize facts as English and Chinese sentences."""
