"""Walk a folder: its regular files in sorted order, and by name all else that it holds.

Nothing is opened here. Links to files are followed, links to folders are not: they may lead in a
circle. Pipes, sockets and devices are never opened, since reading one may never end.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.records import ReadReport

_NAMED = 3
"""So many of the things left out are named, the others counted."""

_LONGEST = 80
"""Characters of a name that are shown."""

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""Controls, marks of direction, and bytes that are no UTF-8, which no database stores."""


class Unread:
    """What of a folder is not read, by reason and name; `unopened` are the folders among it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[str, list[str]] = {}
        self.unopened: list[Path] = []

    def add(self, reason: str, path: Path) -> None:
        """Count one thing that is left out."""
        self._found.setdefault(reason, []).append(show(path.relative_to(self._folder)))

    def told(self) -> list[str]:
        """Return a line for each reason, with how many there are."""
        return [f"{len(names)} × {self._line(reason)}" for reason, names in self._found.items()]

    def count(self, report: ReadReport) -> None:
        """Count all of it in a report, under reasons that name the first ones."""
        for reason, names in self._found.items():
            report.skip(self._line(reason), names[0], len(names))

    def _line(self, reason: str) -> str:
        names = self._found[reason]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return f"{reason} ({', '.join(names[:_NAMED])}{more})"


def printable(text: str) -> str:
    r"""Return a name as text that can be printed and stored, whatever bytes it is made of.

    >>> printable("a\nb\u202e.md")
    'a\\nb\\u202e.md'
    """
    return _UNSAFE.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


def show(path: Path | str) -> str:
    """Return a path as `printable` does, and its start and end where it is long."""
    shown = printable(str(path))
    return shown if len(shown) <= _LONGEST else f"{shown[:40]}…{shown[-30:]}"


def check_name(path: Path) -> None:
    """Raise KnowledgeError where a path cannot be looked up, such as for its length."""
    try:
        path.stat()
    except (OSError, ValueError) as error:
        if isinstance(error, (FileNotFoundError, NotADirectoryError)):
            return
        why = error.strerror if isinstance(error, OSError) else "it holds a null character"
        raise KnowledgeError(
            f"The path {show(path)} cannot be looked up: {why}.",
            where=show(path),
            remedy="Check its spelling and its permissions.",
        ) from error


def walk(folder: Path, unread: Unread) -> Iterator[Path]:
    """Yield the regular files below a folder, sorted; hidden ones are passed over.

    Raises KnowledgeError where the folder itself cannot be opened.
    """
    files: list[Path] = []

    def refuse(error: OSError) -> None:
        place = Path(os.fsdecode(error.filename))
        if place == folder:
            raise KnowledgeError(
                f"The folder {show(folder)} cannot be looked through: {error.strerror}.",
                where=show(folder),
                remedy="Add the files or folders in it that are meant.",
            ) from error
        unread.add("folder that cannot be opened", place)
        unread.unopened.append(place)

    for root, inside, names in os.walk(folder, onerror=refuse, followlinks=False):
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        for name in inside:
            if os.path.islink(os.path.join(root, name)):
                unread.add("link to a folder (not followed)", Path(root, name))
        files += [Path(root, name) for name in names if not name.startswith(".")]
    for path in sorted(files):
        reason = _why_not_read(path)
        if reason:
            unread.add(reason, path)
        else:
            yield path


def _why_not_read(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "link that leads nowhere"
    except OSError as error:
        looped = error.errno == errno.ELOOP
        return "link that leads nowhere" if looped else "file that cannot be opened"
    return "" if stat.S_ISREG(mode) else "pipe, socket or device"
