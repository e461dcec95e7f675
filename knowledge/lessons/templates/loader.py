"""Load the words of lessons from YAML, checked against what `tables` declares.

    load(SafetyWords, "en") -> templates/en/safety.yaml -> SafetyWords(urgent=(...), ...)

A file is read when its words are first asked for, once in a process. A key that a file lacks or may
not have, a slot that its templates may not use and a bracket that does not close raise a
`KnowledgeError` that names the file and the key.
"""

import re
from collections.abc import Mapping
from dataclasses import Field, fields
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar, cast, get_args

import yaml

from knowledge.errors import KnowledgeError
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.tables import ANY_KEY, RELATION, KeyRule, Keys
from knowledge.records import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)

PARTS = "parts"
"""The key under which a file gives names to what several of its templates have in common."""

Words = TypeVar("Words")

_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SLOT = re.compile(r"\{(\w+)\}")
_PART = re.compile(r"\$([a-z_]+)")
_NO_SPACE = re.compile(r"(?<=[(|])\n|\n(?=[|)])")


def load(table: type[Words], language: Language) -> Words:
    """Return the words of one file in a language."""
    return cast(Words, _load(cast(Any, table), language))


def file_name(table: type) -> str:
    """Return the name of the file that holds a table.

    >>> from knowledge.lessons.templates.tables import KnowledgeCallWords
    >>> file_name(KnowledgeCallWords)
    'knowledge_call.yaml'
    """
    return _WORD_START.sub("_", table.__name__.removesuffix("Words")).lower() + ".yaml"


def folder(language: str) -> Traversable:
    """Return the folder of a language."""
    return files("knowledge.lessons.templates").joinpath(language)


def texts(words: object) -> list[str]:
    """Return every text of a table."""
    return [text for each in fields(cast(Any, words)) for text in _texts(getattr(words, each.name))]


def parse(table: type[Words], language: str, content: str, where: str) -> Words:
    """Return the words that the text of a file holds; `where` names the file in errors."""
    try:
        raw = yaml.load(content, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise KnowledgeError(f"{where} is not valid YAML: {_line(error)}", where=where) from error
    if not isinstance(raw, dict):
        raise KnowledgeError(f"{where} does not hold keys with lists of texts", where=where)
    parts = raw.pop(PARTS, None) or {}
    known: dict[str, Field[Any]] = {each.name: each for each in fields(cast(Any, table))}
    for key in raw:
        if key not in known:
            _refuse(where, str(key), "is not a key of this file")
    reader = _Reader(where, language, parts)
    values = {}
    for key, each in known.items():
        if key not in raw:
            _refuse(where, key, "is missing")
        values[key] = reader.value(raw[key], each.metadata["rule"], key)
    if unused := set(parts) - reader.used:
        _refuse(where, f"{PARTS}.{min(unused)}", "is used by no template")
    return table(**values)


@cache
def _load(table: type[Any], language: Language) -> Any:  # noqa: ANN401 - `load` has the type
    name = file_name(table)
    content = folder(language).joinpath(name).read_text(encoding="utf-8")
    return parse(table, language, content, f"knowledge/lessons/templates/{language}/{name}")


class _Reader:
    """Reads the values of one file."""

    def __init__(self, where: str, language: str, parts: Mapping[str, str]) -> None:
        self._where = where
        self._space = " " if language == "en" else ""
        self._parts = parts
        self.used: set[str] = set()

    def value(self, raw: object, rule: KeyRule, at: str) -> object:
        if rule.columns:
            return self._rows(raw, rule, at)
        if not raw and not rule.optional:
            self._refuse(at, "is empty")
        return self._level(raw, rule, rule.by, at)

    def _level(self, raw: object, rule: KeyRule, by: tuple[Keys, ...], at: str) -> object:
        if by:
            return self._mapping(raw, rule, by, at)
        if not rule.listed:
            return self._text(raw, rule, at)
        if not isinstance(raw, list):
            self._refuse(at, "is not a list of texts")
        return tuple(self._text(each, rule, at) for each in raw)

    def _mapping(self, raw: object, rule: KeyRule, by: tuple[Keys, ...], at: str) -> object:
        """Return a mapping without the keys for which the language has nothing."""
        if not isinstance(raw, dict):
            self._refuse(at, "does not hold keys")
        allowed = by[0]
        for key in raw:
            if allowed != ANY_KEY and key not in allowed:
                self._refuse(f"{at}.{key}", "is not a key that may stand here")
        for key in allowed if raw and not set(RELATION) <= set(allowed) else ():
            if key not in raw:
                self._refuse(f"{at}.{key}", "is missing")
        read = {key: self._level(raw[key], rule, by[1:], f"{at}.{key}") for key in raw}
        return MappingProxyType({key: value for key, value in read.items() if value})

    def _rows(self, raw: object, rule: KeyRule, at: str) -> object:
        rows = [tuple(row) if isinstance(row, list) else () for row in cast(Any, raw) or ()]
        for row in rows:
            if tuple(map(type, row)) != rule.columns:
                kinds = ", ".join({str: "text", int: "number"}[each] for each in rule.columns)
                self._refuse(at, f"has a row that is not {kinds}: {list(row)}")
        return tuple(rows)

    def _text(self, raw: object, rule: KeyRule, at: str) -> str:
        if not isinstance(raw, str):
            self._refuse(at, f"holds {raw!r}, which is not a text; put it in quotation marks")
        text = raw if rule.breaks else _NO_SPACE.sub("", raw).replace("\n", self._space)
        text = _PART.sub(lambda found: self._part(found[1], at), text)
        for slot in _SLOT.findall(text):
            if slot not in rule.slots:
                may = ", ".join(f"{{{each}}}" for each in sorted(rule.slots)) or "no slots"
                self._refuse(at, f"may not use the slot {{{slot}}} (it may use {may}): {text}")
        if set("{}") & set(_SLOT.sub("", text)):
            self._refuse(at, f"has a brace that belongs to no slot: {text}")
        if not rule.varies and set("()") & set(text):
            self._refuse(at, f"may not hold alternatives in parentheses: {text}")
        try:
            grammar.count_texts(text)
        except ValueError as error:
            self._refuse(at, f"is no template: {error}")
        return text

    def _part(self, name: str, at: str) -> str:
        if not isinstance(self._parts.get(name), str):
            self._refuse(at, f"uses ${name}, which does not stand under `{PARTS}` as a text")
        self.used.add(name)
        return _NO_SPACE.sub("", self._parts[name]).replace("\n", self._space)

    def _refuse(self, at: str, why: str) -> NoReturn:
        _refuse(self._where, at, why)


def _refuse(where: str, at: str, why: str) -> NoReturn:
    raise KnowledgeError(f"{where}: `{at}` {why}", where=where)


def _line(error: yaml.YAMLError) -> str:
    return " ".join(str(error).split())


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    return [text for each in value for text in _texts(each)] if isinstance(value, tuple) else []
