"""Data sets of other people as rows: their formats, and the rows they become."""
