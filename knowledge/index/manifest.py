"""Write and read the manifest of a generation's folder, and check its files by hash.

    files of a folder -> SHA-256 of each -> MANIFEST.json, written last, with a seal of its own

A file is trusted after its hash agreed with the manifest. Files never change once written and are
shared between generations, so that a process hashes each of them once.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge import durable
from knowledge.errors import KnowledgeError
from knowledge.index import dense

MANIFEST = "MANIFEST.json"
LEXICAL = "lexical"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation's folder holds; `files` maps a file to its SHA-256.

    `graph` is the generation in which names and facts last changed, 0 where that was not recorded.
    """

    generation: int
    parent: int | None
    created: float
    counts: dict[str, int]
    model: str
    dimension: int
    files: dict[str, str]
    graph: int = 0


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation whose files were verified; the `damaged` ones among them are not to be used."""

    number: int
    folder: Path
    manifest: Manifest
    damaged: frozenset[str] = frozenset()

    @property
    def segments(self) -> list[str]:
        """Return the segments of vectors that are whole, oldest first."""
        return [
            name
            for name in dense.segment_names(self.manifest.files)
            if not any(f"{name}{ending}" in self.damaged for ending in dense.ENDINGS)
        ]

    @property
    def has_words(self) -> bool:
        """Say whether the index of words is whole."""
        return not any(name.startswith(f"{LEXICAL}/") for name in self.damaged)


def write(folder: Path, manifest: Manifest) -> None:
    """Put the manifest into a folder, sealed; the last file that the folder gets."""
    content = asdict(manifest)
    sealed = {**content, "seal": _seal(content)}
    durable.write_text(folder / MANIFEST, json.dumps(sealed, indent=1) + "\n")


def read(folder: Path, number: int) -> Manifest:
    """Read a generation's manifest; raise KnowledgeError where it is missing or damaged."""
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        seal = content.pop("seal")
        manifest = Manifest(**content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(
            f"{folder.name}/{MANIFEST} is missing or damaged.", where=str(path), status=1
        ) from error
    if seal != _seal(content) or manifest.generation != number:
        raise KnowledgeError(
            f"{folder.name}/{MANIFEST} differs from what was written.", where=str(path), status=1
        )
    return manifest


def find_damaged(folder: Path, manifest: Manifest) -> dict[str, str]:
    """Return the files that are not what was written, each with a sentence."""
    faults: dict[str, str] = {}
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            faults[name] = f"{folder.name}/{name} is missing."
        elif digest(path) != expected:
            faults[name] = f"{folder.name}/{name} differs from what was written."
    return faults


_Identity = tuple[int, int, int, int]
_HASHED: dict[_Identity, str] = {}
"""What files hashed by this process held, by device, number, size and time of the last change."""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, computed once as long as it is not written to."""
    about = path.stat()
    identity = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns)
    if identity not in _HASHED:
        with path.open("rb") as stream:
            _HASHED[identity] = hashlib.file_digest(stream, "sha256").hexdigest()
    return _HASHED[identity]


def forget_digests() -> None:
    """Forget what was hashed, so that every file is read again from the disk."""
    _HASHED.clear()


def _seal(content: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
