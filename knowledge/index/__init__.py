"""The search index: dense and lexical segments, generations, verification, garbage collection."""
