"""Read pages, books and plain text."""
