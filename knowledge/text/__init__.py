"""Text as the rest of medchat reads it: names, chunking, stop words, spelling, segmentation, units."""
