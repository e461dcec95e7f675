"""Define the records that steps exchange: entities, facts, documents, passages, lessons.

All are dataclasses, nearly all of them frozen; packages hand each other these and no dicts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["en", "zh"]

Progress = Callable[[str, int, int | None], None]
"""Called with the step's name, how much is done, and the total where it is known."""


def silent(step: str, done: int, total: int | None) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an entity, in one language."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class EntityReference:
    """An entity as a source mentions it: its names, the preferred one of each language first.

    `identifiers` and `own` are those of an `EntityRecord`.
    """

    names: tuple[Name, ...]
    identifiers: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact as a source states it: a relation to a term, or to a text in its languages.

    `kind` is the kind of the term where the relation admits several and the source says which.
    `note` is what the source adds to the fact, such as the level of an interaction.
    """

    relation: str
    term: EntityReference | None = None
    text: tuple[Name, ...] = ()
    kind: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """One entity with all that a source says of it. `line` counts from 1.

    `own` are those of its `identifiers` under which the register that the record comes from keeps
    it, the present one first: they may tell which entity is meant. The others refer to registers
    of other people, and are only kept.
    """

    kind: str
    names: tuple[Name, ...]
    statements: tuple[Statement, ...]
    line: int
    identifiers: tuple[str, ...] = ()
    note: str = ""
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a document, its text cleaned of markup."""

    title: str
    text: str


class ContentKey(str):
    """A key made of a document's text, where a source gives none.

    Equal keys tell equal texts; of a text that changes, the place of its file tells the document.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One article, note or page. `key` is stable over imports, such as `pmid:29768149`.

    A document without a key of its own has a `ContentKey`.
    """

    key: str
    title: str
    language: Language
    sections: tuple[Section, ...]
    year: int | None = None
    type: str = "document"
    journal: str = ""
    identifiers: tuple[str, ...] = ()
    retracted: bool = False
    line: int = 0
    revision: str = ""
    """Of the same key the later revision stays, in one addition and across additions.

    `knowledge.graph.revisions` compares them; of equal ones the last that came stays, and in one
    addition the first of those that have none."""


NoticeKind = Literal[
    "deletion",
    "retraction",
    "partial",
    "concern",
    "correction",
    "republication",
    "update",
    "reprint",
]


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """What a register or journal says of another document, given by an identifier of it.

    `by` is the identifier or citation of who says it, `revision` when a deletion was issued.
    """

    about: str
    kind: NoticeKind
    line: int = 0
    by: str = ""
    revision: str = ""


Record = EntityRecord | DocumentRecord | NoticeRecord


@dataclass(slots=True)
class ReadReport:
    """What a reader saw: how much it yielded, and what it left out and why."""

    read: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    def skip(self, reason: str, example: str = "", count: int = 1) -> None:
        """Count something left out; keep the first example of each reason."""
        self.left_out[reason] = self.left_out.get(reason, 0) + count
        if example:
            self.examples.setdefault(reason, example[:120])


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of the catalogue; `names` holds the preferred name of each language first."""

    id: str
    kind: str
    names: tuple[Name, ...]

    def name(self, language: Language) -> str:
        """Return the preferred name in a language, or in the other where there is none."""
        for wanted in (language, "zh" if language == "en" else "en"):
            for name in self.names:
                if name.language == wanted:
                    return name.text
        return self.id


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier of an entity as a source gives it.

    `joined` tells how the source's record came to this entity: by `name`, by `identifier`, by a
    curator's `split`, or as the one for which it was `created`.
    """

    code: str
    own: bool
    source: str
    joined: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement of the catalogue: `object` is an entity id, or None where `value` holds a text.

    `value` maps a language to the text; a fact with an object has an empty `value`. `notes` pairs a
    source with what it adds to the fact, where it adds something.
    """

    id: str
    subject: str
    relation: str
    object: str | None
    value: tuple[Name, ...]
    sources: tuple[str, ...]
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the catalogue. `text` is what passages are cut from, unchanged ever after."""

    id: str
    title: str
    language: Language
    text: str
    year: int | None
    type: str
    journal: str
    source: str
    retracted: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document: `text` equals `document.text[start:end]`."""

    id: str
    document: str
    text: str
    start: int
    end: int
    section: str
    language: Language


@dataclass(frozen=True, slots=True)
class LessonMessage:
    """One message of a dialogue."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class LessonSource:
    """What proves a lesson: a fact or a passage, with the words that state it.

    What a formula gives for the values of a case is a fact too, under the formula's id.
    """

    kind: Literal["fact", "passage"]
    id: str
    quote: str = ""

    @property
    def calculated(self) -> bool:
        """Say whether a formula proves it, and no fact of the graph."""
        return self.id.startswith(FORMULA)


FORMULA = "formula:"
"""How the ids of clinical formulas begin."""

IMPORTED = "imported"
"""The style of rows that other people wrote."""


@dataclass(frozen=True, slots=True)
class PreparedRow:
    """What was computed from a row by the worker that wrote it, so that no other step repeats it.

    `letters` and `signature` find exact and near duplicates, `lines` are the row in each format of
    a dataset.
    """

    letters: bytes
    signature: bytes
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One row of training data; `dict` of it is one line of `train.jsonl`."""

    id: str
    messages: tuple[LessonMessage, ...]
    language: Language
    style: str
    sources: tuple[LessonSource, ...]
    entities: tuple[str, ...]
    split_key: str
    licence: str
    meta: dict[str, str | int | list[int] | list[str] | list[list[int]] | list[list[str]]] = field(
        default_factory=dict
    )
    prepared: PreparedRow | None = field(default=None, init=False, compare=False, repr=False)
    """Not handed on to a row that is made from this one."""

    @property
    def imported(self) -> bool:
        """Say whether the row came from outside: it names no facts, and nothing proves it."""
        return self.style == IMPORTED

    def keep_prepared(self, prepared: PreparedRow) -> "Lesson":
        """Keep what was computed from the row; return the row."""
        object.__setattr__(self, "prepared", prepared)  # a cache, not a part of the row
        return self
