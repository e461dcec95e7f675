"""Build the index of a new generation; unchanged files are shared with its parent.

    parent's segments (linked) + new passages -> gen-000008.building -> draft

Of the parent's files those that still hold are shared, none is read or written again; a segment
that is damaged is made anew from the catalogue. The manifest, which makes a draft a generation, is
put in by `generations`.
"""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge import durable
from knowledge.index import dense, lexical, manifest
from knowledge.index.embedding import Embedding
from knowledge.index.indexed_passages import IndexedPassage
from knowledge.index.manifest import LEXICAL, Generation
from knowledge.records import Progress, silent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PassageChange:
    """What an update does to the passages: which it adds, and whose documents went away.

    `remaining` reads the other passages; it is called only where something must be made anew.
    `equal` names added passages that have the text and titles of one that was there, with that
    one: its vector is theirs.
    """

    added: Sequence[IndexedPassage] = ()
    removed_documents: Collection[str] = ()
    remaining: Callable[[], Iterator[IndexedPassage]] = lambda: iter(())
    equal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexDraft:
    """A folder whose index is written and whose manifest is not."""

    number: int
    folder: Path
    files: dict[str, str]
    model: str
    dimension: int
    unembedded: int


def build(
    folder: Path,
    number: int,
    base: Generation | None,
    change: PassageChange,
    embedding: Embedding | None = None,
    progress: Progress = silent,
) -> IndexDraft:
    """Write the index of a generation into a folder beside the others."""
    place = _blank(folder)
    _build_words(place, base, change, progress)
    model, dimension, lacking = _build_vectors(place, number, base, change, embedding, progress)
    return _drafted(place, number, model, dimension, lacking)


def compact(
    folder: Path, number: int, base: Generation, pieces: Sequence[IndexedPassage]
) -> IndexDraft:
    """Write the index of a generation anew, with nothing in it of what is no longer held.

    All segments become one. Vectors are taken over, so that no model is needed.
    """
    place = _blank(folder)
    lexical.build(place / LEXICAL, None, pieces)
    held = {piece.id for piece in pieces}
    ids, vectors = dense.join(base.folder, base.segments, held)
    if vectors is not None:
        dense.write(place, f"dense-{number:06d}", ids, vectors)
    known = base.manifest
    return _drafted(place, number, known.model, known.dimension, known.counts["unembedded"])


def _blank(folder: Path) -> Path:
    place = folder.with_suffix(".building")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


def _drafted(folder: Path, number: int, model: str, dimension: int, lacking: int) -> IndexDraft:
    files = {name: manifest.digest(folder / name) for name in _files(folder)}
    for name in files:
        # a shared file was synced when it was written
        if (folder / name).stat().st_nlink == 1:
            durable.sync(folder / name)
    durable.sync(folder / LEXICAL)
    return IndexDraft(number, folder, files, model, dimension, lacking)


def _files(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _build_words(
    folder: Path, base: Generation | None, change: PassageChange, progress: Progress
) -> None:
    if base is None or not base.has_words:
        everything = [*change.remaining(), *change.added]
        lexical.build(folder / LEXICAL, None, everything, progress=progress)
    else:
        words = base.folder / LEXICAL
        lexical.build(folder / LEXICAL, words, change.added, change.removed_documents, progress)


def _build_vectors(
    folder: Path,
    number: int,
    base: Generation | None,
    change: PassageChange,
    embedding: Embedding | None,
    progress: Progress,
) -> tuple[str, int, int]:
    """Add the vectors that lack; return the model, its dimension, and how many still lack."""
    known = base.manifest if base else None
    if embedding is None:
        segments = _link_segments(folder, base)
        lacking = len(change.added) + (_lacking(base, change, segments) if base else 0)
        return (known.model, known.dimension, lacking) if known and segments else ("", 0, lacking)
    inherits = known is not None and known.model == embedding.model
    segments = _link_segments(folder, base) if inherits else []
    complete = inherits and base is not None and not _incomplete(base)
    pieces = list(change.added) if complete else [*change.remaining(), *change.added]
    pieces = [piece for piece in pieces if embedding.reads(piece.language)]
    if not complete:
        covered = {id for name in segments for id in dense.read_ids(folder, name)}
        pieces = [piece for piece in pieces if piece.id not in covered]
    if pieces:
        vectors = _encode(pieces, folder, segments, change.equal, embedding, progress)
        dense.write(folder, f"dense-{number:06d}", [piece.id for piece in pieces], vectors)
        _join_segments(folder, number, len(pieces))
    return embedding.model, embedding.dimension, 0


def _encode(
    pieces: Sequence[IndexedPassage],
    folder: Path,
    segments: Sequence[str],
    equal: Mapping[str, str],
    embedding: Embedding,
    progress: Progress,
) -> "NDArray[np.float32]":
    """Return the vectors of passages; of those whose text was there, without the model."""
    import numpy as np

    wanted = {equal[piece.id] for piece in pieces if piece.id in equal}
    known = dense.read_vectors(folder, segments, wanted) if wanted else {}
    new = [place for place, piece in enumerate(pieces) if equal.get(piece.id) not in known]
    texts = [f"{pieces[place].title}\n{pieces[place].text}" for place in new]
    made = embedding.encode(texts, progress) if texts else None
    if made is not None and len(new) == len(pieces):
        return made
    vectors = np.zeros((len(pieces), embedding.dimension), dtype=np.float32)
    if made is not None:
        vectors[new] = made
    for place, piece in enumerate(pieces):
        if equal.get(piece.id) in known:
            vectors[place] = known[equal[piece.id]]
    return vectors


def _incomplete(base: Generation) -> bool:
    """Say whether passages of a generation lack vectors, or lost them with a damaged segment."""
    return base.manifest.counts["unembedded"] > 0 or len(base.segments) < len(
        dense.segment_names(base.manifest.files)
    )


def _lacking(base: Generation, change: PassageChange, segments: Sequence[str]) -> int:
    """Count the passages without a vector where no model is at hand to make it."""
    if len(segments) == len(dense.segment_names(base.manifest.files)):
        return base.manifest.counts["unembedded"]
    covered = {id for name in segments for id in dense.read_ids(base.folder, name)}
    return sum(piece.id not in covered for piece in change.remaining())


def _link_segments(folder: Path, base: Generation | None) -> list[str]:
    if base is None:
        return []
    for name in base.segments:
        for ending in dense.ENDINGS:
            durable.link_or_copy(base.folder / f"{name}{ending}", folder / f"{name}{ending}")
    return list(base.segments)


def _join_segments(folder: Path, number: int, added: int) -> None:
    """Join the smallest segments where there are many; the large ones stay as they are.

    Vectors of documents that went away stay in them until a collection: search passes them over.
    """
    names = dense.segment_names([path.name for path in folder.iterdir()])
    sizes = {name: len(dense.read_ids(folder, name)) for name in names} if _many(names) else {}
    count = dense.count_to_join(list(sizes.values()), added)
    small = sorted(sizes, key=lambda name: (sizes[name], name))[:count]
    if not small:
        return
    ids, vectors = dense.join(folder, small)
    for name in small:
        for ending in dense.ENDINGS:
            (folder / f"{name}{ending}").unlink()
    if vectors is not None:
        dense.write(folder, f"dense-{number:06d}-joined", ids, vectors)


def _many(names: Sequence[str]) -> bool:
    return len(names) > dense.MAX_SEGMENTS
