"""Write what is made of a base in the base's own form, so that other tools open it alike.

    base folder -> its tokenizer's files · its configuration · the names and types of its weights

A base saved by transformers 5 gets the names of transformers 4 beside its own, since a reader of
those takes no notice of the new ones: its positions would turn by other angles.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "spiece.model",
    "sentencepiece.bpe.model",
)
_READER_FILES = ("preprocessor_config.json", "processor_config.json")
"""What reads pictures and sound for a model that takes these too."""
_BRACKETS = frozenset({"model", "language_model", "transformer", "text_model"})
"""Parts of a weight's name that say only what it is packed into, and differ between forms."""
_NEW_CLASSES = {"TokenizersBackend": "PreTrainedTokenizerFast"}


def write_tokenizer(base: Path, folder: Path, template: str) -> None:
    """Write a base's tokenizer with the chat template in force."""
    for name in TOKENIZER_FILES:
        if (base / name).is_file():
            shutil.copyfile(base / name, folder / name)
    path = folder / "tokenizer_config.json"
    if path.is_file():
        _write(path, _older_tokenizer(_read(path)))
    (folder / "chat_template.jinja").write_text(template, encoding="utf-8")


def write_generation(base: Path, folder: Path) -> None:
    """Write what a base generates by, as it stands: transformers would refuse some of it."""
    name = "generation_config.json"
    (folder / name).unlink(missing_ok=True)
    if (base / name).is_file():
        shutil.copyfile(base / name, folder / name)


def write_configuration(base: Path, folder: Path) -> None:
    """Write a base's configuration and what it generates by, as they stand."""
    write_generation(base, folder)
    for name in _READER_FILES:
        (folder / name).unlink(missing_ok=True)
        if (base / name).is_file():
            shutil.copyfile(base / name, folder / name)
    config = _read(base / "config.json")
    parts = {key: _older(value) for key, value in config.items() if isinstance(value, dict)}
    _write(folder / "config.json", _older({**config, **parts}))


def write_weights(base: Path, folder: Path) -> None:
    """Give saved weights the names and types of the base's own.

    What the base holds beside them is copied: a second name of a shared weight, a fixed table.
    Weights that have no counterpart in the base keep the form that transformers gave them.
    """
    from safetensors import safe_open
    from safetensors.torch import save_file

    own = _tensors(base)
    made = _tensors(folder)
    names = _renamed(made, own)
    shards: dict[str, Path] = {}
    for path in sorted(set(made.values())):
        with safe_open(path, framework="pt") as file:
            held = {names.get(key, key): file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        held = {key: _typed(value, own.get(key), key) for key, value in held.items()}
        if names and path == min(made.values()):
            held |= {key: _tensor(own[key], key) for key in own.keys() - set(names.values())}
        # what was read may still lie in the old file
        save_file(held, path.with_suffix(".new"), metadata={"format": "pt"})
        os.replace(path.with_suffix(".new"), path)
        shards |= dict.fromkeys(held, path)
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        _write(index, {**_read(index), "weight_map": {key: at.name for key, at in shards.items()}})


def _renamed(made: Iterable[str], own: Iterable[str]) -> dict[str, str]:
    """Return the base's name of each weight; nothing where one has none."""
    by_core: dict[str, list[str]] = {}
    for key in own:
        by_core.setdefault(_core(key), []).append(key)
    names = {}
    for key in made:
        found = by_core.get(_core(key), [])
        if key not in found and len(found) != 1:
            return {}
        names[key] = key if key in found else found[0]
    return names


def _core(key: str) -> str:
    return ".".join(part for part in key.split(".") if part not in _BRACKETS)


def _tensors(folder: Path) -> dict[str, Path]:
    """Return the weights of a folder with the file that holds each."""
    from safetensors import safe_open

    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="pt") as file:
            found |= dict.fromkeys(file.keys(), path)
    return found


def _tensor(path: Path, key: str) -> "torch.Tensor":
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        tensor: torch.Tensor = file.get_tensor(key)
    return tensor


def _typed(tensor: "torch.Tensor", path: Path | None, key: str) -> "torch.Tensor":
    """Return a weight in the type that the base holds it in."""
    kind = _tensor(path, key).dtype if path else tensor.dtype
    return tensor.to(kind).contiguous()


def _older(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration that says in older words too what it says in new ones."""
    made = dict(config)
    turns = made.get("rope_parameters")
    if isinstance(turns, dict) and "rope_theta" in turns:
        scaling = {key: value for key, value in turns.items() if key != "rope_theta"}
        made.setdefault("rope_theta", turns["rope_theta"])
        plain = scaling.get("rope_type", "default") == "default"
        made.setdefault("rope_scaling", None if plain else scaling)
    if isinstance(made.get("dtype"), str):
        made.setdefault("torch_dtype", made["dtype"])
    return made


def _older_tokenizer(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tokenizer's configuration as readers of both kinds take it."""
    made = {key: value for key, value in config.items() if key != "backend"}
    kind = made.get("tokenizer_class")
    if kind in _NEW_CLASSES:
        made["tokenizer_class"] = _NEW_CLASSES[kind]
    if isinstance(made.get("extra_special_tokens"), list):
        made["additional_special_tokens"] = made.pop("extra_special_tokens")
    return made


def _read(path: Path) -> dict[str, Any]:
    values = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(values, dict)
    return values


def _write(path: Path, values: Mapping[str, Any]) -> None:
    text = json.dumps(values, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
