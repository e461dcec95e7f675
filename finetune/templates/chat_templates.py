"""Put messages into a base's own chat template, whatever the template has no place for.

    messages -> as they are | system text in the first question | turns that alternate -> text

Training and chat ask the same way: without reasoning where the template lets that be chosen. An
answer that brings its reasoning is written where the template would have the model reason.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune.errors import FinetuneError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Message = dict[str, str]
"""One message in the form that chat templates take: `role`, `content`, perhaps REASONING."""

REASONING = "reasoning_content"
"""The field of an answer that holds what the model thinks before it."""

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

ENCODER_TEMPLATE = (
    "{% if bos_token %}{{ bos_token }}{% endif %}"
    "{% for message in messages %}"
    "{% if loop.last and message['role'] == 'assistant' %}"
    "{{ eos_token }}{{ message['content'] }}{{ eos_token }}"
    "{% else %}{{ message['role'] }}: {{ message['content'] }}\n{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ eos_token }}{% endif %}"
)
"""The template of a base that encodes its prompt, where its tokenizer has none.

The encoder reads all turns as one text, begun and ended as its training did; the decoder writes the
last answer. So each answer of a dialogue is an example of its own.
"""

_SAID = {"system": "Cite the evidence.", "user": "What is gout?", "assistant": "Arthritis [1]."}
"""What a template is tried on."""

_OTHER_NAMES = ("reasoning", "thinking")
"""What some templates call the field of the reasoning."""
_OPENED = re.compile(r"<think>\s*\Z")
_CLOSED = re.compile(r"<think>\s*</think>\s*\Z")
_EMPTY = re.compile(r"\A\s*<think>\s*</think>\s*")
_UNREASONED = "<think>\n\n</think>\n\n"


@dataclass(frozen=True, slots=True)
class AskedAndAnswered:
    """The text that asks, and the text that a model shall write after it.

    `reasoned` says whether the answer's reasoning is part of what it shall write.
    """

    prompt: str
    answer: str
    reasoned: bool = False


def template_of(tokenizer: "PreTrainedTokenizerBase") -> str:
    """Return the template in force: the tokenizer's own, its default of several, or the plain."""
    own = tokenizer.chat_template
    if isinstance(own, dict) and own:
        own = own.get("default") or own[min(own)]
    return own if isinstance(own, str) and own else TEMPLATE


def demand(tokenizer: "PreTrainedTokenizerBase") -> None:
    """Raise FinetuneError where the template cannot ask a question, or loses part of a dialogue."""
    asked = [Message(role=role, content=text) for role, text in _SAID.items()]
    turn = ask_and_answer(tokenizer, asked)
    for role, text in _SAID.items():
        if text not in (turn.answer if role == "assistant" else turn.prompt):
            raise FinetuneError(
                f"The chat template leaves out what the {role} says.",
                where="chat_template",
                remedy="Give the base's tokenizer a template for system, user and assistant.",
            )


def prompt_text(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]) -> str:
    """Return the text of messages up to the place where the answer begins."""
    text = _text(tokenizer, _without_reasoning(messages), ask=True, reasoned=False)
    opened = _OPENED.search(text)
    return text[: opened.start()] + _UNREASONED if opened else text


def ask_and_answer(
    tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]
) -> AskedAndAnswered:
    """Return the last message as the continuation of the prompt that those before it make.

    FinetuneError where the template writes an answer elsewhere than it asks for it.
    """
    reasoning = messages[-1].get(REASONING, "").strip()
    reasoned = _reasoned(tokenizer, messages, reasoning) if reasoning else None
    if reasoned:
        return reasoned
    plain = _without_reasoning(messages)
    prompt = prompt_text(tokenizer, plain[:-1])
    whole = _text(tokenizer, plain, ask=False, reasoned=False)
    if whole.startswith(prompt):
        return AskedAndAnswered(prompt, whole[len(prompt) :])
    closed = _CLOSED.search(prompt)
    if closed and whole.startswith(prompt[: closed.start()]):
        return AskedAndAnswered(prompt, _EMPTY.sub("", whole[closed.start() :]))
    raise FinetuneError(
        "The chat template writes an answer elsewhere than it asks for it, so answers cannot be "
        "told from prompts.",
        where="chat_template",
        remedy="Give the base's tokenizer a template that continues its own prompt.",
    )


def _reasoned(
    tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message], reasoning: str
) -> AskedAndAnswered | None:
    """Return an answer after its reasoning; None where the template has no place for that."""
    plain = _without_reasoning(messages)
    fields = dict.fromkeys((REASONING, *_OTHER_NAMES), reasoning)
    prompt = _text(tokenizer, plain[:-1], ask=True, reasoned=True)
    whole = _text(tokenizer, [*plain[:-1], {**plain[-1], **fields}], ask=False, reasoned=True)
    opened = _OPENED.search(prompt)
    stem = prompt[: opened.start()] if opened else prompt
    if not whole.startswith(stem):
        return None
    answer = whole[len(stem) :]
    if reasoning not in answer:
        bare = _EMPTY.sub("", answer)
        if bare == answer and not opened:
            return None
        answer = f"<think>\n{reasoning}\n</think>\n\n{bare}"
    if opened:
        answer = re.sub(r"\A\s*<think>\s*", "", answer)
    return AskedAndAnswered(prompt, answer, reasoned=True)


def _text(
    tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message], *, ask: bool, reasoned: bool
) -> str:
    """Return what the template makes of messages, in the first arrangement that it takes whole."""
    template = template_of(tokenizer)
    system = [one["content"].strip() for one in messages if one["role"] == "system"]
    more = {} if reasoned else {"enable_thinking": False}
    refusal = "it leaves out the system message"
    for arranged in _arrangements(messages):
        try:
            text = tokenizer.apply_chat_template(
                arranged,
                chat_template=template,
                tokenize=False,
                add_generation_prompt=ask,
                **more,  # type: ignore[arg-type]  # a variable of some templates
            )
        except Exception as error:  # a template is a program, and may fail in any way
            refusal = str(error).strip() or type(error).__name__
            continue
        if all(one in str(text) for one in system):
            return str(text)
    raise FinetuneError(
        f"The chat template does not take these messages: {refusal.rstrip('.')}.",
        where="chat_template",
        remedy="Give the base's tokenizer a template for system, user and assistant.",
    )


def _arrangements(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Yield messages as they are, then in the forms that narrower templates take."""
    yield list(messages)
    folded = _with_system_in_question(messages)
    yield folded
    yield _by_turns(messages)
    yield _by_turns(folded)


def _with_system_in_question(messages: Sequence[Message]) -> list[Message]:
    """Put what the system says in front of the first question."""
    system = [one["content"] for one in messages if one["role"] == "system"]
    rest = [one for one in messages if one["role"] != "system"]
    place = next((at for at, one in enumerate(rest) if one["role"] == "user"), None)
    if not system:
        return rest
    if place is None:
        return [{"role": "user", "content": "\n\n".join(system)}, *rest]
    asked = {**rest[place], "content": "\n\n".join([*system, rest[place]["content"]])}
    return [*rest[:place], asked, *rest[place + 1 :]]


def _by_turns(messages: Sequence[Message]) -> list[Message]:
    """Join what one role says in a row."""
    joined: list[Message] = []
    for one in messages:
        if joined and joined[-1]["role"] == one["role"]:
            joined[-1] = {**one, "content": f"{joined[-1]['content']}\n\n{one['content']}"}
        else:
            joined.append(one)
    return joined


def _without_reasoning(messages: Sequence[Message]) -> list[Message]:
    return [{key: value for key, value in one.items() if key != REASONING} for one in messages]
