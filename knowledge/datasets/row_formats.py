"""Encode a lesson in each format of a dataset folder; its texts are escaped once.

    lesson -> own format, chatglm, alpaca, sharegpt

The text is that of `json.dumps` without escapes for letters that are not ASCII.
"""

import json
from collections.abc import Sequence
from json.encoder import encode_basestring as _quote

from knowledge.records import Lesson

SPEAKERS = {"user": "human", "assistant": "gpt"}

_encode = json.JSONEncoder(ensure_ascii=False).encode


def encode_all(lesson: Lesson, held_out: bool) -> tuple[bytes, ...]:
    """Return a row's own line, and for training its lines of ChatGLM, Alpaca and ShareGPT.

    The latter two are items of arrays, without what stands between items.
    """
    said = [_quote(message.content) for message in lesson.messages]
    row = _row(lesson, said)
    if held_out:
        return (row.encode(),)
    spoken, system = said, '""'
    if any(message.role == "system" for message in lesson.messages):
        spoken = [
            each
            for each, message in zip(said, lesson.messages, strict=True)
            if message.role != "system"
        ]
        system = _quote("".join(m.content for m in lesson.messages if m.role == "system"))
    texts = (row, _chatglm(spoken), _alpaca(spoken), _sharegpt(lesson, said, system))
    return tuple(text.encode() for text in texts)


def encode_row(lesson: Lesson) -> str:
    """Return a row's own line, as train.jsonl has it."""
    return _row(lesson, [_quote(message.content) for message in lesson.messages])


def _row(lesson: Lesson, said: Sequence[str]) -> str:
    messages = ", ".join(
        [
            f'{{"role": "{message.role}", "content": {content}}}'
            for message, content in zip(lesson.messages, said, strict=True)
        ]
    )
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


def _chatglm(spoken: Sequence[str]) -> str:
    """Return a line for each answer, with what was said before."""
    text, history = "", ""
    for question, answer in zip(spoken[::2], spoken[1::2], strict=True):
        text += f'{{"prompt": {question}, "response": {answer}, "history": [{history}]}}\n'
        history += f"{', ' if history else ''}[{question}, {answer}]"
    return text


def _alpaca(spoken: Sequence[str]) -> str:
    """Return a row in Alpaca's form; earlier turns go into `history`, as LLaMA-Factory reads it."""
    earlier = zip(spoken[:-2:2], spoken[1:-2:2], strict=True)
    history = ", ".join([f"[{question}, {answer}]" for question, answer in earlier])
    return (
        f'{{"instruction": {spoken[-2]}, "input": "", "output": {spoken[-1]}, '
        f'"history": [{history}]}}'
    )


def _sharegpt(lesson: Lesson, said: Sequence[str], system: str) -> str:
    turns = ", ".join(
        [
            f'{{"from": "{SPEAKERS[message.role]}", "value": {content}}}'
            for message, content in zip(lesson.messages, said, strict=True)
            if message.role != "system"
        ]
    )
    return f'{{"conversations": [{turns}], "system": {system}}}'
