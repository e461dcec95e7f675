"""Score what a base makes of statements, and keep it in the home.

    statements -> likelihoods (given by the caller) -> scores, kept as they come
                                                    -> picture, figures, manifest

A second run with the same base and the same statements reads what is kept; one that was killed goes
on where it ended.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from knowledge import durable
from knowledge.lessons.aiming import reliability_picture
from knowledge.lessons.aiming.known_facts import FactScore, KnownFacts
from knowledge.lessons.aiming.statements import Statements
from knowledge.records import Language, Progress, silent

FOLDER = "known"
"""The folder of the home that holds what bases know."""

SCORES = "facts.jsonl"
FIGURES = "reliability.json"
PICTURE = "reliability.svg"
MANIFEST = "MANIFEST.json"

_FORM = 1
"""Changed where scores are no longer computed as before."""

_BATCH = 64


class Likelihoods(Protocol):
    """Gives the log-likelihood of each ending of some beginnings."""

    def __call__(self, given: Sequence[tuple[str, Sequence[str]]], /) -> list[tuple[float, ...]]:
        """Return them in the order of what is given."""


@dataclass(frozen=True, slots=True)
class AskedBase:
    """A base to be asked: its name, its hash, and what opens it where it has to be asked."""

    name: str
    hash: str
    open: Callable[[], Likelihoods]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a base knows, the folder that holds it, and whether all of it was kept before."""

    known: KnownFacts
    folder: Path
    read: bool


def ask(
    home: Path, base: AskedBase, statements: Sequence[Statements], progress: Progress = silent
) -> Kept:
    """Return what a base knows of statements; what the home does not hold is asked of it."""
    folder = folder_of(home, base, statements)
    folder.mkdir(parents=True, exist_ok=True)
    known = _read(folder / SCORES)
    missing = [each for each in statements if (each.fact, each.language) not in known]
    if missing:
        with (folder / SCORES).open("a", encoding="utf-8") as kept:
            done = len(statements) - len(missing)
            for scored in _score(missing, base.open()):
                for each in scored:
                    known[each.fact, each.language] = each
                    kept.write(json.dumps(asdict(each), ensure_ascii=False) + "\n")
                kept.flush()
                done += len(scored)
                progress(f"asking {base.name}", done, len(statements))
    facts = KnownFacts(
        base.name, base.hash, [known[each.fact, each.language] for each in statements]
    )
    if missing or not (folder / MANIFEST).is_file():
        _finish(folder, facts)
    return Kept(facts, folder, not missing)


def folder_of(home: Path, base: AskedBase, statements: Sequence[Statements]) -> Path:
    """Return where the home keeps what a base makes of statements."""
    asked = json.dumps([_FORM, base.hash, *map(asdict, statements)], ensure_ascii=False)
    key = hashlib.sha256(asked.encode()).hexdigest()[:12]
    name = re.sub(r"[^\w.-]+", "-", Path(base.name).name).strip("-.") or "base"
    return home / FOLDER / f"{name}-{key}"


def _read(path: Path) -> dict[tuple[str, Language], FactScore]:
    """Return the scores of a file; what a killed run left unfinished is passed over, and ended."""
    if not path.is_file():
        return {}
    text = path.read_text(encoding="utf-8", errors="replace")
    if text and not text.endswith("\n"):
        text = text[: text.rfind("\n") + 1]
        durable.write_text(path, text)
    known = {}
    for line in text.splitlines():
        try:
            values = json.loads(line)
            each = FactScore(**{**values, "scores": tuple(map(float, values["scores"]))})
        except (ValueError, KeyError, TypeError):
            continue  # asked again
        known[each.fact, each.language] = each
    return known


def _score(statements: Sequence[Statements], likelihoods: Likelihoods) -> Iterator[list[FactScore]]:
    """Yield the scores of batches; what an object gets after no subject is computed once."""
    plain: dict[tuple[str, str], float] = {}
    for first in range(0, len(statements), _BATCH):
        batch = statements[first : first + _BATCH]
        wanted: dict[str, dict[str, None]] = {}
        for each in batch:
            for text in each.objects:
                if (each.neutral, text) not in plain:
                    wanted.setdefault(each.neutral, {})[text] = None
        told = likelihoods(
            [
                *((each.beginning, each.objects) for each in batch),
                *((neutral, list(texts)) for neutral, texts in wanted.items()),
            ]
        )
        for (neutral, texts), found in zip(wanted.items(), told[len(batch) :], strict=True):
            plain |= {(neutral, text): one for text, one in zip(texts, found, strict=True)}
        yield [
            FactScore(
                each.fact,
                each.language,
                each.relation,
                each.kind,
                each.subject,
                tuple(
                    round(one - plain[each.neutral, text], 4)
                    for one, text in zip(found, each.objects, strict=True)
                ),
            )
            for each, found in zip(batch, told, strict=False)
        ]


def _finish(folder: Path, facts: KnownFacts) -> None:
    """Write figures and picture, and the manifest last."""
    figures = json.dumps(facts.summary(), ensure_ascii=False, indent=1)
    durable.write_text(folder / FIGURES, figures + "\n")
    durable.write_text(folder / PICTURE, reliability_picture.draw(facts))
    names = (SCORES, FIGURES, PICTURE)
    for name in names:
        durable.sync(folder / name)
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    manifest = {
        "kind": "medchat-known-facts",
        "base": {"name": facts.base, "hash": facts.base_hash},
        "facts": len(facts.scored),
        "files": hashes,
    }
    durable.write_text(folder / MANIFEST, json.dumps(manifest, indent=1) + "\n")
