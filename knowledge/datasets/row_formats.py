"""Encode a lesson in each format of a dataset folder; its texts are escaped once.

    lesson -> own format, chatglm, chat, alpaca, sharegpt

Each form names the row's id, language, style and licence. The text is that of `json.dumps` without
escapes for letters that are not ASCII.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from json.encoder import encode_basestring as _quote

from knowledge.datasets import export_words, reasoning, tool_turns
from knowledge.datasets.tool_turns import Turn
from knowledge.records import Language, Lesson

SPEAKERS = {
    "user": "human",
    "assistant": "gpt",
    "call": "function_call",
    "result": "observation",
}
"""What ShareGPT, as LLaMA-Factory reads it, calls who speaks."""

_encode = json.JSONEncoder(ensure_ascii=False).encode


def encode_all(lesson: Lesson, held_out: bool) -> tuple[bytes, ...]:
    """Return a row's own line, and for training those of ChatGLM, chat, Alpaca and ShareGPT.

    The latter two are items of arrays, without what stands between items.
    """
    said = [_quote(message.content) for message in lesson.messages]
    messages = _messages(lesson, said)
    row = _row(lesson, messages)
    if held_out:
        return (row.encode(),)
    spoken, system = said, ""
    if any(message.role == "system" for message in lesson.messages):
        spoken = [
            each
            for each, message in zip(said, lesson.messages, strict=True)
            if message.role != "system"
        ]
        system = "".join(m.content for m in lesson.messages if m.role == "system")
    marks = _marks(lesson)
    turns = tool_turns.turns_of(lesson) if tool_turns.calls_tools(lesson) else None
    chat, sharegpt = (
        (_chat_with_tools(turns, lesson), _sharegpt_with_tools(turns, lesson))
        if turns
        else (_chat(lesson, messages), _sharegpt(lesson, said))
    )
    id = f'"id": {_quote(lesson.id)}'
    texts = (
        row,
        _chatglm(spoken, id, marks),
        f"{{{id}, {chat}, {marks}}}\n",
        f"{{{id}, {_alpaca(lesson, spoken, system, calling=bool(turns))}, {marks}}}",
        f'{{{id}, {sharegpt}, "system": {_quote(system)}, {marks}}}',
    )
    return tuple(text.encode() for text in texts)


def encode_pair(lesson: Lesson, pair: Mapping[str, object]) -> bytes:
    """Return the line of a preference pair that was made from a row."""
    inner = _encode(pair)[1:-1]
    return f'{{"id": {_quote(lesson.id)}, {inner}, {_marks(lesson)}}}\n'.encode()


def encode_row(lesson: Lesson) -> str:
    """Return a row's own line, as train.jsonl has it."""
    said = [_quote(message.content) for message in lesson.messages]
    return _row(lesson, _messages(lesson, said))


def _messages(lesson: Lesson, said: Sequence[str]) -> str:
    return ", ".join(
        [
            f'{{"role": "{message.role}", "content": {content}}}'
            for message, content in zip(lesson.messages, said, strict=True)
        ]
    )


def _row(lesson: Lesson, messages: str) -> str:
    quotes: dict[str, str] = {}
    for source in lesson.sources:
        if source.quote not in quotes:
            quotes[source.quote] = _quote(source.quote)
    sources = ", ".join(
        [
            f'{{"kind": "{each.kind}", "id": {_quote(each.id)}, "quote": {quotes[each.quote]}}}'
            for each in lesson.sources
        ]
    )
    entities = ", ".join(map(_quote, lesson.entities))
    return (
        f'{{"id": {_quote(lesson.id)}, "messages": [{messages}], '
        f'"language": "{lesson.language}", "style": {_quote(lesson.style)}, '
        f'"sources": [{sources}], "entities": [{entities}], '
        f'"split_key": {_quote(lesson.split_key)}, "licence": {_quote(lesson.licence)}, '
        f'"meta": {_encode(lesson.meta)}}}\n'
    )


def _marks(lesson: Lesson) -> str:
    """Return what every form says of a row beside its id."""
    return (
        f'"language": "{lesson.language}", "style": {_quote(lesson.style)}, '
        f'"licence": {_quote(lesson.licence)}'
    )


def _chatglm(spoken: Sequence[str], id: str, marks: str) -> str:
    """Return a line for each answer, with what was said before."""
    text, history = "", ""
    for question, answer in zip(spoken[::2], spoken[1::2], strict=True):
        turn = f'"prompt": {question}, "response": {answer}, "history": [{history}]'
        text += f"{{{id}, {turn}, {marks}}}\n"
        history += f"{', ' if history else ''}[{question}, {answer}]"
    return text


def _alpaca(lesson: Lesson, spoken: Sequence[str], system: str, calling: bool) -> str:
    """Return a row in Alpaca's form; earlier turns go into `history`, as LLaMA-Factory reads it.

    As in ChatDoctor, a doctor's row has the task as `instruction`, the patient's words as `input`.
    """
    earlier = zip(spoken[:-2:2], spoken[1:-2:2], strict=True)
    history = ", ".join([f"[{question}, {answer}]" for question, answer in earlier])
    task = _quoted_task(lesson.style, lesson.language)
    instruction, given = (task, spoken[-2]) if task else (spoken[-2], '""')
    rules = system or (export_words.call_rules(lesson.language) if calling else "")
    return (
        f'"instruction": {instruction}, "input": {given}, "output": {spoken[-1]}, '
        f'"history": [{history}], "system": {_quote(rules)}'
    )


def _sharegpt(lesson: Lesson, said: Sequence[str]) -> str:
    turns = ", ".join(
        [
            f'{{"from": "{SPEAKERS[message.role]}", "value": {content}}}'
            for message, content in zip(lesson.messages, said, strict=True)
            if message.role != "system"
        ]
    )
    return f'"conversations": [{turns}], "tools": ""'


def _sharegpt_with_tools(turns: Sequence[Turn], lesson: Lesson) -> str:
    """Return turns in which calls and results have roles of their own, with the tools declared."""
    spoken = [
        {
            "from": SPEAKERS[turn.kind],
            "value": _encode({"name": turn.tool, "arguments": turn.arguments})
            if turn.kind == "call"
            else turn.text,
        }
        for turn in turns
        if turn.kind != "system"
    ]
    declared = _quoted_tools(lesson.language)
    return f'"conversations": {_encode(spoken)}, "tools": {declared}'


def _chat(lesson: Lesson, messages: str) -> str:
    if thought := reasoning.text(lesson):
        # The field in which chat templates of reasoning models look for what comes before an answer
        messages = f'{messages[:-1]}, "reasoning_content": {_quote(thought)}}}'
    return f'"messages": [{messages}], "tools": "null"'


def _chat_with_tools(turns: Sequence[Turn], lesson: Lesson) -> str:
    """Return messages as chat templates take them, and the tools as JSON text."""
    messages: list[dict[str, object]] = []
    for turn in turns:
        if turn.kind == "call":
            function = {"name": turn.tool, "arguments": turn.arguments}
            calls = [{"type": "function", "function": function}]
            messages.append({"role": "assistant", "content": "", "tool_calls": calls})
        elif turn.kind == "result":
            messages.append({"role": "tool", "name": turn.tool, "content": turn.text})
        else:
            messages.append({"role": turn.kind, "content": turn.text})
    declared = _quoted_tools(lesson.language)
    return f'"messages": {_encode(messages)}, "tools": {declared}'


@cache
def _quoted_task(style: str, language: Language) -> str:
    task = export_words.task(style, language)
    return _quote(task) if task else ""


@cache
def _quoted_tools(language: Language) -> str:
    return _quote(export_words.tools(language))
