"""Ask a base what it knows of the graph, for `build-data --for`.

    base -> folder, tokenizer -> likelihoods (finetune)  ─┐
    graph -> statements (knowledge)                       ├─► what it knows, kept in the home -> Aim

Neither `knowledge` nor `finetune` knows the other: what they exchange are texts and numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from finetune.errors import FinetuneError
from knowledge.records import Language, Progress

if TYPE_CHECKING:
    from knowledge.lessons.aiming.base_scores import AskedBase, Likelihoods
    from knowledge.lessons.aiming.known_facts import KnownFacts
    from knowledge.lessons.aiming.row_share import Aim

UNKNOWN_SHARE = 0.8
ASKED = 2000
"""What is aimed at where nothing is said, and how many facts a base is asked about."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A base to draw rows for, the share of rows on what it does not know, and how many facts it is
    asked about."""

    base: str
    unknown_share: float = UNKNOWN_SHARE
    asked: int = ASKED


@dataclass(frozen=True, slots=True)
class Aimed:
    """What rows are to be drawn by, and what to tell of it."""

    aim: "Aim"
    told: tuple[str, ...]


def aim_at(
    engine: Engine,
    generation: int,
    home: Path,
    languages: Sequence[Language],
    wanted: Wanted,
    progress: Progress,
) -> Aimed:
    """Return what rows are drawn by; the base is asked about what the home does not hold yet."""
    from knowledge.lessons.aiming import base_scores, fact_sample, statements
    from knowledge.lessons.aiming.row_share import Aim, check_share
    from knowledge.lessons.pages.entity_pages import EntityPages

    check_share(wanted.unknown_share)
    base = asked_base(home, wanted.base)
    sample = fact_sample.choose(engine, generation, wanted.asked)
    made = statements.make(EntityPages(engine, generation), sample, languages)
    kept = base_scores.ask(home, base, made, progress)
    how = "asked before" if kept.read else "asked now"
    told = (
        f"{base.name} was asked ({how}) about {len(made):,} statements of {sample.size:,} of the "
        f"{sample.of:,} facts, some of every relation.",
        *_known_lines(kept.known),
        f"Kept, with a picture: {kept.folder / base_scores.PICTURE}",
    )
    return Aimed(Aim(kept.known, wanted.unknown_share, wanted.asked), told)


def asked_base(home: Path, base: str) -> "AskedBase":
    """Return a base that can be asked; FinetuneError where it is not there or has no tokenizer."""
    from finetune import model
    from finetune.bases import base_records
    from finetune.templates.open_tokenizer import open_tokenizer
    from knowledge.lessons.aiming.base_scores import AskedBase

    try:
        folder = model.locate(base_records.find(home, base))
        open_tokenizer(folder, base)
    except FinetuneError as error:
        where = "--for" if error.where == "--base" else error.where
        raise FinetuneError(error.what, where=where, remedy=error.remedy) from error
    name = base if base == "mini" else model.name_of(str(folder))
    return AskedBase(name, model.hash_of(folder), lambda: _opened(base, folder))


def _opened(base: str, folder: Path) -> "Likelihoods":
    """Open a base and return what gives its likelihoods."""
    from finetune import model
    from finetune.probes import likelihoods

    student = model.load(base if base == "mini" else str(folder))
    return lambda given: likelihoods.of_texts(student, given)


def _known_lines(known: "KnownFacts") -> list[str]:
    """Say what a base knows of each language."""
    corrupted, of = known.corrupted_known()
    lines = [
        f"{language}: it knows {found.share:.0%} of them ({found.low:.0%} to {found.high:.0%}), "
        f"calibration error {found.calibration_error:.3f}."
        for language, found in known.groups()["language"].items()
    ]
    chance = f"{corrupted / of:.0%}" if of else "none"
    return [*lines, f"Of the corrupted statements, {chance} would be taken as known."]
