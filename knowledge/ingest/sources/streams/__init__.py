"""Read files as streams: bytes, text, rows, objects, elements; nothing holds a whole file."""
