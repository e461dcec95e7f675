"""Open the tokenizer of a base or of an adapter as its own file defines it.

folder -> class by its configuration, held against tokenizer.json -> tokenizer

The class that a model's kind stands for may cut text otherwise than the file beside the weights
does, and an adapter's folder names no kind: both must give the same tokens.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.bases import remote_code
from finetune.errors import FinetuneError
from finetune.templates.chat_templates import ENCODER_TEMPLATE

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model")
_SAMPLE = "Gout — symptoms: pain, 2.5 mg/L;\nHow's that?  痛风有哪些症状？尿酸高于420μmol/L。"


def open_tokenizer(folder: Path, base: str) -> "PreTrainedTokenizerBase":
    """Return the tokenizer of a folder.

    FinetuneError where there is none, where it cannot be opened, or where nothing ends a text.
    """
    if not any((folder / name).is_file() for name in _FILES):
        raise FinetuneError(
            f"The folder of {base} holds no tokenizer.",
            where=str(folder),
            remedy="Copy the tokenizer's files of the model beside its weights, tokenizer.json "
            "first of all.",
        )
    try:
        tokenizer = _opened(folder)
    except FinetuneError:
        raise
    except Exception as error:  # a tokenizer may fail to open in any way
        raise FinetuneError(
            f"The tokenizer of {base} cannot be opened.",
            where=str(folder),
            remedy="Fetch or copy the model again, tokenizer.json included.",
        ) from error
    if tokenizer.eos_token_id is None:
        raise FinetuneError(
            f"The tokenizer of {base} has no end-of-text token, so no answer could end.",
            where=str(folder),
            remedy="Choose an instruction model, or set eos_token in tokenizer_config.json.",
        )
    if not tokenizer.chat_template and _encodes(folder):
        tokenizer.chat_template = ENCODER_TEMPLATE
    return tokenizer


def _encodes(folder: Path) -> bool:
    """Say whether a folder's model encodes its prompt apart from its answers."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False  # an adapter's folder; or whoever opens the model says so
    return isinstance(config, dict) and bool(config.get("is_encoder_decoder"))


def _opened(folder: Path) -> "PreTrainedTokenizerBase":
    from tokenizers import Tokenizer
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
        str(folder), trust_remote_code=remote_code.allowed(folder)
    )
    file = folder / "tokenizer.json"
    if not file.is_file():
        return tokenizer
    own = Tokenizer.from_file(str(file)).encode(_SAMPLE, add_special_tokens=False).ids
    if list(tokenizer(_SAMPLE, add_special_tokens=False)["input_ids"]) == own:
        return tokenizer
    plain: PreTrainedTokenizerBase = PreTrainedTokenizerFast.from_pretrained(str(folder))
    return plain
