"""How large the parts are in which the loss of a large vocabulary is computed."""

_BYTES = {"cpu": 64 << 20}
_BYTES_ON_GPU = 1 << 30


def bytes_at_once(device: str) -> int:
    """Return how much memory logits in float32 may take at once; a GPU works faster on more."""
    return _BYTES.get(device, _BYTES_ON_GPU)
