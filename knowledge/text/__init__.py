"""Process text: names, sentences, passages, stop words, spelling, segmentation, units."""
