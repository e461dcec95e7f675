"""Keep a home readable by its owner alone: folders 0700, files 0600, whatever the umask.

keep_private() for what this process makes; tighten(home) for what is there already
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

OWN = ("medchat.db", "medchat.toml", "knowledge", "data", "adapters", "cache", "catalog.lock")
"""What medchat keeps in a home; a folder may hold other things, which are not touched."""


def keep_private() -> None:
    """Have files and folders that this process makes be readable by its user alone."""
    os.umask(0o077)


def tighten(home: Path) -> int:
    """Take the rights of others from a home and what medchat keeps there; return of how many.

    What cannot be changed, or belongs to another user, is left as it is: `open_to_others` names it.
    """
    changed = 0
    for path in list(open_to_others(home)):
        try:
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~0o077)
            changed += 1
        except OSError:
            continue
    return changed


def open_to_others(home: Path) -> Iterator[Path]:
    """Yield the home and what medchat keeps in it, where other users have rights on it."""
    if os.name == "nt" or not home.is_dir():
        return
    if not _is_shared(home) and _is_open(home):
        yield home
    for entry in sorted(home.iterdir()):
        if not entry.name.startswith(OWN) or entry.is_symlink():
            continue
        if _is_open(entry):
            yield entry
        if entry.is_dir():
            yield from _open_within(entry)


def _open_within(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent, name)
            if _is_open(path):
                yield path


def _is_open(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return not stat.S_ISLNK(status.st_mode) and bool(status.st_mode & 0o077)


def _is_shared(home: Path) -> bool:
    """Say whether a folder is more than a home of medchat's: its rights are not ours to change."""
    status = home.stat()
    sticky = bool(status.st_mode & stat.S_ISVTX)
    return sticky or home == Path.home() or home == Path(home.anchor)
