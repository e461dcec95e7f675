"""Know data sets of the Hugging Face hub by their folder: a snapshot, or one of `save_to_disk`.

    folder -> its data files, without card and indexes;  data file -> licence of the card above it

Nothing is fetched.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import folders
from knowledge.ingest.sources.streams import archives, encodings

CARD = "README.md"
INDEXES = ("dataset_dict.json", "dataset_info.json", "dataset_infos.json", "state.json")
ENDINGS = (".parquet", ".arrow", ".jsonl", ".ndjson", ".json", ".csv", ".tsv")
"""Files that hold the rows of a data set, packed with gzip or not."""

PASSED_OVER = "card or index of a data set"

_HEADER = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_OF_DATA = re.compile(
    r"^(?:configs|dataset_info|task_categories|size_categories|annotations_creators):", re.MULTILINE
)
_LINE = r"^{}:[ \t]*(?:\n[ \t]*-[ \t]*)?[\"']?([^\n\"']+)"
_UNKNOWN = {"other", "unknown"}
_LEVELS = 3
"""So many folders above a data file are looked through for the card."""


def is_card_or_index(path: Path) -> bool:
    """Say whether a file describes a data set, and is none of its data."""
    if path.name in INDEXES:
        return True
    return path.name == CARD and bool(_OF_DATA.search(_read_header(path)))


def data_files(folder: Path) -> list[Path]:
    """Return the files with rows of a data set in a folder, sorted.

    Raises KnowledgeError where there is none.
    """
    unread = folders.Unread(folder)
    found = [
        path
        for path in folders.walk(folder, unread)
        if path.name.lower().removesuffix(".gz").endswith(ENDINGS) and not is_card_or_index(path)
    ]
    if not found:
        raise KnowledgeError(
            f"The folder {folders.show(folder)} holds no file with rows of a data set.",
            where=str(folder),
            remedy=f"Such files end in one of {', '.join(ENDINGS)}.",
        )
    return found


def licence_of(path: Path) -> str:
    """Return the licence that the card of a file's data set states, or an empty text."""
    for card in _cards(path):
        header = _read_header(card)
        if not _OF_DATA.search(header) and not _field(header, "license"):
            continue
        stated = _field(header, "license")
        return _field(header, "license_name") if stated in _UNKNOWN else stated
    return ""


def title_of(path: Path) -> str:
    """Return the name that the card of a file's data set gives it, or an empty text."""
    for card in _cards(path):
        if name := _field(_read_header(card), "pretty_name"):
            return name
    return ""


def _cards(path: Path) -> Iterator[Path]:
    above = [path] if path.is_dir() else []
    for folder in [*above, *path.absolute().parents][:_LEVELS]:
        if (folder / CARD).is_file():
            yield folder / CARD


def _read_header(card: Path) -> str:
    """Return the YAML at the head of a card, or an empty text where it has none."""
    try:
        text = encodings.decode_head(card, archives.read_head(card))
    except KnowledgeError:
        return ""
    found = _HEADER.match(text.lstrip("\ufeff").replace("\r\n", "\n"))
    return found[1] if found else ""


def _field(header: str, name: str) -> str:
    found = re.search(_LINE.format(name), header, re.MULTILINE)
    return found[1].strip() if found else ""
