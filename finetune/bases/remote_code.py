"""Run the code in a base's folder where its owner agreed to it, and only as it was then.

    bases add --remote-code -> hash of its .py files in the manifest -> compared at each opening

Any other folder's code is never run.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.bases import base_records
from finetune.errors import FinetuneError
from finetune.files import manifests

ENDING = ".py"

_COPIES = ".code"

_COMMIT = re.compile(r"[0-9a-f]{40}")
_BEING_ADDED: ContextVar[Path | None] = ContextVar("being_added", default=None)


@dataclass(frozen=True, slots=True)
class Consent:
    """That the code of a source may run; `revision` is the hub's commit that it is taken from."""

    revision: str | None = None

    def check(self, source: str) -> None:
        """Raise FinetuneError where the code is not pinned: a hub's main branch may change."""
        pinned = Path(source).expanduser().is_dir() or _COMMIT.fullmatch(self.revision or "")
        if not pinned:
            raise FinetuneError(
                f"Code of {source} may run only from a fixed revision.",
                where="--revision",
                remedy="Read the code, then give the commit's 40 hexadecimal digits.",
            )


def asked(code: bool, revision: str | None) -> Consent | None:
    """Return what the flags of a command agree to; FinetuneError where they contradict."""
    if revision and not code:
        raise FinetuneError(
            "A revision is given, but no consent to run the code of it.",
            where="--revision",
            remedy="Give --remote-code as well, or leave --revision out.",
        )
    return Consent(revision) if code else None


def record(folder: Path, consent: Consent) -> dict[str, object]:
    """Return what a base's manifest keeps of its code; FinetuneError where there is none."""
    if not any(folder.glob(f"*{ENDING}")):
        raise FinetuneError(
            "The folder of the base holds no code that could run.",
            where="--remote-code",
            remedy="Leave --remote-code out.",
        )
    return {"revision": consent.revision, "sha256": _hash_of(folder)}


def allowed(folder: Path) -> bool:
    """Say whether a base's code may run; FinetuneError where it is not what was agreed to."""
    if folder.resolve() == _BEING_ADDED.get():
        return True
    code = base_records.code_of(folder)
    if code is None:
        return False
    if code.get("sha256") != _hash_of(folder):
        raise FinetuneError(
            f"The code in the folder of the base {folder.name} is not what was added.",
            where=str(folder),
            remedy=f"Remove the base and add it again: medchat bases remove {folder.name}.",
        )
    _keep_copies_in(folder.resolve().parent / _COPIES)
    return True


@contextmanager
def being_added(
    folder: Path, consent: Consent | None, copies: Path | None = None
) -> Iterator[None]:
    """Let a folder's code run, copied to `copies`, while it is being added by agreement."""
    token = _BEING_ADDED.set(folder.resolve() if consent else None)
    if consent and copies:
        _keep_copies_in(copies / _COPIES)
    try:
        yield
    finally:
        _BEING_ADDED.reset(token)


def refusal(folder: Path, base: str) -> FinetuneError | None:
    """Return why a base that names code of its own cannot be opened; None where it names none."""
    try:
        config: Any = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(config, dict) or not config.get("auto_map"):
        return None
    return FinetuneError(
        f"The base model {base} ({config.get('model_type', 'unknown')}) needs code from its own "
        "folder, which is not run unless you agree to it.",
        where=str(folder / "config.json"),
        remedy="Read the code, then add the base with it: medchat bases add PATH_OR_ID "
        "--remote-code --revision COMMIT. Or choose a native base, such as GLM-4 for ChatGLM.",
    )


def _hash_of(folder: Path) -> str:
    return manifests.of_folder(folder, (ENDING,))


def _keep_copies_in(folder: Path) -> None:
    """Let transformers keep the copies of code that it imports within the home."""
    from transformers import dynamic_module_utils

    imported: Any = dynamic_module_utils
    imported.HF_MODULES_CACHE = str(folder)
