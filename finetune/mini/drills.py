"""Make reading drills: numbered evidence with invented facts, questions, cited answers.

    lexicon + seed -> evidence lines (facts and prose) -> questions -> answers copied from them

Nothing here is true medicine, on purpose: who can only copy must read. The evidence lines have the
shape that the package knowledge writes; a test holds the labels below against its vocabulary.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from finetune.templates import rendering
from finetune.templates.rendering import Language

Lexicon = dict[str, list[tuple[str, str]]]
"""Kind of entity -> (English, Chinese) names."""


@dataclass(frozen=True, slots=True)
class Drill:
    """Evidence, and questions on it with their answers and the facts each answer must hold."""

    language: Language
    evidence: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    asked: tuple[tuple[str, ...], ...]

    def messages(self, turn: int | None = None) -> list[rendering.Message]:
        """Return the dialogue: all turns, or one turn alone, as chat would ask it."""
        first = 0 if turn is None else turn
        last = len(self.questions) - 1 if turn is None else turn
        opening = rendering.grounded(self.questions[first], self.evidence, self.language)
        messages = [*opening, {"role": "assistant", "content": self.answers[first]}]
        for index in range(first + 1, last + 1):
            messages.append({"role": "user", "content": self.questions[index]})
            messages.append({"role": "assistant", "content": self.answers[index]})
        return messages


@dataclass(frozen=True, slots=True)
class RelationQuestions:
    """How one relation is asked for: its subject and object kinds, its labels, its questions.

    `{s}` stands for the subject. An empty object kind means that its values are sentences.
    """

    id: str
    subject: str
    objects: str
    en: str
    zh: str
    ask_en: tuple[str, ...]
    ask_zh: tuple[str, ...]


def _phrases() -> Any:  # noqa: ANN401 -- a YAML document of mixed shape
    with resources.files("finetune.mini").joinpath("phrases.yaml").open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)


PHRASES: Any = _phrases()


def _listed(*keys: str) -> list[str]:
    """Return the list of phrases under a path of keys; an unknown kind has no endings."""
    found = PHRASES
    for key in keys:
        found = found.get(key, [""])
    return [str(phrase) for phrase in found]


def _asks() -> tuple[RelationQuestions, ...]:
    asks = []
    for row in PHRASES["asks"]:
        plain = {key: str(row[key]) for key in ("id", "subject", "objects", "en", "zh")}
        asks.append(
            RelationQuestions(**plain, ask_en=tuple(row["ask_en"]), ask_zh=tuple(row["ask_zh"]))
        )
    return tuple(asks)


ASKS = _asks()


Turn = tuple[str, str, tuple[str, ...]]
"""A question, its answer, and the facts that the answer must hold."""


class Drills:
    """An endless supply of drills from one seed; `hardness` from 0 (easy) to 1 (full)."""

    def __init__(self, lexicon: Lexicon, characters: str, words: list[str], seed: int) -> None:
        self._lexicon = lexicon
        self._characters = characters
        self._words = words
        self._random = random.Random(seed)

    def stream(self, hardness: float = 1.0) -> Iterator[Drill]:
        """Yield drills for ever."""
        while True:
            yield self.make(hardness)

    def make(self, hardness: float = 1.0, language: Language | None = None) -> Drill:
        """Make one drill in a language, or in either."""
        pick = self._random
        chosen: Language = language or ("en" if pick.random() < 0.5 else "zh")
        plan = _DrillDraft(self, chosen, hardness)
        count = pick.randint(2, 3 + round(3 * hardness))
        for _ in range(count):
            plan.add_line()
        turns = plan.turns(pick.randint(2, 6))
        return Drill(
            chosen,
            tuple(plan.lines),
            tuple(turn[0] for turn in turns),
            tuple(turn[1] for turn in turns),
            tuple(turn[2] for turn in turns),
        )

    def name(self, kind: str, language: Language, hardness: float) -> str:
        """Return a name: from the lexicon, or invented, so that none can be known by heart."""
        pick = self._random
        known = self._lexicon.get(kind) or []
        if known and pick.random() < 0.4:
            return pick.choice(known)[0 if language == "en" else 1]
        length = pick.randint(1, 2 if hardness < 0.3 else 3)
        if language == "zh":
            stem = "".join(pick.choices(self._characters, k=length + 1))
            return stem + pick.choice(_listed("endings", "zh", kind))
        if pick.random() < 0.35:
            words = pick.sample(self._words, min(length, len(self._words)))
            return " ".join(words) + pick.choice(["", *_listed("endings", "en", kind)])
        # syllables recur in every name; pieces of the vocabulary tell names apart as real ones do
        pieces = self._words if pick.random() < 0.6 else _listed("syllables")
        stem = "".join(pick.choices(pieces, k=length + 1)).lower()
        name = stem + pick.choice(_listed("endings", "en", kind))
        return name.capitalize() if kind == "condition" or pick.random() < 0.1 else name

    def sentence(self, language: Language, hardness: float) -> tuple[str, list[str]]:
        """Return a sentence of loose words and its terms: only copying reproduces it."""
        pick = self._random
        kinds = list(PHRASES["endings"]["en"])
        keys = [
            self.name(pick.choice(kinds), language, hardness) for _ in range(pick.randint(1, 3))
        ]
        glue = _listed("glue", language)
        parts: list[str] = []
        for key in keys:
            parts += [*pick.choices(glue, k=pick.randint(1, 3)), key]
        parts += pick.choices(glue, k=pick.randint(0, 3))
        if pick.random() < 0.3:
            parts.insert(pick.randint(1, len(parts)), f"{pick.randint(1, 500)} mg")
        if language == "zh":
            return "".join(parts) + "。", keys
        text = " ".join(parts) + "."
        return text[0].upper() + text[1:], keys


class _DrillDraft:
    """One drill in the making: what the evidence holds, and what can be asked of it."""

    def __init__(self, drills: Drills, language: Language, hardness: float) -> None:
        self.lines: list[str] = []
        self._drills = drills
        self._pick = drills._random
        self._language: Language = language
        self._hardness = hardness
        self._facts: dict[tuple[str, str], tuple[int, list[str]]] = {}
        self._prose: list[tuple[int, str, tuple[str, str] | None, list[str]]] = []
        self._subjects: dict[str, str] = {}

    def add_line(self) -> None:
        """Add one piece of evidence: a group of facts, or a passage of prose."""
        if self._pick.random() < 0.75 or self._hardness < 0.2:
            self._add_facts()
        else:
            self._add_prose()

    def turns(self, count: int) -> list[Turn]:
        """Return up to `count` turns, no two with the same answer."""
        made = [self._turn() for _ in range(count)]
        return list({turn[1]: turn for turn in made}.values())

    def _turn(self) -> Turn:
        choice = self._pick.random()
        if choice < 0.08:
            return self._uncovered()
        if choice < 0.16 and self._facts:
            return self._everything()
        if self._prose and (choice < 0.4 or not self._facts):
            return self._about_prose()
        if self._facts:
            return self._about_fact()
        return self._uncovered()

    def _subject(self, kind: str) -> str:
        known = [name for name, its in self._subjects.items() if its == kind]
        if known and self._pick.random() < 0.5:
            return self._pick.choice(known)
        name = self._drills.name(kind, self._language, self._hardness)
        self._subjects[name] = kind
        return name

    def _values(self, ask: RelationQuestions) -> list[str]:
        count = self._pick.randint(1, 3 if self._hardness < 0.3 else 6)
        if ask.objects:
            names = (
                self._drills.name(ask.objects, self._language, self._hardness) for _ in range(count)
            )
            return list(dict.fromkeys(names))
        sentences = (
            self._drills.sentence(self._language, self._hardness)[0].rstrip(".。")
            for _ in range(min(count, 2))
        )
        return list(dict.fromkeys(sentences))

    def _add_facts(self) -> None:
        ask = self._pick.choice(ASKS)
        subject = self._subject(ask.subject)
        if (subject, ask.id) in self._facts:
            return
        values = self._values(ask)
        self.lines.append(fact_line(subject, ask, values, self._language))
        self._facts[subject, ask.id] = (len(self.lines), values)

    def _add_prose(self) -> None:
        pick = self._pick
        table = PHRASES["prose"][self._language]
        written: list[tuple[str, tuple[str, str] | None, list[str]]] = []
        kind = pick.choice(("condition", "medicine"))
        subject = self._subject(kind)
        for _ in range(pick.randint(1, 3)):
            asks = [ask for ask in ASKS if ask.id in table and ask.subject == kind]
            ask = pick.choice(asks)
            if pick.random() < 0.5:
                first, second = (
                    self._drills.name(ask.objects, self._language, self._hardness) for _ in range(2)
                )
                template = pick.choice(table[ask.id])
                text = template.format(s=subject, a=first, b=second)
                if self._language == "en":
                    text = text[0].upper() + text[1:]
                    if template.startswith("{a}"):
                        first = first[0].upper() + first[1:]
                written.append((text, (subject, ask.id), [first]))
            else:
                text, keys = self._drills.sentence(self._language, self._hardness)
                written.append((text, None, keys))
        number = len(self.lines) + 1
        joint = " " if self._language == "en" else ""
        title = self._drills.name(kind, self._language, self._hardness)
        title = subject if pick.random() < 0.6 else title
        mark = ": " if self._language == "en" else "："
        self.lines.append(title + mark + joint.join(text for text, _, _ in written))
        self._prose += [(number, text, about, keys) for text, about, keys in written]

    def _question(self, ask: RelationQuestions, subject: str) -> str:
        """Ask for a relation of a subject, in the relation's own words or plainly by its label."""
        pick = self._pick
        if self._language == "zh":
            template = pick.choice(ask.ask_zh if pick.random() < 0.6 else _listed("plain", "zh"))
            return template.format(s=subject, r=ask.zh)
        template = pick.choice(ask.ask_en if pick.random() < 0.6 else _listed("plain", "en"))
        asked = subject.lower() if pick.random() < 0.15 else subject
        question = template.format(s=asked, r=ask.en)
        return question[0].upper() + question[1:]

    def _about_fact(self) -> Turn:
        subject, relation = self._pick.choice(list(self._facts))
        ask = _BY_ID[relation]
        number, values = self._facts[subject, relation]
        answer = cite(fact_line(subject, ask, values, self._language), number)
        return self._question(ask, subject), answer, tuple(values)

    def _everything(self) -> Turn:
        subject = self._pick.choice(list(self._facts))[0]
        sentences, held = [], []
        for (name, relation), (number, values) in self._facts.items():
            if name == subject:
                line = fact_line(subject, _BY_ID[relation], values, self._language)
                sentences.append(cite(line, number))
                held += values
        english = self._language == "en"
        template = self._pick.choice(_listed("everything", self._language))
        joint = " " if english else ""
        return template.format(s=subject), joint.join(sentences), tuple(held)

    def _about_prose(self) -> Turn:
        number, text, about, keys = self._pick.choice(self._prose)
        if about and sum(1 for piece in self._prose if piece[2] == about) == 1:
            question = self._question(_BY_ID[about[1]], about[0])
            if about in self._facts:  # the fact group answers first, then the passage
                first, values = self._facts[about]
                line = fact_line(about[0], _BY_ID[about[1]], values, self._language)
                joint = " " if self._language == "en" else ""
                return question, cite(line, first) + joint + cite(text, number), (*values, *keys)
        else:
            joined = (" and " if self._language == "en" else "和").join(keys[:2])
            template = self._pick.choice(_listed("said", self._language))
            question = template.format(k=joined)
        return question, cite(text, number), tuple(keys)

    def _uncovered(self) -> Turn:
        pick = self._pick
        ask = pick.choice(ASKS)
        known = [name for name, kind in self._subjects.items() if kind == ask.subject]
        stranger = self._drills.name(ask.subject, self._language, self._hardness)
        subject = pick.choice(known) if known and pick.random() < 0.5 else stranger
        if (subject, ask.id) in self._facts or any(
            piece[2] == (subject, ask.id) for piece in self._prose
        ):
            subject = stranger
        return self._question(ask, subject), rendering.NOT_COVERED[self._language], ()


_BY_ID = {ask.id: ask for ask in ASKS}


def fact_line(subject: str, ask: RelationQuestions, values: list[str], language: Language) -> str:
    """Return a group of facts as a line of evidence, as the graph's `evidence_line` writes it."""
    if language == "zh":
        return f"{subject}——{ask.zh}：{'；'.join(values)}。"
    return f"{subject} — {ask.en}: {'; '.join(values)}."


def cite(sentence: str, number: int) -> str:
    """Put a citation before a sentence's full stop.

    Drills are made of two fixed sentence forms and need no other; a test holds this against the
    writer of lessons' citations.
    """
    if sentence.endswith("。"):
        return f"{sentence[:-1]}[{number}]。"
    return f"{sentence.removesuffix('.')} [{number}]."
