"""Surface realization: facts become sentences in English and Chinese."""
