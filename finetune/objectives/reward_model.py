"""Open a reward model: a base with an adapter and a head that gives a dialogue one number.

    base + LoRA + head of one output -> trained on pairs -> adapter and head as safetensors
    a reward round's folder -> RewardModel -> score(prompt, answer)

The higher of two scores marks the better answer; a score by itself means nothing.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune import model
from finetune.adapters import Adapter
from finetune.bases import base_records
from finetune.errors import FinetuneError
from finetune.files import base_form, manifests
from finetune.methods import low_rank
from finetune.methods.method_registry import METHODS
from finetune.model import Student
from finetune.recipe import Lora, Precision
from finetune.templates import rendering
from finetune.templates.open_tokenizer import open_tokenizer
from finetune.templates.rendering import Message

if TYPE_CHECKING:
    import torch

_REMEDY = "Run its round again."
_BESIDE = "beside"
_ROWS = 32
_TOKENS = 8192
"""So many dialogues and tokens, padding included, are scored at once."""


@dataclass(frozen=True, slots=True)
class RewardModel:
    """A finished reward model."""

    student: Student
    precision: Precision = "auto"

    def score(self, prompt: str | Sequence[Message], answer: str) -> float:
        """Return the score of an answer to a question, or to the messages that end with one."""
        return self.scores([(prompt, answer)])[0]

    def scores(self, answered: Sequence[tuple[str | Sequence[Message], str]]) -> list[float]:
        """Return the score of each answer to its prompt.

        FinetuneError where one is longer than the base can read: it is never cut.
        """
        dialogues = []
        for prompt, answer in answered:
            asked = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
            told = {"role": "assistant", "content": answer}
            dialogues.append(rendering.render_answer(self.student.tokenizer, [*asked, told]).ids)
        longest = max(map(len, dialogues), default=0)
        if longest > self.student.context:
            raise FinetuneError(
                f"An answer with its prompt has {longest} tokens, and the reward model reads "
                f"{self.student.context}.",
                where="score",
                remedy="Shorten the prompt or the answer.",
            )
        return scores(self.student, dialogues, self.precision)


def demand(adapter: Adapter, given_by: str) -> None:
    """Raise FinetuneError where an adapter, which an option or a value names, scores nothing."""
    if adapter.writes:
        raise FinetuneError(
            f"The adapter {adapter.name} is no reward model: it was trained by "
            f"{adapter.objective}.",
            where=given_by,
            remedy="Name the adapter of a round whose objective is reward.",
        )


def load(home: Path, adapter: Adapter, precision: Precision = "auto") -> RewardModel:
    """Open the reward model of a finished round; FinetuneError where a round made another thing."""
    demand(adapter, "--adapter")
    from peft import PeftModel

    student = _headed(base_records.find(home, adapter.base), precision, seed=0)
    record = manifests.read_manifest(adapter.folder, _REMEDY)
    manifests.check_files(adapter.folder, record, (model.WEIGHTS, model.CONFIG), _REMEDY)
    made_on = record.get("base")
    if not isinstance(made_on, dict) or made_on.get("hash") != student.base_hash:
        raise FinetuneError(
            f"The reward model {adapter.name} does not belong to the base {adapter.base} as it is "
            "now.",
            where=str(adapter.folder),
            remedy=_REMEDY,
        )
    with model.quiet():
        wrapped = PeftModel.from_pretrained(
            student.model, str(adapter.folder), torch_device=str(student.device)
        )
    own = open_tokenizer(adapter.folder, adapter.name)
    student = replace(student, model=wrapped.eval(), tokenizer=own, adapter=adapter.name)
    return RewardModel(student, precision)


def start(
    base: str, lora: Lora, parent: Adapter | None, precision: Precision, seed: int
) -> Student:
    """Return a reward model to train: its adapter goes on from the parent's where that is LoRA."""
    import torch
    from peft import get_peft_model
    from peft.utils import TaskType

    student = _headed(base, precision, seed)
    config = low_rank.shape_of(student, lora)
    config.task_type = TaskType.SEQ_CLS
    weights = None
    if parent is not None:
        student = replace(student, tokenizer=open_tokenizer(parent.folder, parent.name))
        before = _lora_of(parent)
        if before is not None:
            config, weights = before
            config.lora_dropout = lora.dropout
    torch.manual_seed(seed)
    with model.quiet():
        wrapped = get_peft_model(student.model, config)
        if weights is not None:
            from peft import get_peft_model_state_dict, set_peft_model_state_dict

            head = get_peft_model_state_dict(wrapped, save_embedding_layers=False)
            set_peft_model_state_dict(wrapped, {**head, **weights})
    return replace(student, model=wrapped, adapter="new")


def save(student: Student, folder: Path) -> None:
    """Write adapter and head in peft's own form, with tokenizer and template."""
    folder.mkdir(parents=True, exist_ok=True)
    METHODS["lora"].save(student, folder)
    base = student.base_folder or model.locate(student.base_name)
    base_form.write_tokenizer(base, folder, rendering.template_of(student.tokenizer))


def compare(
    student: Student, folder: Path, dialogues: Sequence[Sequence[int]], precision: Precision
) -> tuple[float, float]:
    """Return how far the scores of a saved folder are from a student's, and from the start's."""
    network = student.model
    kept = scores(student, dialogues, precision)
    with model.quiet():
        network.load_adapter(str(folder), adapter_name=_BESIDE, torch_device=str(student.device))
    try:
        network.set_adapter(_BESIDE)
        loaded = scores(student, dialogues, precision)
        with network.disable_adapter():
            bare = scores(student, dialogues, precision)
    finally:
        network.set_adapter(student.slot)
        network.delete_adapter(_BESIDE)
    return _furthest(kept, loaded), _furthest(loaded, bare)


def _furthest(first: Sequence[float], second: Sequence[float]) -> float:
    return max((abs(a - b) for a, b in zip(first, second, strict=True)), default=0.0)


def scores(
    student: Student, dialogues: Sequence[Sequence[int]], precision: Precision
) -> list[float]:
    """Return the score of each dialogue, given as token ids."""
    import torch

    student.model.eval()
    found = [0.0] * len(dialogues)
    padding = student.model.config.get_text_config().pad_token_id
    for places in _batches(dialogues):
        width = max(len(dialogues[place]) for place in places)
        ids = torch.full((len(places), width), padding, dtype=torch.long)
        mask = torch.zeros(len(places), width, dtype=torch.long)
        for row, place in enumerate(places):
            ids[row, : len(dialogues[place])] = torch.tensor(dialogues[place])
            mask[row, : len(dialogues[place])] = 1
        with torch.inference_mode(), model.autocast(student, precision):
            logits: torch.Tensor = student.model(
                input_ids=ids.to(student.device),
                attention_mask=mask.to(student.device),
                use_cache=False,
            ).logits
        for place, one in zip(places, logits[:, 0].float().tolist(), strict=True):
            found[place] = one
    return found


def _batches(dialogues: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the places of dialogues of like length."""
    batch: list[int] = []
    for place in sorted(range(len(dialogues)), key=lambda place: len(dialogues[place])):
        if batch and (len(batch) == _ROWS or (len(batch) + 1) * len(dialogues[place]) > _TOKENS):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _headed(base: str, precision: Precision, seed: int) -> Student:
    """Open a base with a new head of one output in place of the one that writes."""
    import torch
    from transformers import AutoModelForSequenceClassification

    folder = model.locate(base)
    torch.manual_seed(seed)  # the head's start is part of what the seed decides
    place = model.choose_device()
    opener: Any = AutoModelForSequenceClassification
    try:
        with model.quiet(), _quiet_about_the_head():
            network = opener.from_pretrained(
                str(folder),
                num_labels=1,
                dtype=model.weights_type(place, precision),
                use_safetensors=True,
                trust_remote_code=False,
            )
    except Exception as error:  # an architecture may have no form with a head, or fail in any way
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise FinetuneError(
            f"The base model {base} cannot be given a head that scores: {reason[0][:200]}",
            where="--base",
            remedy="Choose a base such as LLaMA, GLM-4 or Qwen in its native form.",
        ) from error
    network = network.to(place).requires_grad_(False).eval()
    tokenizer = open_tokenizer(folder, base)
    padding = tokenizer.pad_token_id
    # the head reads the last token that is not padding
    text = network.config.get_text_config()
    text.pad_token_id = tokenizer.eos_token_id if padding is None else padding
    return Student(
        network, tokenizer, model.name_of(base), model.hash_of(folder), base_folder=folder
    )


@contextmanager
def _quiet_about_the_head() -> Iterator[None]:
    """Silence what transformers says of a head that is new, and of the one it has no use for."""
    logger = logging.getLogger("transformers")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _lora_of(parent: Adapter) -> tuple[Any, dict[str, "torch.Tensor"]] | None:
    """Return the shape and the weights of a parent's adapter; None where it is not LoRA."""
    from peft import LoraConfig, PeftConfig
    from peft.utils import TaskType
    from safetensors.torch import load_file

    config = PeftConfig.from_pretrained(str(parent.folder))
    if not isinstance(config, LoraConfig):
        return None
    config.task_type, config.inference_mode = TaskType.SEQ_CLS, False
    return config, load_file(parent.folder / model.WEIGHTS)
