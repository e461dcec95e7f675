"""Hash files and folders, and write the manifest that makes a folder complete.

    folder -> hashes of its files -> MANIFEST.json, synced -> folder renamed into place

A folder without a readable manifest does not exist for its readers.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from finetune.errors import FinetuneError

MANIFEST = "MANIFEST.json"

_BLOCK = 1 << 20
_WHOLE = 64 * _BLOCK
_SAMPLES = 64


def of_text(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def of_value(value: object) -> str:
    """Return the SHA-256 of a JSON value, whatever the order of its keys."""
    return of_text(json.dumps(value, sort_keys=True, ensure_ascii=False))


def of_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_folder(folder: Path, suffixes: Iterable[str]) -> str:
    """Return one hash over the files of a folder with these suffixes, names included.

    Of files over 64 MiB only evenly spaced blocks are read: a base model of tens of gigabytes is
    identified in a second.
    """
    total = hashlib.sha256()
    wanted = tuple(suffixes)
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name.endswith(wanted) and path.name != MANIFEST:
            total.update(f"{path.name}\0{path.stat().st_size}\0{_sampled(path)}\n".encode())
    return total.hexdigest()


def _sampled(path: Path) -> str:
    size = path.stat().st_size
    if size <= _WHOLE:
        return of_file(path)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for sample in range(_SAMPLES):
            file.seek((size - _BLOCK) * sample // (_SAMPLES - 1))
            digest.update(file.read(_BLOCK))
    return digest.hexdigest()


def seal(folder: Path, manifest: Mapping[str, object]) -> None:
    """Hash the files of a folder into its manifest and write that last, everything synced."""
    files = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name != MANIFEST:
            _sync(path)
            files[path.name] = of_file(path)
    write_json(folder / MANIFEST, {**manifest, "files": files})


def write_json(path: Path, value: object) -> None:
    """Write a JSON file so that a reader sees the old one or the new one, never a part."""
    unfinished = path.with_name(path.name + ".new")
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    unfinished.write_text(text + "\n", encoding="utf-8")
    _sync(unfinished)
    os.replace(unfinished, path)
    _sync(path.parent)


@contextmanager
def saving(path: Path) -> Iterator[None]:
    """Remove what was written of a file or folder where it cannot be written whole.

    Raises FinetuneError, as on a full disk; what stood before under other names is untouched.
    """
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, SafetensorError) as error:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        raise FinetuneError(
            f"{path} cannot be written: {getattr(error, 'strerror', None) or error}.",
            where=str(path),
            remedy="Make room on the disk and run the command again; it goes on from what is kept.",
            status=1,
        ) from error


def place(partial: Path, final: Path) -> None:
    """Give a finished folder its name, and make that last."""
    os.replace(partial, final)
    _sync(final.parent)


def read_manifest(folder: Path, remedy: str) -> dict[str, object]:
    """Return the manifest of a folder; FinetuneError where it is missing or unreadable."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FinetuneError(
            f"The folder {folder} has no {MANIFEST}, so it was never finished.",
            where=str(path),
            remedy=remedy,
        ) from error
    except (OSError, ValueError) as error:
        raise FinetuneError(
            f"The manifest {path} cannot be read.", where=str(path), remedy=remedy
        ) from error
    if not isinstance(manifest, dict):
        raise FinetuneError(
            f"The manifest {path} is not a JSON object.", where=str(path), remedy=remedy
        )
    return manifest


def check_files(
    folder: Path, manifest: Mapping[str, object], names: Iterable[str], remedy: str
) -> None:
    """Compare files with the hashes in a manifest; FinetuneError names the first that differs.

    A manifest's `files` maps a name to its SHA-256, or to an object with `sha256`.
    """
    files = manifest.get("files")
    if not isinstance(files, dict):
        raise FinetuneError(
            f"The manifest of {folder} lists no files.", where=str(folder / MANIFEST), remedy=remedy
        )
    for name in names:
        entry = files.get(name)
        wanted = entry.get("sha256") if isinstance(entry, dict) else entry
        path = folder / name
        if not path.is_file():
            raise FinetuneError(f"The file {path} is missing.", where=str(path), remedy=remedy)
        if not isinstance(wanted, str):
            raise FinetuneError(
                f"The manifest of {folder} has no hash of {name}.",
                where=str(folder / MANIFEST),
                remedy=remedy,
            )
        if of_file(path) != wanted:
            raise FinetuneError(
                f"The file {path} is not the one that its manifest describes.",
                where=str(path),
                remedy=remedy,
            )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
