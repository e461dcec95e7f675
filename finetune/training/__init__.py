"""Parts of the training loop: losses, packed rows, processes, progress."""
