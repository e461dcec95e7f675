"""Say by which commands other servers answer with an adapter that was trained here.

adapter's configuration + base's folder -> arguments of vLLM, and of llama.cpp's conversion
"""

import json
from pathlib import Path

from finetune import model
from finetune.errors import FinetuneError

_VLLM_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""The ranks that vLLM reserves room for."""


def vllm(folder: Path, base: Path, name: str) -> list[str]:
    """Return the command by which vLLM serves a base with the adapter in a folder on it.

    FinetuneError where vLLM cannot load such an adapter; it serves the merged folder then.
    """
    config = json.loads((folder / model.CONFIG).read_text(encoding="utf-8"))
    rank = max([int(config["r"]), *map(int, (config.get("rank_pattern") or {}).values())])
    unlike = [
        told
        for told, there in (
            ("DoRA", config.get("use_dora")),
            ("whole modules beside it", config.get("modules_to_save")),
            ("biases of its own", config.get("bias", "none") != "none"),
            (f"rank {rank}", rank > _VLLM_RANKS[-1]),
        )
        if there
    ]
    if config.get("peft_type") != "LORA" or unlike:
        kind = ", ".join(unlike) or str(config.get("peft_type"))
        raise FinetuneError(
            f"vLLM does not load an adapter of this kind beside its base: {kind}.",
            where=str(folder / model.CONFIG),
            remedy="Merge it (medchat adapters merge NAME --out DIR), then: vllm serve DIR",
        )
    room = next(each for each in _VLLM_RANKS if each >= rank)
    return [
        "vllm",
        "serve",
        str(base),
        "--enable-lora",
        "--max-lora-rank",
        str(room),
        "--lora-modules",
        f"{name.replace('/', '-')}={folder}",
        "--chat-template",
        str(folder / "chat_template.jinja"),
        "--generation-config",
        str(folder),
        "--max-model-len",
        str(min(model.context_of(str(base)), 8192)),
    ]


def gguf(merged: Path) -> list[str]:
    """Return the command by which llama.cpp turns a merged folder into a GGUF file beside it."""
    return [
        "python",
        "convert_hf_to_gguf.py",
        str(merged),
        "--outfile",
        f"{merged}.gguf",
        "--outtype",
        "bf16",
    ]
