"""Data sets of other people: their formats, and the rows that they become."""
