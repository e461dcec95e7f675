"""Read what is on record about a round for pages and pictures, whatever version wrote it.

manifest + curve.jsonl -> RoundRecord
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from finetune import adapters
from finetune.adapters import Adapter
from finetune.files import manifests
from finetune.scoring import raw_outputs
from finetune.scoring.measure_names import PROOF, reward_measure

Record = Mapping[str, object]

_CURVE = "curve.jsonl"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the curve; `reward` is the mean of its answers, where these were rewarded."""

    step: int
    loss: float
    rate: float
    reward: float | None = None


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """A round's manifest, and the steps of its curve."""

    name: str
    record: Record
    steps: tuple[Step, ...]

    def part(self, *path: str) -> object:
        """Return a value of the manifest by its path; None where there is none."""
        found: object = self.record
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def mapping(self, *path: str) -> Record:
        """Return a part of the manifest that is an object; an empty one where it is none."""
        found = self.part(*path)
        return found if isinstance(found, Mapping) else {}

    def text(self, *path: str) -> str:
        """Return a value of the manifest as text; empty where there is none."""
        found = self.part(*path)
        return "" if found is None else str(found)

    @property
    def plan(self) -> Record:
        """Return the recipe's values for this round."""
        rounds, number = self.part("recipe", "values", "rounds"), self.part("round")
        if isinstance(rounds, list) and isinstance(number, int) and 0 < number <= len(rounds):
            plan = rounds[number - 1]
            return plan if isinstance(plan, Mapping) else {}
        return {}

    @property
    def reward(self) -> str:
        """Return by which measure the round's answers were rewarded; empty where they were not."""
        if not any(one.reward is not None for one in self.steps):
            return ""
        settings = self.plan.get("settings")
        judge = settings.get("reward", PROOF) if isinstance(settings, Mapping) else PROOF
        return reward_measure(str(judge))


def of(adapter: Adapter) -> RoundRecord:
    """Return what is on record about an adapter."""
    record = adapters.manifest(adapter)
    return RoundRecord(adapter.name, record, steps(adapter.folder, record))


def of_file(path: Path) -> RoundRecord:
    """Return what a manifest says that was handed on with a later round."""
    record = json.loads(path.read_text(encoding="utf-8"))
    given = record if isinstance(record, dict) else {}
    return RoundRecord(str(given.get("name", path.stem)), given, steps(path, given))


def steps(folder: Path, record: Record) -> tuple[Step, ...]:
    """Return all steps of a round, or those that its manifest keeps."""
    kept = record.get("curve")
    points: list[object] = [*raw_outputs.lines(folder / _CURVE)]
    if not points and isinstance(kept, list):
        points = kept
    return tuple(step for one in points if isinstance(one, Mapping) and (step := _step(one)))


def numbers(value: object, count: int = 2) -> tuple[float, ...] | None:
    """Return so many numbers from a record; None where it holds something else."""
    if not isinstance(value, list | tuple) or len(value) != count:
        return None
    found = [one for one in value if isinstance(one, int | float) and not isinstance(one, bool)]
    return tuple(map(float, found)) if len(found) == count else None


def weights_hash(one: RoundRecord) -> str:
    """Return the hash of a round's weights, as children name their parent by it."""
    from finetune.methods.method_registry import recorded_hash

    return recorded_hash(one.record)


def lineage(home: Path, adapter: Adapter) -> list[RoundRecord]:
    """Return an adapter and those that it builds on, the oldest first, as far as they are known.

    A parent that this home no longer has may be on record in the folder of an adapter that was
    handed on.
    """
    found = [of(adapter)]
    known = {one.name: one for one in adapters.list_adapters(home)}
    seen = {adapter.name}
    while (parent := found[-1].text("parent", "name")) and parent not in seen:
        seen.add(parent)
        kept = adapter.folder / f"{parent.rsplit('/', 1)[-1]}.json"
        if parent in known and _is_parent(of(known[parent]), found[-1]):
            found.append(of(known[parent]))
        elif kept.is_file() and kept.name != manifests.MANIFEST:
            found.append(of_file(kept))
        else:
            break
    return found[::-1]


def rounds_beside(home: Path, adapter: Adapter) -> list[RoundRecord]:
    """Return the rounds of an adapter's recipe, one attempt each: those of its lineage first."""
    own = {one.name: one for one in lineage(home, adapter)}
    chosen: dict[int, Adapter] = {}
    for one in adapters.finished(home, adapter.recipe):
        if one.name in own or chosen.get(one.round, one).name not in own:
            chosen[one.round] = one
    return [own.get(one.name) or of(one) for _, one in sorted(chosen.items())]


def _is_parent(parent: RoundRecord, child: RoundRecord) -> bool:
    """Say whether a round still has the weights that its child was trained on."""
    wanted = child.text("parent", "hash")
    # weights that were handed on are halved; the manifest tells of what
    there = {weights_hash(parent), parent.text("halved", "weights")} - {""}
    return not wanted or not there or wanted in there


def _step(point: Record) -> Step | None:
    found = numbers([point.get(key) for key in ("step", "loss", "learning_rate")], 3)
    measured = point.get("measured")
    reward = numbers([measured.get("reward")], 1) if isinstance(measured, Mapping) else None
    if not found or not math.isfinite(found[0]):
        return None
    return Step(int(found[0]), found[1], found[2], reward[0] if reward else None)
