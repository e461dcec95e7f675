"""Wishes: what a build takes in beside the graph, what it keeps out, and on what it runs.

    imports + talks of the store -> candidates in turn with the written ones
    licences, exclusions -> gates and stages in their order

The defaults take nothing in and keep nothing out but what every build does.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from knowledge.datasets import screening
from knowledge.datasets.gates import pii
from knowledge.datasets.gates.contamination import Overlap
from knowledge.datasets.gates.near_duplicates import NearDuplicates
from knowledge.datasets.gates.quotas import Balanced, Licensed
from knowledge.datasets.gates.toxicity import Unwanted
from knowledge.datasets.imports import imported_rows
from knowledge.datasets.imports.imported_rows import Import
from knowledge.datasets.screening import Candidate, Gate, Judge, Screened, Stage
from knowledge.errors import KnowledgeError
from knowledge.lessons.row_finishing import Finish
from knowledge.lessons.row_plan import HeldOut, Supplies
from knowledge.lessons.verify.prover import Prover
from knowledge.lessons.workers import Writers

if TYPE_CHECKING:
    from knowledge.datasets.teacher import Teacher


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a build is asked for beside styles and languages.

    `told` are candidates that the caller brings, such as approved feedback. `mask` has personal
    data of rows from outside masked rather than the rows dropped. Without `licences` all are
    welcome. No row holds one of the `keywords`. `on_ray` has rows written and proven by Ray Data,
    on as many machines as Ray has.
    """

    imports: tuple[Import, ...] = ()
    told: tuple[Candidate, ...] = ()
    mask: bool = False
    exclude: tuple[Path, ...] = ()
    licences: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    teacher: "Teacher | None" = None
    on_ray: bool = False

    def arguments(self) -> dict[str, object]:
        """Return what decides the rows, for the manifest: files by their hashes."""
        told = [lesson.id for lesson, _ in self.told if lesson]
        given = {
            "import": [[each.path.name, _sha256(each.path), each.format] for each in self.imports],
            "feedback": hashlib.sha256(" ".join(told).encode()).hexdigest() if told else "",
            "mask": self.mask,
            "exclude": [_sha256(path) for path in self.exclude],
            "licences": list(self.licences),
            "keywords": list(self.keywords),
            "teacher": self.teacher.name if self.teacher else "",
        }
        return {name: value for name, value in given.items() if value}

    def mixed(self, written: Iterable[Candidate]) -> Iterator[Candidate]:
        """Yield written candidates and those from outside in turn, then what is left of either."""
        streams = [iter(written), self._outside()]
        while streams:
            for stream in list(streams):
                candidate = next(stream, None)
                if candidate is None:
                    streams.remove(stream)
                else:
                    yield candidate

    def gates(self) -> list[Gate]:
        """Return the gates that look at one row at a time."""
        return [*self.plain_gates(), screening.Unrepeated()]

    def plain_gates(self) -> list[Gate]:
        """Return those of them that remember nothing, so that they may be asked anywhere."""
        asked: list[Gate] = [Licensed(self.licences)] if self.licences else []
        own: list[Gate] = [Unwanted(self.keywords)] if self.keywords else []
        return [*asked, *own, *screening.plain_gates()]

    def stages(
        self, engine: Engine, generation: int, report: Screened, *, balanced: bool = True
    ) -> Stage:
        """Return the stages in their order: a teacher's wording, then what remembers rows."""
        judges: list[Judge] = [Overlap(self.exclude)] if self.exclude else []
        judges += [NearDuplicates(), *([Balanced()] if balanced else [])]
        stages = [screening.stage(judge) for judge in judges]
        if self.teacher is not None:
            prove = Prover(engine, generation).faults
            stages.insert(0, self.teacher.stage(prove, screening.plain_gates(), report.teacher))
        return screening.chain(*stages)

    def writers(
        self, engine: Engine, supplies: Supplies, workers: int, held_out: HeldOut
    ) -> Writers:
        """Return what writes and proves rows, where the wishes want it done."""
        if self.on_ray:
            from knowledge.lessons.ray_workers import RayWriters

            return RayWriters(engine, supplies, workers)
        return Writers(engine, supplies, workers, Finish(self.plain_gates(), held_out))

    def _outside(self) -> Iterator[Candidate]:
        for lesson, reason in chain(self.told, imported_rows.candidates(self.imports)):
            if lesson is not None and self.mask:
                lesson = pii.without_personal(lesson)
            yield lesson, reason


PLAIN = Wishes()


def _sha256(path: Path) -> str:
    """Return the hash of a file, or of the files of a folder."""
    try:
        if path.is_dir():
            inside: Sequence[Path] = sorted(each for each in path.rglob("*") if each.is_file())
            return hashlib.sha256(" ".join(map(_sha256, inside)).encode()).hexdigest()
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise KnowledgeError(
            f"The file {path} cannot be read: {error.strerror or error}.",
            where=str(path),
            remedy="Check the path and its rights.",
        ) from error
