"""Find the base of an adapter again where its folder was moved.

    name on record -> opened there, else the base of the settings where its files are the same

Nothing is guessed: files are the same where their hash is.
"""

from pathlib import Path

from finetune import adapters, model
from finetune.adapters import Adapter
from finetune.bases import base_records
from finetune.errors import FinetuneError


def base_of(home: Path, adapter: Adapter, elsewhere: str) -> str:
    """Return what opens the base of an adapter; `elsewhere` is the base of the settings.

    FinetuneError where neither the place on record nor that one holds it.
    """
    found = base_records.find(home, adapter.base)
    try:
        model.locate(found)
    except FinetuneError as error:
        if not Path(adapter.base).is_absolute():
            raise  # a name or a hub id cannot have been moved
        other = base_records.find(home, elsewhere)
        if model.hash_of(model.locate(other)) == _hash(adapter):
            return other
        raise FinetuneError(
            f"The base of {adapter.name} is no longer at {adapter.base}.",
            where=adapter.base,
            remedy="Set MEDCHAT_BASE to the folder where it lies now, or move it back; it is "
            "recognised by its files.",
        ) from error
    return found


def _hash(adapter: Adapter) -> str:
    base = adapters.manifest(adapter).get("base")
    return str(base.get("hash")) if isinstance(base, dict) else ""
