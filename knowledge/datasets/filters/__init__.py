"""What a row must pass beside the proof, one filter a module; `filtering` runs them."""
