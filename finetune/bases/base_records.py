"""List, find and remove the base models of a home.

    bases/NAME/MANIFEST.json -> BaseRecord        a recipe's `base: NAME` -> the folder of that name

A base exists once its manifest does.
"""

import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from finetune.bases.base_catalogue import catalogue
from finetune.errors import FinetuneError
from finetune.files import manifests

KIND = "base"
"""What the manifest of a base calls itself."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_RESERVED = ("mini", "base", "all")


@dataclass(frozen=True, slots=True)
class BaseRecord:
    """One base of a home.

    `source` says where it came from, `source_hash` is that file's SHA-256 (of a folder, of its
    files), `quantised` the form in which the source held its weights, None where it was plain.
    `identity` is what adapters remember: the same wherever the same source was added.
    """

    name: str
    source: str
    source_hash: str
    licence: str
    family: str
    parameters: int
    context: int
    quantised: str | None
    notes: tuple[str, ...]
    identity: str
    hash: str
    bytes: int
    created: str
    folder: Path

    def values(self) -> dict[str, object]:
        """Return the base in the shape that `bases list --json` prints."""
        values = asdict(self)
        values["folder"] = str(self.folder)
        return values


def bases_folder(home: Path) -> Path:
    """Return the folder that holds all bases."""
    return home / "bases"


def list_bases(home: Path) -> list[BaseRecord]:
    """Return the bases of a home, by name."""
    found = sorted(bases_folder(home).glob(f"[!.]*/{manifests.MANIFEST}"))
    return [_read(path.parent) for path in found]


def named(home: Path, name: str) -> BaseRecord:
    """Return a base of the home; FinetuneError lists what there is."""
    for base in list_bases(home):
        if base.name == name:
            return base
    can = f" Add it: medchat bases add {name}." if name in catalogue() else ""
    raise _unknown(home, name, "bases", can)


def find(home: Path, base: str) -> str:
    """Return what opens a base: the folder of a base of this home, or the name as it stands.

    FinetuneError where it is a name, and neither a base of the home nor a folder has it.
    """
    if not _NAME.fullmatch(base) or base in _RESERVED:
        return base
    folder = bases_folder(home) / base
    if (folder / manifests.MANIFEST).is_file():
        return str(folder)
    if Path(base).is_dir():
        return base
    if base in catalogue():
        raise FinetuneError(
            f"The base {base} is not in this home.",
            where="--base",
            remedy=f"Add it once: medchat bases add {base}.",
        )
    more = " A model's folder, a hub id such as Qwen/Qwen2.5-7B and mini are bases, too."
    raise _unknown(home, base, "--base", more)


def _unknown(home: Path, name: str, where: str, more: str) -> FinetuneError:
    there = ", ".join(base.name for base in list_bases(home)) or "none yet"
    return FinetuneError(
        f"There is no base {name} in this home.", where=where, remedy=f"There are: {there}.{more}"
    )


def remove(home: Path, name: str) -> BaseRecord:
    """Delete a base of the home, and return what it was."""
    base = named(home, name)
    # without its manifest it does not exist: a deletion that is cut short leaves no half of a base
    (base.folder / manifests.MANIFEST).unlink()
    shutil.rmtree(base.folder)
    return base


def check_name(name: str) -> str:
    """Return a name that a base may have; FinetuneError for another."""
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise FinetuneError(
            f"A base cannot be called {name!r}.",
            where="--name",
            remedy="Use small letters, digits, dots, - and _; mini, base and all are taken.",
        )
    return name


def own_name(folder: Path) -> str | None:
    """Return the name of a base by its folder; None where the folder is no base of a home."""
    record = _manifest(folder)
    return str(record["name"]) if record else None


def identity_of(folder: Path, found: str) -> str:
    """Return a base's identity: the recorded one where its files have the recorded hash."""
    record = _manifest(folder)
    return str(record["identity"]) if record and record["hash"] == found else found


def code_of(folder: Path) -> dict[str, object] | None:
    """Return the revision and hash of the code that a base was added with; None for none."""
    record = _manifest(folder.resolve())
    code = record.get("code") if record else None
    return code if isinstance(code, dict) else None


def _manifest(folder: Path) -> dict[str, object] | None:
    if folder.parent.name != "bases" or not (folder / manifests.MANIFEST).is_file():
        return None
    record = manifests.read_manifest(folder, _remedy(folder))
    return record if record.get("kind") == KIND else None


def _read(folder: Path) -> BaseRecord:
    values = manifests.read_manifest(folder, _remedy(folder))
    try:
        fields = {name: values[name] for name in BaseRecord.__slots__ if name != "folder"}
        fields["notes"] = tuple(fields["notes"])  # type: ignore[arg-type]  # a list, or refused
        return BaseRecord(**fields, folder=folder)  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        raise FinetuneError(
            f"The manifest of {folder} is not that of a base.",
            where=str(folder / manifests.MANIFEST),
            remedy=_remedy(folder),
        ) from error


def _remedy(folder: Path) -> str:
    return f"Delete the folder {folder} and add the base again."
