"""A base of two layers, its tokenizer, and a dataset folder, small enough to read and to train."""

import atexit
import functools
import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from finetune import dataset
from finetune.architectures.architecture import opener
from finetune.dataset import Dataset
from finetune.model import quiet
from finetune.recipe import Evaluation, Gate, Lora, Recipe, RoundPlan
from finetune.templates.rendering import TEMPLATE
from finetune.training.round_progress import Progress, Tick

ILLS = ("gout", "asthma", "migraine", "anaemia", "measles", "mumps", "rickets", "scurvy")
ILLS_ZH = ("痛风", "哮喘", "偏头痛", "贫血", "麻疹", "腮腺炎", "佝偻病", "坏血病")
SIGNS = ("fever", "cough", "pain", "rash", "fatigue", "thirst", "swelling", "nausea")
SIGNS_ZH = ("发热", "咳嗽", "疼痛", "皮疹", "乏力", "口渴", "肿胀", "恶心")


_MORE: dict[str, dict[str, object]] = {
    "glm4": {"head_dim": 16},
    "bart": {
        "decoder_layers": 2,
        "encoder_ffn_dim": 64,
        "decoder_ffn_dim": 64,
        "decoder_attention_heads": 2,
        "decoder_start_token_id": 2,
        "forced_bos_token_id": 1,
        "init_std": 0.2,
        "dropout": 0.0,
    },
    "t5": {
        "d_kv": 16,
        "d_ff": 64,
        "n_positions": 512,
        "num_decoder_layers": 2,
        "decoder_start_token_id": 0,
    },
}
"""What some architectures need, or call otherwise."""


def rows(count: int = 32, start: int = 0) -> list[dict[str, object]]:
    """Return lessons on listed facts, every other one in Chinese."""
    made = []
    for index in range(start, start + count):
        place = index // 2 % len(ILLS)
        signs = [(place + index // 16 + step) % len(SIGNS) for step in range(2)]
        if index % 2:
            ill, listed = ILLS_ZH[place], "；".join(SIGNS_ZH[sign] for sign in signs)
            language, question = "zh", f"{ill}有哪些症状？"
            quote, answer = f"{ill}——症状：{listed}。", f"{ill}的症状：{listed}。"
        else:
            ill, listed = ILLS[place], "; ".join(SIGNS[sign] for sign in signs)
            language, question = "en", f"What are the symptoms of {ill}?"
            quote, answer = f"{ill} — symptoms: {listed}.", f"For {ill}, the symptoms: {listed}."
        made.append(lesson(f"row-{index}", language, question, answer, quote, f"ill-{place}"))
    return made


def lesson(
    id: str, language: str, question: str, answer: str, quote: str, entity: str
) -> dict[str, object]:
    """Return one line of a dataset file."""
    return {
        "id": id,
        "messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ],
        "language": language,
        "style": "toy",
        "sources": [{"kind": "fact", "id": f"{entity}#symptom", "quote": quote}],
        "entities": [entity],
        "split_key": entity,
        "licence": "CC0-1.0",
        "meta": {},
    }


def write_data(
    folder: Path, train: list[dict[str, object]], validation: list[dict[str, object]]
) -> Path:
    """Write a dataset folder with its manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, lines in (("train.jsonl", train), ("validation.jsonl", validation)):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / name).write_text(text, encoding="utf-8")
        files[name] = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "rows": len(lines)}
    (folder / "MANIFEST.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    return folder


def pairs(lessons: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return a preference pair for each lesson: its last sign swapped, or it is refused."""
    made = []
    for place, row in enumerate(lessons):
        messages = row["messages"]
        assert isinstance(messages, list)
        asked, told = messages[0]["content"], messages[1]["content"]
        chinese = row["language"] == "zh"
        signs = SIGNS_ZH if chinese else SIGNS
        right = max((sign for sign in signs if sign in told), key=told.rindex)
        wrong = next(sign for sign in (*signs[place % 8 :], *signs) if sign not in told)
        rejected = told.replace(right, wrong)
        why = f"swapped fact: {wrong!r} stands in place of {right!r}"
        if (place // 2 + place // 16) % 2:
            rejected = "我不能回答。" if chinese else "I cannot answer that."
            why = "needless refusal: the question asks for nothing that harms"
        line = {"id": row["id"], "prompt": asked, "chosen": told, "rejected": rejected, "why": why}
        made.append(line)
    return made


def write_pairs(folder: Path, lines: list[dict[str, object]]) -> None:
    """Write the preference pairs of a dataset folder."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "preference.jsonl").write_text(text, encoding="utf-8")


def read_pairs(folder: Path) -> Dataset:
    """Write a dataset folder with a preference pair for each training row, and read it."""
    write_data(folder, rows(96), rows(12, 96))
    write_pairs(folder, pairs(rows(96)))
    return dataset.read(folder)


class Killed(Exception):
    """Ends a round as a signal would."""


def killed_at(step: int) -> Progress:
    """Return what is told of a round's progress and ends it after a step of training."""

    def kill(tick: Tick) -> None:
        if (tick.name, tick.done) == ("train", step):
            raise Killed

    return kill


def write_tokenizer(folder: Path, template: str = TEMPLATE) -> int:
    """Train a byte-level tokenizer on the toy's own text and return the size of its vocabulary."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<pad>", "<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>"]
    tokenizer.train_from_iterator(
        (json.dumps(row, ensure_ascii=False) for row in rows(64)),
        trainers.BpeTrainer(
            vocab_size=600,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>"
    )
    fast.chat_template = template
    fast.save_pretrained(folder)
    return len(fast)


def write_base(folder: Path, kind: str = "llama", template: str = TEMPLATE) -> Path:
    """Write a random base of an architecture into a folder.

    Its weights are drawn wide: from the usual narrow ones, an adapter cannot move a frozen output.
    """
    import torch
    from transformers import AutoConfig

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = write_tokenizer(folder, template)
    config = AutoConfig.for_model(
        kind,
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=512,
        initializer_range=0.2,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        **_MORE.get(kind, {}),
    )
    torch.manual_seed(0)
    with quiet():
        opener(config).from_config(config).save_pretrained(folder)
    return folder


def recipe(base: Path, **values: object) -> Recipe:
    """Return a recipe of two short rounds on a toy base."""
    plan = RoundPlan(
        max_steps=40, epochs=20, learning_rate=0.03, batch_tokens=256, checkpoint_every=4
    )
    given: dict[str, object] = {
        "name": "toy",
        "base": str(base),
        "rounds": (plan, replace(plan, learning_rate=0.004)),
        "lora": Lora(rank=8, alpha=16),
        "evaluation": Evaluation(rows=12, answers=2, max_new_tokens=60, probes=False),
        # two layers of random weights learn no more in seconds
        "gate": Gate(least_facts=0.0, above_guessing=False),
        "max_tokens": 384,
        "precision": "float32",
        **values,
    }
    return Recipe(**given)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Trained:
    """A base, its data, and a home in which one round was run. Tests copy it before they write."""

    base: Path
    data: Path
    home: Path
    recipe: Recipe

    def copy(self, home: Path) -> "Trained":
        """Return the same with a home of its own."""
        shutil.copytree(self.home, home, dirs_exist_ok=True)
        return replace(self, home=home)


_KEPT = Path(tempfile.mkdtemp(prefix="medchat-toy-"))
atexit.register(shutil.rmtree, _KEPT, ignore_errors=True)


@functools.cache
def base(kind: str = "llama") -> Path:
    """Return a base that tests only read."""
    return write_base(_KEPT / f"base-{kind}", kind)


@functools.cache
def trained() -> Trained:
    """Run one round, once for all tests."""
    from finetune import rounds
    from finetune.ledger import Wanted
    from medchat.composition import TEXT_TOOLS

    data = write_data(_KEPT / "data", rows(48), rows(12, 48))
    made = Trained(base(), data, _KEPT / "home", recipe(base()))
    rounds.run(Wanted(made.recipe, 1, made.home, data), tools=TEXT_TOOLS)
    return made
