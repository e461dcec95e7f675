"""The options of `medchat build-data`: one field for each flag, checked where they are made.

    flags -> BuildOptions -> build() · arguments() of the manifest

What is done with an option stands in `build` (what is written) and `pipeline` (what is kept).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.datasets.filtering import Candidate
from knowledge.datasets.imports.imported_rows import ImportedFile
from knowledge.datasets.teacher_server import TeacherOptions
from knowledge.errors import KnowledgeError
from knowledge.lessons.aiming.row_share import Aim
from knowledge.lessons.facts.manner import (
    ANY,
    DIFFICULTIES,
    LENGTHS,
    REGISTERS,
    WantedManners,
)
from knowledge.lessons.facts.urgent_words import UrgencyRules
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.records import IMPORTED, Language

LANGUAGES: tuple[Language, ...] = ("en", "zh")
PERSONAL_DATA = ("drop", "mask")
ENGINES = ("processes", "ray")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What a build writes, takes in, keeps out, and on what it runs.

    Raises KnowledgeError, which names the flag and the remedy, for a value that cannot be used.
    """

    styles: tuple[str, ...] = tuple(STYLES)
    """--style: the styles of rows. `imported` alone writes none and takes in those of files;
    `preference` alone writes rows of every style, to make pairs of them."""

    languages: tuple[str, ...] = LANGUAGES
    """--language: the languages of written rows."""

    manners: WantedManners = ANY
    """--register, --length, --difficulty: how rows of the doctor styles are told; all by default,
    mixed."""

    limit: int | None = None
    """--limit: at most so many rows; without it all that the graph gives."""

    seed: int = 0
    """--seed: the same seed gives the same bytes, whatever the number of workers."""

    parallel: bool = False
    """--parallel: rows on entities tell their facts in both languages, where names allow that."""

    workers: int = 1
    """--workers: how many processes write and check rows."""

    engine: str = "processes"
    """--engine: `processes` of this machine, or `ray` on as many machines as Ray has."""

    imports: tuple[ImportedFile, ...] = ()
    """--import, --import-format, --import-licence: files of other data sets."""

    feedback: tuple[Candidate, ...] = ()
    """--feedback: rows of approved answers, which the caller reads from its store."""

    personal: str = "drop"
    """--personal: whether rows from outside with personal data are dropped or masked."""

    exclude: tuple[Path, ...] = ()
    """--exclude: evaluation sets that no row may overlap."""

    licences: tuple[str, ...] = ()
    """--licence: the only licences that sources of a row may have; all where none is named."""

    keywords: tuple[str, ...] = ()
    """--keywords: words and phrases that no row may hold, as read from the file."""

    least_quality: int = 0
    """--least-quality: rows whose score is lower are dropped; 0 keeps all, 100 is the best."""

    teacher: TeacherOptions | None = None
    """--teacher, --teacher-model: the server that rewords answers."""

    aim: Aim | None = None
    """--for, --unknown-share, --ask: the base that rows are drawn for, and what it knows."""

    urgency: UrgencyRules | None = field(default=None, compare=False)
    """Which words of users suggest an emergency: no flag, the command gives the rules of answers.
    Without it no row opens with what to do now."""

    def __post_init__(self) -> None:
        _check_chosen("--style", self.styles, (*STYLES, IMPORTED))
        _check_chosen("--language", self.languages, LANGUAGES)
        if self.parallel and set(self.languages) != set(LANGUAGES):
            raise KnowledgeError(
                "Parallel rows need both languages.",
                where="--parallel",
                remedy="Leave --language out, or leave --parallel out.",
            )
        for flag, given, known in (
            ("--register", self.manners.registers, REGISTERS),
            ("--length", self.manners.lengths, LENGTHS),
            ("--difficulty", self.manners.difficulties, DIFFICULTIES),
        ):
            if given:
                _check_chosen(flag, given, known)
        _check_positive("--limit", self.limit)
        _check_positive("--workers", self.workers)
        if not 0 <= self.least_quality <= 100:
            raise KnowledgeError(
                f"--least-quality is {self.least_quality}, but must be from 0 to 100.",
                where="--least-quality",
                remedy="Give a number such as 60.",
            )
        if self.aim is not None and self.writes_none:
            raise KnowledgeError(
                "Rows from other data sets name no facts that a base could know.",
                where="--for",
                remedy="Ask for styles that are written from the graph, or leave --for out.",
            )
        _check_choice("--engine", self.engine, ENGINES)
        _check_choice("--personal", self.personal, PERSONAL_DATA)

    @property
    def ordered_languages(self) -> tuple[Language, ...]:
        """Return the languages in the order in which rows take turns, however they were given."""
        return tuple(language for language in LANGUAGES if language in self.languages)

    @property
    def writes_none(self) -> bool:
        """Say whether no row is written from the graph, so that no graph is needed."""
        return set(self.styles) == {IMPORTED}

    def arguments(self) -> dict[str, object]:
        """Return what decides the rows, for the manifest: files by their hashes.

        How many workers there are and on what they run is left out, since it decides nothing.
        """
        decided: dict[str, object] = {
            "styles": [*self.styles],
            "languages": [*self.ordered_languages],
            "limit": self.limit,
            "seed": self.seed,
        }
        added: dict[str, object] = {
            "import": [[each.path.name, _sha256(each.path), each.format] for each in self.imports],
            "feedback": _hash_of_ids([lesson.id for lesson, _ in self.feedback if lesson]),
            "parallel": self.parallel,
            "mask": self.personal == "mask",
            "exclude": [_sha256(path) for path in self.exclude],
            "licences": list(self.licences),
            "keywords": list(self.keywords),
            "least_quality": self.least_quality,
            "registers": list(self.manners.registers),
            "lengths": list(self.manners.lengths),
            "difficulties": list(self.manners.difficulties),
            "teacher": self.teacher.model if self.teacher else "",
            "urgency": self.urgency is not None,
        }
        aimed = self.aim.arguments() if self.aim else {}
        return decided | {name: value for name, value in added.items() if value} | aimed


def _check_chosen(flag: str, given: Sequence[str], known: Sequence[str]) -> None:
    name = flag.strip("-")
    remedy = f"Choose from: {', '.join(known)}."
    for each in given:
        if each not in known:
            raise KnowledgeError(f"There is no {name} {each!r}.", where=flag, remedy=remedy)
    if not given:
        raise KnowledgeError(f"No {name} is given.", where=flag, remedy=remedy)


def _check_positive(flag: str, number: int | None) -> None:
    if number is not None and number < 1:
        raise KnowledgeError(
            f"{flag} is {number}, but must be 1 or more.", where=flag, remedy="Give a number."
        )


def _check_choice(flag: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise KnowledgeError(
            f"{given!r} is no choice.", where=flag, remedy=f"Choose from: {', '.join(known)}."
        )


def _hash_of_ids(ids: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(ids).encode()).hexdigest() if ids else ""


def _sha256(path: Path) -> str:
    """Return the hash of a file, or of the files of a folder."""
    try:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.is_file())
            return hashlib.sha256(" ".join(map(_sha256, inside)).encode()).hexdigest()
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise KnowledgeError(
            f"The file {path} cannot be read: {error.strerror or error}.",
            where=str(path),
            remedy="Check the path and its rights.",
        ) from error


DEFAULTS = BuildOptions()
