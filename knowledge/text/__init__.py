"""Text processing: names, chunking, stop words, spelling, segmentation, units."""
