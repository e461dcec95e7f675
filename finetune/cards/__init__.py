"""Pages and pictures of adapters: what they came from, how they learned, what they answer."""
