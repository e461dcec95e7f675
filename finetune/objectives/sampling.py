"""Sample answers to questions, and give their tokens' likelihoods: what reinforcement learns from.

question -> so many sampled answers in one block of tokens -> log-probabilities and hidden states

The answers to one question share its prompt, so a block is filled up on the right alone, where
nothing that counts sees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune import model
from finetune.inference import answer_ends
from finetune.model import Student
from finetune.recipe import Precision
from finetune.rows.examples import Example
from finetune.templates import rendering
from finetune.training.token_loss import picks_logits

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Answers:
    """Sampled answers to one question: `ids` with the prompt before them, one row each.

    `said` marks the tokens of each answer, its end included, in a block of the answers' width.
    """

    question: Example
    ids: "torch.Tensor"
    said: "torch.Tensor"
    texts: tuple[str, ...]

    @property
    def width(self) -> int:
        """Return the width of the block of answers."""
        return int(self.said.shape[1])

    @property
    def tokens(self) -> int:
        """Return how many tokens were said."""
        return int(self.said.sum())


def sample(
    student: Student,
    question: Example,
    count: int,
    max_new_tokens: int,
    temperature: float,
    precision: Precision = "auto",
) -> Answers:
    """Return answers drawn from a student by torch's random state."""
    import torch
    from transformers import GenerationConfig

    prompt = rendering.prompt_ids(student.tokenizer, question.prompt)
    ends = sorted(answer_ends.ends_of(student))
    config = GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=True,
        temperature=temperature,
        top_k=0,
        top_p=1.0,
        max_new_tokens=max(1, min(max_new_tokens, student.context - len(prompt))),
        num_return_sequences=count,
        eos_token_id=ends,
        pad_token_id=ends[0],
        disable_compile=True,
    )
    given = torch.tensor([prompt], device=student.device)
    with torch.no_grad(), model.autocast(student, precision):
        ids = student.model.generate(
            input_ids=given, attention_mask=torch.ones_like(given), generation_config=config
        )
    answers = ids[:, len(prompt) :]
    ended = torch.isin(answers, torch.tensor(ends, device=ids.device))
    said = (ended.cumsum(1) - ended.long()) == 0
    texts = tuple(
        str(student.tokenizer.decode(row[kept], skip_special_tokens=True)).strip()
        for row, kept in zip(answers.cpu(), (said & ~ended).cpu(), strict=True)
    )
    return Answers(question, ids.clone(), said, texts)


def read(
    student: Student, answers: Answers, temperature: float, precision: Precision = "auto"
) -> tuple["torch.Tensor", "torch.Tensor"]:
    """Return the log-probability of each token of the answers, and the hidden state before it."""
    import torch

    network: Any = student.model
    width = answers.width
    kept: dict[str, Any] = {"logits_to_keep": width + 1} if picks_logits(network) else {}
    with model.autocast(student, precision):
        out = network(
            input_ids=answers.ids,
            attention_mask=torch.ones_like(answers.ids),
            use_cache=False,
            output_hidden_states=True,
            **kept,
        )
    logits = out.logits[:, -width - 1 : -1].float() / temperature
    chosen = answers.ids[:, -width:, None]
    likely = logits.log_softmax(-1).gather(-1, chosen).squeeze(-1)
    return likely, out.hidden_states[-1][:, -width - 1 : -1].float()


def sizes(answers: Sequence[Answers]) -> tuple[float, int]:
    """Return the mean length of the answers in tokens, and how many tokens went through."""
    count = sum(one.ids.shape[0] for one in answers)
    return sum(one.tokens for one in answers) / count, sum(one.ids.numel() for one in answers)
