"""Write files so that a crash leaves the old content or the new one, never a part.

text -> FILE.part -> fsync -> rename to FILE -> fsync of the folder
"""

import os
import shutil
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Replace a small file in one step; when this returns, the new content is on the disk."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    sync(part)
    rename(part, path)


def rename(source: Path, target: Path) -> None:
    """Rename a file or folder within one file system; when this returns, the disk has the name.

    An existing file `target` is replaced; a folder must be empty or not there.
    """
    os.replace(source, target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Wait until the disk has a file's content, or the names in a folder."""
    if path.is_dir() and os.name == "nt":
        return  # Windows has no handle of a folder to sync
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def link_or_copy(source: Path, target: Path) -> None:
    """Share a file between two folders: by a hard link where the disk can, else by a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
