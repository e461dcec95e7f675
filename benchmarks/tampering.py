"""Tamper with sound rows and data sets in over 100 ways, and count what the proof finds.

python benchmarks/tampering.py [--home HOME ...] [--each 100] [--sets 10] [--rows 3000] [--style A]

Without a home the starter knowledge is read into one. Rows are built, one thing of each is changed
(`tampering_kinds`), its id is renewed as if it had been written so, and it is proven anew;
preference pairs (`tampered_pairs`) are judged by the check of pairs alone; whole data sets
(`tampered_sets`) have their manifest renewed too, so that only the proof can notice. Where a
sentence is added its support is told as none. Exit status 1 where less than 99.5 % of all are
found, or more than 0.5 % of the sound rows are lost.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from machine import describe
from planted_errors import open_home
from sqlalchemy import Engine
from tampered_pairs import PAIRS, kind_of
from tampered_sets import SETS
from tampering_kinds import KINDS, Others

from knowledge.datasets.row_ids import id_of
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import FILES, check, read_lessons
from knowledge.lessons.styles.preference import PreferencePairs
from knowledge.lessons.verify import pair_check
from knowledge.lessons.verify.prover import Prover
from knowledge.records import Lesson

_SMALL = 60


def main() -> None:
    """Build, tamper, prove, and print what was found and what was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=100, help="tamperings of each kind")
    parser.add_argument(
        "--sets", type=int, help="tamperings of each kind with whole sets, if other"
    )
    parser.add_argument("--rows", type=int, default=3000, help="sound rows to build in each home")
    parser.add_argument("--home", type=Path, action="append", help="homes with knowledge")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", help="only kinds whose names hold this")
    parser.add_argument("--style", help="only rows of these styles, with commas")
    parser.add_argument("--missed", action="store_true", help="print what was not found")
    options = parser.parse_args()
    found: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    lost = sound = 0
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        homes = options.home or [None]
        for place, home in enumerate(homes):
            work = Path(folder) / str(place)
            work.mkdir()
            engine, generation = open_home(home, work)
            each = -(-options.each // len(homes))
            lost_here, rows = _one(engine, generation, work, options, each, found, tried)
            lost, sound = lost + lost_here, sound + rows
    print(f"Machine: {describe()}\n\n| kind | tried | found |\n|---|---|---|")
    for kind in tried:
        print(f"| {kind} | {tried[kind]} | {found[kind]} |")
    share = sum(found.values()) / max(sum(tried.values()), 1)
    print(f"| all {len(tried)} kinds | {sum(tried.values())} | {share:.2%} |")
    print(f"| sound rows lost | {sound} | {lost / max(sound, 1):.2%} |")
    print(f"\n{time.process_time() - began:.0f} seconds of one processor.")
    sys.exit(0 if share >= 0.995 and lost <= 0.005 * sound else 1)


def _one(
    engine: Engine,
    generation: int,
    work: Path,
    options: argparse.Namespace,
    each: int,
    found: Counter[str],
    tried: Counter[str],
) -> tuple[int, int]:
    """Tamper with the rows of one home; return how many sound ones are lost, of how many."""
    pick = random.Random(options.seed)
    chosen = {"styles": tuple(options.style.split(","))} if options.style else {}
    wanted = BuildOptions(limit=options.rows, seed=options.seed, **chosen)
    report = build.build(engine, generation, work / "data", wanted)
    unproven = {why: n for why, n in report.dropped.items() if "worded" in why or "stock" in why}
    prover = Prover(engine, generation)
    rows = [row for name in FILES for row in read_lessons(work / "data" / name)]
    lost = sum(map(bool, prover.faults(rows))) + sum(unproven.values())
    others = Others(rows)
    for kind, change in KINDS.items():
        if options.kind and options.kind not in kind:
            continue
        wrong = [
            replace(row, id=id_of(row)) for row in changed_rows(rows, change, others, each, pick)
        ]
        faults = prover.faults(wrong)
        tried[kind] += len(wrong)
        found[kind] += sum(map(bool, faults))
        if options.missed:
            for row, fault in zip(wrong, faults, strict=True):
                if not fault:
                    print(f"{kind}: {row.style}", *(m.content for m in row.messages), sep="\n   ")
                    print("  ", row.meta)
    _change_pairs(rows, options, each, found, tried, pick)
    small = BuildOptions(limit=_SMALL, seed=options.seed, parallel=True)
    build.build(engine, generation, work / "small", small)
    for kind, damage in SETS.items():
        if options.kind and options.kind not in kind:
            continue
        for _ in range(each if options.sets is None else options.sets):
            shutil.rmtree(work / "copy", ignore_errors=True)
            shutil.copytree(work / "small", work / "copy")
            if damage(work / "copy", pick):
                tried[kind] += 1
                faults = check(engine, generation, work / "copy", prover=prover).faults
                found[kind] += bool(faults)
                if options.missed and not faults:
                    print(f"{kind}: not found")
    return lost, len(rows) + sum(unproven.values())


def _change_pairs(
    rows: list[Lesson],
    options: argparse.Namespace,
    each: int,
    found: Counter[str],
    tried: Counter[str],
    pick: random.Random,
) -> None:
    """Make pairs of the rows, change them, and hold them against their rows."""
    prefer = PreferencePairs(lambda id: set())
    pairs = [(row, pair) for row in rows if (pair := prefer(row))]
    every = [pair for _, pair in pairs]
    for kind, change in PAIRS.items():
        if options.kind and options.kind not in kind:
            continue
        left = each
        for row, pair in pick.sample(pairs, len(pairs)):
            wrong = change(row, pair, pick, every) if left else None
            if wrong is None or wrong == pair:
                continue
            left -= 1
            tried[kind] += 1
            fault = pair_check.fault(row, wrong)
            found[kind] += bool(fault)
            if options.missed and not fault:
                print(f"{kind}: {kind_of(pair)}", pair["why"], *wrong.values(), sep="\n   ")


def changed_rows(rows, change, others, each, pick):  # noqa: ANN001, ANN201
    """Return rows that a kind changes, as evenly over styles and languages as they carry it."""
    groups: dict[tuple[str, str], list[Lesson]] = {}
    for row in pick.sample(rows, len(rows)):
        groups.setdefault((row.style, row.language), []).append(row)
    found: list[Lesson] = []
    waiting = [iter(group) for group in groups.values()]
    while waiting and len(found) < each:
        for group in list(waiting):
            for row in group:
                wrong = change(row, pick, others)
                if wrong is not None and wrong != row:
                    found.append(wrong)
                    break
            else:
                waiting.remove(group)
    return found[:each]


if __name__ == "__main__":
    main()
