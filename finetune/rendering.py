"""Render messages into model text, for training and for chat alike.

    question + numbered evidence -> messages -> token ids, with a mask over what is to be learned

A model's own chat template decides the text; a base without one gets `TEMPLATE`. The template
travels inside every adapter and its hash is part of the round's manifest.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from finetune.errors import FinetuneError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Language = Literal["en", "zh"]


Message = dict[str, str]
"""One message in the form that chat templates take: `role` and `content`."""


TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}<|assistant|>\n"
    "{% generation %}{{ '' if message['content'][:1] >= '\u2e80' else ' ' }}"
    "{{ message['content'] }}{{ eos_token }}{% endgeneration %}"
    "{% else %}<|{{ message['role'] }}|>{{ message['content'] }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
"""The plain template: role marker, content; answers end with the end-of-text token.

The blank before an English answer makes its first word the same token as within the evidence;
whoever decodes an answer strips it. A Chinese one has none: after a blank a small model begins at
any line of the evidence, because every line there begins after one. The line's end before the
answer gives it one more place to decide at which line to begin.
"""

INSTRUCTION: dict[Language, str] = {
    "en": "Answer from the numbered evidence only and cite it like [1]. "
    "If the evidence does not cover the question, say so.",
    "zh": "只根据编号的证据回答，并像[1]这样注明出处。证据没有涉及时请直说。",
}

NOT_COVERED: dict[Language, str] = {
    "en": "The evidence does not cover this.",
    "zh": "证据没有涉及这个问题。",
}

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
    question: str, evidence: Sequence[str], language: Language, history: Sequence[Message] = ()
) -> list[Message]:
    """Return the messages that ask a question over numbered evidence, counted from 1.

    The question stands before the evidence too: a model that reads from left to right then knows
    what to look for (query-aware contextualization, Liu et al., "Lost in the Middle", 2023).
    """
    evidence_heading, question_heading = _HEADINGS[language]
    asked = question_heading + question
    lines = [asked, evidence_heading]
    lines += [f"[{number}] {text}" for number, text in enumerate(evidence, 1)]
    lines.append(asked)
    return [
        {"role": "system", "content": INSTRUCTION[language]},
        *history,
        {"role": "user", "content": "\n".join(lines)},
    ]


def template_of(tokenizer: "PreTrainedTokenizerBase") -> str:
    """Return the template in force: the tokenizer's own, or the plain one."""
    own = tokenizer.chat_template
    return own if isinstance(own, str) and own else TEMPLATE


def template_hash(tokenizer: "PreTrainedTokenizerBase") -> str:
    """Return the SHA-256 of the template in force, in hexadecimal."""
    return hashlib.sha256(template_of(tokenizer).encode()).hexdigest()


def prompt_ids(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]) -> list[int]:
    """Return the token ids up to the place where the answer begins."""
    text = tokenizer.apply_chat_template(
        list(messages),
        chat_template=template_of(tokenizer),
        tokenize=False,
        add_generation_prompt=True,
    )
    return list(tokenizer(str(text), add_special_tokens=False)["input_ids"])


def render(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]) -> Rendered:
    """Return ids and mask of a whole dialogue; only answers, their end included, are to be learned.

    Each answer is found as the continuation of the prompt before it, so that it works for any
    template whose rendering of a longer dialogue starts with the shorter one's. FinetuneError
    where it does not.
    """
    template = template_of(tokenizer)
    ids: list[int] = []
    learn: list[bool] = []
    answer: list[int] = []
    done = ""
    for turn, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        before = str(
            tokenizer.apply_chat_template(
                list(messages[:turn]),
                chat_template=template,
                tokenize=False,
                add_generation_prompt=True,
            )
        )
        after = str(
            tokenizer.apply_chat_template(
                list(messages[: turn + 1]), chat_template=template, tokenize=False
            )
        )
        if not (before.startswith(done) and after.startswith(before)):
            raise FinetuneError(
                "The chat template rewrites earlier turns, so answers cannot be told from prompts.",
                where="chat_template",
                remedy="Give the base's tokenizer a plain template that only adds to what stands.",
            )
        asked = list(tokenizer(before[len(done) :], add_special_tokens=False)["input_ids"])
        answer = list(tokenizer(after[len(before) :], add_special_tokens=False)["input_ids"])
        ids += asked + answer
        learn += [False] * len(asked) + [True] * len(answer)
        done = after
    if answer and tokenizer.eos_token_id not in answer:
        # some templates (GLM's) end an answer by the next turn's marker only
        ids.append(int(tokenizer.eos_token_id))
        learn.append(True)
    return Rendered(ids, learn)
