"""Load what questions are read with: abbreviations, brand names, drug classes, word lists.

    abbreviations.yaml, brands.yaml   short forms and brand names -> what they stand for
    drug_classes.yaml                 names of classes -> how the class of a member is written
    asked.yaml                        patterns of questions -> the relation that they ask for
    words.yaml, look_alikes.yaml      what is corrected, and what never is

What each file holds is said at its head.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from knowledge.records import Language
from knowledge.text.characters import CJK
from knowledge.text.names import normalise
from knowledge.text.stop_words import EVERYDAY_EN, QUESTION_WORDS_EN, STATEMENT_WORDS_EN
from knowledge.vocabulary import RELATIONS

Sort = Literal["spelling", "abbreviation", "brand", "product"]
"""Why a word is read as another one; a product holds more than what it is read as."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a short form stands for in each language; the wider names are read where it is unknown.

    `when` are words of the question with which this one of several meanings is meant.
    """

    names: Mapping[Language, str]
    wider: Mapping[Language, str]
    when: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class ShortForm:
    """A short form or brand name, and what it may stand for, the usual meaning last.

    It counts `as_written` only, or in any case. What is not `told` is read without a word;
    `names_illness` says that it is one of a condition.
    """

    text: str
    sort: Sort
    meanings: tuple[Meaning, ...]
    as_written: bool = False
    told: bool = True
    names_illness: bool = True


@dataclass(frozen=True, slots=True)
class DrugClass:
    """A class of medicines: what it is called, its name, and which drug classes are of it."""

    called: str
    names: tuple[str, ...]
    member: re.Pattern[str]
    other: re.Pattern[str] | None

    def holds(self, drug_class: str) -> bool:
        """Say whether a medicine of a drug class, as it is written in English, is a member."""
        wrong = self.other is not None and self.other.search(drug_class)
        return self.member.search(drug_class) is not None and not wrong


@cache
def short_forms() -> Mapping[str, ShortForm]:
    """Return the short forms and brand names by their text, in small letters."""
    rows = _read("abbreviations")
    found = [*_abbreviations(rows["names"], told=True), *_ambiguous(rows["ambiguous"])]
    others = _abbreviations(rows["others"], told=True)
    found += [replace(form, names_illness=False) for form in others]
    found += _abbreviations(rows["words"], told=False)
    found += _abbreviations(rows["dosing"], told=False)
    for row in _read("brands")["medicines"]:
        generic, brands = row.split(" = ")
        sort: Sort = "product" if generic.startswith("~ ") else "brand"
        meaning = Meaning(_both(generic.removeprefix("~ ")), {})
        found += [ShortForm(brand, sort, (meaning,)) for brand in brands.split(", ")]
    return {form.text.lower(): form for form in found}


@cache
def full_forms() -> re.Pattern[str]:
    """Return the pattern of the full names of conditions and medicines that have a short form."""
    rows = _read("abbreviations")
    forms = [*_abbreviations(rows["names"], told=True), *_ambiguous(rows["ambiguous"])]
    forms += [form for form in short_forms().values() if form.sort == "brand"]
    full = {name for form in forms for meaning in form.meanings for name in meaning.names.values()}
    longest = sorted(full, key=lambda name: (-len(name), name))
    latin = "|".join(re.escape(name) for name in longest if not _has_chinese(name))
    other = "|".join(re.escape(name) for name in longest if _has_chinese(name))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{latin})(?![A-Za-z0-9])|{other}", re.IGNORECASE)


def _abbreviations(rows: Sequence[str], *, told: bool) -> list[ShortForm]:
    found = []
    for row in rows:
        shorts, meant = row.split(" = ")
        narrow, _, wide = meant.partition(" > ")
        meaning = Meaning(_both(narrow), _both(wide) if wide else {})
        exact = shorts.startswith("!")
        for short in shorts.removeprefix("!").split(", "):
            found.append(ShortForm(short, "abbreviation", (meaning,), exact, told))
    return found


def _ambiguous(rows: Sequence[Mapping[str, Any]]) -> list[ShortForm]:
    found = []
    for row in rows:
        each = [
            Meaning(
                {"en": meant["en"], "zh": meant["zh"]},
                {},
                re.compile(meant["when"], re.IGNORECASE) if "when" in meant else None,
            )
            for meant in row["meanings"]
        ]
        short = row["short"]
        found.append(
            ShortForm(short.removeprefix("!"), "abbreviation", tuple(each), short[:1] == "!")
        )
    return found


def _both(text: str) -> dict[Language, str]:
    english, chinese = text.split(" | ")
    return {"en": english.strip(), "zh": chinese.strip()}


@cache
def short_form_pattern() -> re.Pattern[str]:
    """Return the pattern that finds short forms and brand names, the longest first."""
    texts = sorted((form.text for form in short_forms().values()), key=lambda text: -len(text))
    latin = "|".join(re.escape(text) for text in texts if text.isascii())
    other = "|".join(re.escape(text) for text in texts if not text.isascii())
    return re.compile(rf"(?<![A-Za-z0-9])(?:{latin})(?![A-Za-z0-9])|{other}", re.IGNORECASE)


@cache
def drug_classes() -> tuple[DrugClass, ...]:
    """Return the classes of medicines that questions name."""
    return tuple(
        DrugClass(
            row["called"],
            tuple(row["names"]),
            re.compile(row["member"], re.IGNORECASE),
            re.compile(row["not"], re.IGNORECASE) if "not" in row else None,
        )
        for row in _read("drug_classes")
    )


@cache
def class_pattern() -> tuple[re.Pattern[str], Mapping[str, DrugClass]]:
    """Return the pattern that finds the name of a class, and the class of each name."""
    named = {name.lower(): each for each in drug_classes() for name in each.names}
    texts = sorted(named, key=lambda name: (-len(name), name))
    latin = "|".join(
        re.escape(name).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]?")
        for name in texts
        if not _has_chinese(name)
    )
    other = "|".join(re.escape(name) for name in texts if _has_chinese(name))
    pattern = rf"(?<![A-Za-z0-9])(?P<name>{latin})e?s?(?![A-Za-z0-9])|(?P<zh>{other})"
    by_key = {_class_key(name): each for name, each in named.items()}
    return re.compile(pattern, re.IGNORECASE), by_key


def folded(match: re.Match[str]) -> str:
    """Return the key of the class whose name the pattern of classes found."""
    return _class_key(match["name"] or match["zh"])


def _class_key(name: str) -> str:
    return re.sub(r"[\s-]+", "", name.lower())


@cache
def misspelt() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return the pattern of misspellings that are known as such, and what each is read as."""
    rows = _read("words")
    known = {**rows["misspelt"], **rows["misspelt_zh"]}
    texts = sorted(known, key=lambda text: -len(text))
    latin = "|".join(re.escape(text) for text in texts if text.isascii())
    other = "|".join(re.escape(text) for text in texts if not text.isascii())
    return re.compile(rf"(?<![A-Za-z])(?:{latin})(?![A-Za-z])|{other}", re.IGNORECASE), known


@cache
def known_words() -> frozenset[str]:
    """Return words that are never corrected: ordinary ones, medical ones, words of questions."""
    rows = _read("words")
    told = [*rows["ordinary"].split(), *rows["medical"].split(), *question_words()]
    told += [*EVERYDAY_EN, *QUESTION_WORDS_EN, *STATEMENT_WORDS_EN]
    for form in short_forms().values():
        told += re.findall("[A-Za-z]+", " ".join([form.text, *_spoken(form)]))
    for each in drug_classes():
        told += re.findall("[A-Za-z]+", " ".join(each.names))
    words = {word.lower() for word in told}
    return frozenset(words | {normalise(word) for word in words})


def _spoken(form: ShortForm) -> list[str]:
    return [meaning.names["en"] for meaning in form.meanings]


@cache
def question_words() -> frozenset[str]:
    """Return the English words by which questions ask for relations."""
    cues = [cue for relation in RELATIONS.values() for cue in (*relation.cues_en, relation.en)]
    return frozenset(word for cue in cues for word in re.findall("[a-z]+", cue.lower()))


@cache
def apart() -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Return the groups of prefixes, and the endings, that make another word or medicine."""
    rows = _read("words")
    stems = sorted(rows["stems"], key=lambda stem: -len(stem))
    return tuple(tuple(group) for group in rows["apart"]), tuple(stems)


@cache
def never_within() -> tuple[str, ...]:
    """Return words in which a short form stands that is none."""
    return tuple(_read("abbreviations")["never_within"])


@cache
def asked() -> Sequence[Mapping[str, Any]]:
    """Return the patterns of questions, each row with the relation that it asks for."""
    rows: Sequence[Mapping[str, Any]] = _read("asked")
    return rows


@cache
def look_alikes() -> tuple[str, ...]:
    """Return the groups of Chinese characters that look alike."""
    return tuple(_read("look_alikes")["groups"])


def _has_chinese(text: str) -> bool:
    return re.search(f"[{CJK}]", text) is not None


@cache
def _read(name: str) -> Any:  # noqa: ANN401 -- what YAML holds
    text = files("knowledge.search.reading").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)
