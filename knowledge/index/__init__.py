"""Build and check the search index: vectors, words, generations, garbage collection."""
