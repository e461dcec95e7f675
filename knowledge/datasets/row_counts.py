"""Count the rows of a data set: by what they are, how long and how varied; give report.json.

rows -> tables by style, language, topic, licence, length, register, openings -> report
"""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.datasets.filtering import FilterReport
from knowledge.datasets.tool_turns import turns_of
from knowledge.records import Lesson
from knowledge.vocabulary import INVERSE, RELATIONS

_UNRELATED = {"imported": "imported", "tools": "calculation"}
"""Styles whose rows are about no relation, and the topic that stands for all of theirs."""

_BOUNDS = {"en": (20, 60, 120), "zh": (40, 100, 200)}
"""Where the bands of lengths begin: words in English, signs in Chinese."""

LENGTHS = {
    language: (
        f"{language}, under {low} {unit}",
        f"{language}, {low} to {middle - 1} {unit}",
        f"{language}, {middle} to {high - 1} {unit}",
        f"{language}, {high} {unit} or more",
    )
    for (language, (low, middle, high)), unit in zip(
        _BOUNDS.items(), ("words", "characters"), strict=True
    )
}
_BANDS = [band for bands in LENGTHS.values() for band in bands]

_QUALITY_BOUNDS = (40, 60, 80, 90)
QUALITIES = ("under 40", "40 to 59", "60 to 79", "80 to 89", "90 to 100")
"""Bands of the quality score."""

ANSWERS = {
    "declines": "says that nothing shown covers the question",
    "declines in part": "says so of one of two things",
    "refuses": "refuses what would do harm",
    "urgent": "says first what to do at once, since the user tells of an emergency",
    "calls": "calls a calculator or a knowledge base",
    "asks for a value": "asks for a value that a formula lacks",
    "several turns": "answers more than one message",
    "reasons": "lists the steps of its reasoning, each with its fact",
    "stock sentences": "holds a sentence that rests on no source: an opening, a caution, advice on "
    "where to go; all are of one closed, reviewed list",
}
"""What an answer may do, as the card tells it."""

_MISSING = "=?"
"""Stands for a value that a call lacks, in the words of a calculation."""

BASE_KNOWS = "base_knows"
"""In the meta of a row that was drawn for a base: how much of its facts that knows, in percent."""

_OPENING = {"en": 3, "zh": 4}
"""How many words or signs of a text are its opening, as the benchmark of diversity counts."""


@dataclass(slots=True)
class RowCounts:
    """How many rows went where."""

    train: int = 0
    validation: int = 0
    preference: int = 0
    styles: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    relations: dict[str, int] = field(default_factory=dict)
    licences: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    imported: dict[str, int] = field(default_factory=dict)
    chosen_alone: int = 0
    """Imported preference pairs, of which the chosen answer alone is in the row."""

    entities: int = 0
    calculated: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    """Rows by what their answer does, by the names of `ANSWERS`; one row may be of several."""

    parallel: int = 0
    cells: dict[tuple[str, str], int] = field(default_factory=dict)
    """Rows by style and language."""

    registers: dict[str, int] = field(default_factory=dict)
    difficulties: dict[str, int] = field(default_factory=dict)
    qualities: dict[str, int] = field(default_factory=dict)
    """Rows by bands of their quality; rows from outside have none."""

    for_base: dict[str, int] = field(default_factory=dict)
    """Rows drawn for a base, by whether most of their facts are known to it."""

    lengths: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    """Words of English answers and signs of Chinese ones, in all."""

    openings: defaultdict[tuple[str, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    """How often what begins questions and answers does so, by language and role."""

    subjects_held: set[str] = field(default_factory=set)
    named_in_training: set[str] = field(default_factory=set)
    """What rows for validation are about, and what those for training name beside their subject."""

    def add(self, lesson: Lesson, held_out: bool) -> None:
        """Count a row."""
        self.validation += held_out
        self.train += not held_out
        if held_out:
            self.subjects_held.add(lesson.split_key)
        else:
            self.named_in_training.update(lesson.entities)
        self.calculated += any(source.calculated for source in lesson.sources)
        topic = _UNRELATED.get(lesson.style) or str(lesson.meta.get("relation", ""))
        keys = (lesson.style, lesson.language, topic, lesson.licence)
        tables = (self.styles, self.languages, self.relations, self.licences)
        for table, key in zip(tables, keys, strict=True):
            table[key] = table.get(key, 0) + 1
        self._measure(lesson)
        if lesson.imported:
            source = str(lesson.meta.get("imported", ""))
            self.imported[source] = self.imported.get(source, 0) + 1
            self.chosen_alone += str(lesson.meta.get("shape", "")).startswith("preference")

    def _measure(self, lesson: Lesson) -> None:
        cell = (lesson.style, lesson.language)
        self.cells[cell] = self.cells.get(cell, 0) + 1
        for name in answers_of(lesson):
            self.answers[name] = self.answers.get(name, 0) + 1
        self.parallel += bool(lesson.meta.get("parallel"))
        for table, key in ((self.registers, "register"), (self.difficulties, "difficulty")):
            if told := lesson.meta.get(key):
                table[str(told)] = table.get(str(told), 0) + 1
        knows = lesson.meta.get(BASE_KNOWS)
        if isinstance(knows, int):
            told = "known" if knows > 50 else "unknown"
            self.for_base[told] = self.for_base.get(told, 0) + 1
        rated = lesson.meta.get("quality")
        if isinstance(rated, int):
            band = QUALITIES[bisect(_QUALITY_BOUNDS, rated)]
            self.qualities[band] = self.qualities.get(band, 0) + 1
        language, size = lesson.language, _size(lesson.messages[-1].content, lesson.language)
        self.amounts[language] = self.amounts.get(language, 0) + size
        band = LENGTHS[language][bisect(_BOUNDS[language], size)]
        self.lengths[band] = self.lengths.get(band, 0) + 1
        first = lesson.messages[lesson.messages[0].role == "system"]
        for message in (first, lesson.messages[-1]):
            self.openings[language, message.role][_opening(message.content, language)] += 1

    @property
    def rated(self) -> dict[str, int]:
        """Return the rows by bands of their quality, the best first."""
        return {band: self.qualities[band] for band in QUALITIES[::-1] if band in self.qualities}

    @property
    def answers_told(self) -> dict[str, int]:
        """Return the rows by what their answers do, in the order of `ANSWERS`."""
        return {name: self.answers[name] for name in ANSWERS if name in self.answers}

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return self.train + self.validation

    @property
    def known_of_validation(self) -> int:
        """Return how many subjects of validation occur in training rows, as objects of facts."""
        return len(self.subjects_held & self.named_in_training)

    @property
    def unproven(self) -> int:
        """Return how many rows came from outside, so that nothing proves them."""
        return sum(self.imported.values())

    @property
    def largest(self) -> tuple[str, float]:
        """Return the relation that most written rows are about, and its share of these."""
        written = {key: count for key, count in self.relations.items() if key != "imported"}
        if not written:
            return "", 0.0
        name = min(written, key=lambda key: (-written[key], key))
        return name, written[name] / sum(written.values())


def answers_of(lesson: Lesson) -> Iterator[str]:
    """Yield what the answers of a row do, by the names of `ANSWERS`."""
    meta, turns = lesson.meta, turns_of(lesson)
    kinds = [turn.kind for turn in turns]
    lacks = any(_MISSING in source.quote for source in lesson.sources)
    given = kinds[:2] == ["user", "assistant"] and "call" in kinds
    support = meta.get("support")
    for name, does in (
        ("declines", meta.get("declined")),
        ("declines in part", meta.get("partly")),
        ("refuses", meta.get("refused")),
        ("urgent", meta.get("urgent")),
        ("calls", "call" in kinds),
        ("asks for a value", lesson.style == "tools" and (lacks or given)),
        ("several turns", kinds.count("user") > 1),
        ("reasons", meta.get("trace")),
        ("stock sentences", isinstance(support, list) and not all(support)),
    ):
        if does:
            yield name


def _size(text: str, language: str) -> int:
    """Return how many words, or signs in Chinese, a text has."""
    return len(text.split()) if language == "en" else len("".join(text.split()))


def _opening(text: str, language: str) -> str:
    if language == "en":
        return " ".join(text[:200].lower().split(None, _OPENING["en"])[: _OPENING["en"]])
    return text[: _OPENING["zh"]]


def report(counts: RowCounts, screened: FilterReport) -> dict[str, object]:
    """Return what report.json holds."""
    relation, share = counts.largest
    return {
        "kept": counts.rows,
        "proven": counts.rows - counts.unproven,
        "imported": in_order(counts.imported),
        "train": counts.train,
        "validation": counts.validation,
        "preference": counts.preference,
        "preference_kinds": in_order(counts.kinds),
        "entities": counts.entities,
        "entities_known": screened.subjects,
        "validation_subjects": len(counts.subjects_held),
        "validation_subjects_named_in_training": counts.known_of_validation,
        "largest_relation": {"relation": topic_name(relation), "share": round(share, 4)},
        "styles": in_order(counts.styles),
        "languages": in_order(counts.languages),
        "relations": named_topics(counts.relations),
        "lengths": {band: counts.lengths[band] for band in _BANDS if band in counts.lengths},
        "qualities": counts.rated,
        "answers": counts.answers_told,
        "registers": in_order(counts.registers),
        "difficulties": in_order(counts.difficulties),
        "licences": in_order(counts.licences),
        **({"for_base": in_order(counts.for_base)} if counts.for_base else {}),
        "seen": screened.seen,
        "dropped": in_order(screened.dropped),
        "dropped_samples": screened.examples,
        "facts_left_out": in_order(screened.facts_left_out),
        "teacher": screened.teacher,
    }


def topic_name(relation: str) -> str:
    """Return what a topic is called where people read it: without the sign of the other end.

    >>> topic_name("symptom"), topic_name("medicine~")
    ('symptom', 'medicine (used for)')
    """
    bare = relation.removesuffix(INVERSE)
    known = RELATIONS.get(bare)
    return f"{bare} ({known.inverse_en})" if known and bare != relation else bare


def named_topics(relations: Mapping[str, int]) -> dict[str, int]:
    """Return counts by what topics are called, the largest first."""
    return in_order({topic_name(key): count for key, count in relations.items()})


def in_order(table: Mapping[str, int]) -> dict[str, int]:
    """Return counts, the largest first."""
    return dict(sorted(table.items(), key=lambda entry: (-entry[1], entry[0])))
