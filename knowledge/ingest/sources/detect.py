"""Find the format of a file by its content, and the files of known formats in a folder."""

from collections.abc import Iterable
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import folders, foreign, hub_folders, nearest
from knowledge.ingest.sources.formats import FORMATS
from knowledge.ingest.sources.streams import archives
from knowledge.records import ReadReport


def detect_format(path: Path) -> str:
    """Return the name of a file's format, found by content.

    Raises KnowledgeError where the file is missing, empty, or of no known format; it names the
    nearest formats.
    """
    start = read_start(path)
    name = _matching_format(path, start)
    if name:
        return name
    told = _describe_unknown(path, start)
    remedy = "name its format with --format; docs/formats.md lists all."
    raise KnowledgeError(
        f"{path.name} is of no known format. {told}".rstrip(),
        where=str(path),
        remedy=f"Make it one of these, or {remedy}" if "Nearest:" in told else f"Else {remedy}",
    )


def find_known_format(path: Path) -> str:
    """Return the name of a file's format, or an empty text where it is of none.

    Raises KnowledgeError where the file is empty or cannot be opened.
    """
    return _matching_format(path, read_start(path))


def find_files(paths: Iterable[Path], report: ReadReport | None = None) -> list[Path]:
    """Return the files behind paths: folders are walked in sorted order, known formats only.

    Files inside folders that no format recognises are counted in the report; a file named by
    itself is returned whatever it is. Raises KnowledgeError for a missing path or a folder
    without any known file.
    """
    found: dict[Path, None] = {}
    for path in paths:
        folders.check_name(path)
        if path.is_dir():
            found.update(
                dict.fromkeys(_files_in(path, report if report is not None else ReadReport()))
            )
        elif path.is_file():
            found[path] = None
        elif path.exists():
            raise KnowledgeError(
                f"{path} is a pipe or a device, not a file.",
                where=str(path),
                remedy="Save what comes out of it in a file and add that.",
            )
        else:
            raise KnowledgeError(
                f"{path} does not exist.", where=str(path), remedy="Check the spelling of the path."
            )
    return list(found)


def _files_in(folder: Path, report: ReadReport) -> list[Path]:
    unread = folders.Unread(folder)
    known: list[Path] = []
    for path in folders.walk(folder, unread):
        try:
            start = archives.read_head(path)
            if not start.strip():
                unread.add("empty file", path)
            elif hub_folders.is_card_or_index(path):
                unread.add(hub_folders.PASSED_OVER, path)
            elif _matching_format(path, start):
                known.append(path)
            else:
                unread.add("file of no known format", path)
        except (KnowledgeError, OSError):
            unread.add("file that cannot be opened", path)
    if not known:
        held = unread.told()
        raise KnowledgeError(
            f"The folder {folder} holds no file of a known format"
            f"{': ' + '; '.join(held) if held else ''}.",
            where=str(folder),
            remedy="Name one of its files to hear what is wrong with it; docs/formats.md lists "
            "the formats.",
        )
    unread.count(report)
    return known


def _matching_format(path: Path, start: bytes) -> str:
    return next((name for name, each in FORMATS.items() if each.recognise(path, start)), "")


def read_start(path: Path) -> bytes:
    """Return the first 64 KiB of a file, unpacked.

    Raises KnowledgeError where it is missing, a folder, empty or cannot be opened.
    """
    if path.is_dir():
        raise KnowledgeError(
            f"{path} is a folder, not a file.", where=str(path), remedy="Name the files in it."
        )
    if not path.exists():
        raise KnowledgeError(
            f"{path} does not exist.", where=str(path), remedy="Check the spelling of the path."
        )
    start = archives.read_head(path)
    if not start.strip():
        raise KnowledgeError(
            f"{path.name} is empty.", where=str(path), remedy="Add a file that holds records."
        )
    return start


def _describe_unknown(path: Path, start: bytes) -> str:
    return foreign.describe(path, start) or nearest.describe(path, start)
