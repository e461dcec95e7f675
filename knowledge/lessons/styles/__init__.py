"""The styles of training rows, one module each; `registry` lists them by name."""
