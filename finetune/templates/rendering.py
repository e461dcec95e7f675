"""Render messages into model text, for training and for chat alike.

    question + numbered evidence -> messages -> token ids, with a mask over what is to be learned

A model's own chat template decides the text; a base without one gets `TEMPLATE`. The template
travels inside every adapter and its hash is part of the round's manifest.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from finetune.errors import FinetuneError
from finetune.templates import chat_templates
from finetune.templates.chat_templates import TEMPLATE, Message, template_of

__all__ = ["TEMPLATE", "Message", "template_of"]

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Language = Literal["en", "zh"]


INSTRUCTION: dict[Language, str] = {
    "en": "Answer from the numbered evidence only and cite it like [1]. "
    "If the evidence does not cover the question, say so.",
    "zh": "只根据编号的证据回答，并像[1]这样注明出处。证据没有涉及时请直说。",
}

NOT_COVERED: dict[Language, str] = {
    "en": "The evidence does not cover this.",
    "zh": "证据没有涉及这个问题。",
}

_BYTE = re.compile(r"<0x[0-9A-F]{2}>")

_HEADINGS: dict[Language, tuple[str, str]] = {
    "en": ("Evidence:", "Question: "),
    "zh": ("证据：", "问题："),
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """Token ids of a dialogue; `learn` is True where the token belongs to an answer."""

    ids: list[int]
    learn: list[bool]


def grounded(
    question: str,
    evidence: Sequence[str],
    language: Language,
    history: Sequence[Message] = (),
    system: str = "",
) -> list[Message]:
    """Return the messages that ask a question over numbered evidence, counted from 1.

    `system` is what the model is told besides, before how to answer from evidence.

    The question stands before the evidence too: a model that reads from left to right then knows
    what to look for (query-aware contextualization, Liu et al., "Lost in the Middle", 2023).
    """
    evidence_heading, question_heading = _HEADINGS[language]
    asked = question_heading + question
    lines = [asked, evidence_heading]
    lines += [f"[{number}] {text}" for number, text in enumerate(evidence, 1)]
    lines.append(asked)
    told = "\n".join(filter(None, (system.strip(), INSTRUCTION[language])))
    return [
        {"role": "system", "content": told},
        *history,
        {"role": "user", "content": "\n".join(lines)},
    ]


def question_of(prompt: Sequence[Message], language: Language) -> str:
    """Return the question that a prompt ends with, without evidence and heading."""
    asked = next((one["content"] for one in reversed(prompt) if one["role"] == "user"), "")
    evidence_heading, question_heading = _HEADINGS[language]
    first, evidence, rest = asked.partition(f"\n{evidence_heading}\n")
    if evidence and first.startswith(question_heading) and rest.endswith(f"\n{first}"):
        return first.removeprefix(question_heading)
    return asked


def template_hash(tokenizer: "PreTrainedTokenizerBase") -> str:
    """Return the SHA-256 of the template in force, in hexadecimal."""
    return hashlib.sha256(template_of(tokenizer).encode()).hexdigest()


def prompt_ids(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]) -> list[int]:
    """Return the token ids up to the place where the answer begins."""
    return _encode(tokenizer, chat_templates.prompt_text(tokenizer, messages))


def render(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]) -> Rendered:
    """Return ids and mask of a whole dialogue; only answers, their end included, are to be learned.

    FinetuneError where the template writes earlier turns anew as a dialogue goes on.
    """
    made = render_dialogue(tokenizer, messages)
    if len(made) == 1:
        return made[0]
    raise FinetuneError(
        "The chat template rewrites earlier turns, so a dialogue cannot be one sequence.",
        where="chat_template",
        remedy="Render each answer as a last turn.",
    )


def render_dialogue(
    tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]
) -> list[Rendered]:
    """Return a dialogue as one sequence, or one for each answer where the template rewrites turns.

    Before each answer stands, token for token, what `prompt_ids` gives for the turns before it.
    """
    places = [at for at, one in enumerate(messages) if one["role"] == "assistant"]
    turns = [_turn(tokenizer, messages[: at + 1]) for at in places]
    ids: list[int] = []
    learn: list[bool] = []
    for asked, told in turns:
        if asked[: len(ids)] != ids:
            return [_ended(tokenizer, *turn) for turn in turns]
        learn += [False] * (len(asked) - len(ids)) + [True] * len(told)
        ids = asked + told
    if not turns:
        return [Rendered([], [])]
    last = _ended(tokenizer, *turns[-1])
    return [Rendered(last.ids, learn + last.learn[len(learn) :])]


def render_answer(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]) -> Rendered:
    """Return ids and mask of a dialogue of which the last answer alone is to be learned."""
    return _ended(tokenizer, *_turn(tokenizer, messages))


def keeps_reasoning(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]) -> bool:
    """Say whether the last answer's reasoning, where it has any, has a place in the template."""
    brings = bool(messages[-1].get(chat_templates.REASONING, "").strip())
    return not brings or chat_templates.ask_and_answer(tokenizer, messages).reasoned


def _turn(
    tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]
) -> tuple[list[int], list[int]]:
    """Return the ids that ask for the last message, and its own."""
    turn = chat_templates.ask_and_answer(tokenizer, messages)
    asked = _encode(tokenizer, turn.prompt)
    whole = _encode(tokenizer, turn.prompt + turn.answer)
    if whole[: len(asked)] == asked:
        return asked, whole[len(asked) :]
    # a token would reach over the border: chat has only the prompt, so its tokens stay
    return asked, _continuation(tokenizer, turn.answer)


def _continuation(tokenizer: "PreTrainedTokenizerBase", text: str) -> list[int]:
    """Return the ids of a text in the middle of another.

    Tokenizers of Llama 2's kind put a blank before every text; after a line's end they do not.
    """
    before = _encode(tokenizer, "\n")
    both = _encode(tokenizer, f"\n{text}")
    if before and both[: len(before)] == before:
        return both[len(before) :]
    return _encode(tokenizer, text)


def _ended(
    tokenizer: "PreTrainedTokenizerBase", asked: Sequence[int], told: Sequence[int]
) -> Rendered:
    """Return a turn whose answer ends: some templates (GLM's) leave that to the next turn."""
    answer = list(told)
    special = {*markers(tokenizer), int(tokenizer.eos_token_id)}
    # a line's end may follow the marker that ends a turn
    if special.isdisjoint(answer[-2:]):
        answer.append(int(tokenizer.eos_token_id))
    return Rendered([*asked, *answer], [False] * len(asked) + [True] * len(answer))


def markers(tokenizer: "PreTrainedTokenizerBase") -> set[int]:
    """Return the special tokens of a tokenizer that are no single bytes: those that mark turns."""
    added = tokenizer.added_tokens_decoder.items()
    return {at for at, one in added if one.special and not _BYTE.fullmatch(one.content)}


def _encode(tokenizer: "PreTrainedTokenizerBase", text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])
