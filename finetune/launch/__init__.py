"""Configurations by which accelerate starts trl's trainers on several GPUs, one file each."""

from pathlib import Path


def files() -> dict[str, Path]:
    """Return the configurations by name."""
    folder = Path(__file__).resolve().parent
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}
