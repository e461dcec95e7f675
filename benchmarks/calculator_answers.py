"""How often a calculation asked for in a sentence is right, asked back, declined, or wrong.

    python benchmarks/calculator_answers.py [--data FOLDER] [--sample N] [--show]

Worked examples of every formula of the registry, both languages, several wordings, inputs drawn
from their ranges. With `--data` MedCalc's open half (note and question as one message, with the
set's own instruction to take the values of the admission) and a Chinese set as well. "Declined" is
an answer that gives no result: something is asked for, or the formula is not here. No home, no
model. There is no peer.
"""

import argparse
import csv
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tests"))

import yaml
from calculator_sentences import sentences
from real_calculators import EN, ZH

from knowledge.calculators.formulas.formula_registry import FORMULAS
from knowledge.records import Language
from medchat.answering.answer import CalculationResult
from medchat.answering.calculation.calculator import calculate
from medchat.answering.patient_state import PatientState

FAULTS = Path(__file__).parent / "calculator_set_faults.yaml"
ADMISSION = "Use the values on admission, prior to any treatment."
MORE_EN = {"Free Water Deficit": "free-water-deficit"}


@dataclass(frozen=True)
class Case:
    """A message, the formula that it asks for, and the range of right results (None: declined)."""

    set: str
    language: Language
    message: str
    id: str
    low: float | None
    high: float | None
    ref: str = ""


def main() -> None:
    """Print right, declined and wrong by set; exit 1 where a worked example is not right."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sample", type=int, default=2, help="examples of each wording")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--set")
    given = parser.parse_args()
    cases = [*worked(given.sample)]
    if given.data:
        cases += [*medcalc(given.data), *chinese(given.data)]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    by_formula: dict[str, Counter[str]] = defaultdict(Counter)
    faults = {
        ref: kind for kind, refs in yaml.safe_load(FAULTS.read_text()).items() for ref in refs
    }
    apart: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        if given.set not in (None, case.set):
            continue
        verdict, said = judge(case)
        counts[case.set][verdict] += 1
        if case.ref in faults and verdict not in ("right", "declined rightly"):
            apart[case.set][faults[case.ref]] += 1
        by_formula[f"{case.set} {case.id}"][verdict] += 1
        if given.show and verdict not in ("right", "declined rightly"):
            print(f"- {verdict}: {case.set} {case.id} {case.ref} [{case.low}, {case.high}]\n"
                  f"    {case.message[-260:]!r}\n    {said}")  # fmt: skip
    if given.show:
        for name, count in sorted(by_formula.items()):
            if set(count) - {"right", "declined rightly"}:
                print(f"{name:44} {dict(count)}")
    for name, count in counts.items():
        of = sum(count[each] for each in ("right", "declined", "wrong"))
        share = f"{count['right'] / of:.1%}" if of else "-"
        print(f"{name}: right {count['right']} of {of} ({share}), declined {count['declined']}, "
              f"wrong {count['wrong']}; cannot be: declined {count['declined rightly']}, "
              f"answered {count['answered wrongly']}")  # fmt: skip
        if apart[name]:
            rest = of - sum(apart[name].values()) + count["answered wrongly"]
            print(
                f"    apart, the set's own: {dict(apart[name])}; "
                f"of the others right {count['right']} of {rest} ({count['right'] / rest:.1%})"
            )
    sys.exit(any(set(counts[each]) - {"right"} for each in ("examples en", "examples zh")))


def judge(case: Case) -> tuple[str, str]:
    """Return whether an answer is right, and what it said."""
    led = calculate(case.message, case.language, PatientState())
    results = [each for each in led.calculations if each.result] if led else []
    said = led.told.text if led and led.told else "no calculation"
    if case.low is None or case.high is None:
        return ("answered wrongly" if results else "declined rightly"), said
    if not results:
        return "declined", said
    name = FORMULAS[case.id].names(case.language)[0]
    if len(results) > 1:
        results = [each for each in results if each.name == name]
    right = any(within(each, case) for each in results if each.name == name)
    return ("right" if right else "wrong"), said


def within(result: CalculationResult, case: Case) -> bool:
    """Say whether a result, in one of its units, lies in the range as far as its decimals go."""
    assert case.low is not None and case.high is not None
    for part in result.result.split(" = "):
        number = re.match(r"-?\d+(?:\.(\d+))?", part)
        slack = 0.5 * 10 ** -len(number[1] or "") + 1e-9 if number else 0
        if number and case.low - slack <= float(number[0]) <= case.high + slack:
            return True
    return False


def worked(count: int) -> Iterator[Case]:
    """Yield examples of our own, in both languages."""
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        for formula in FORMULAS.values():
            rng = random.Random(f"{formula.id} {language}")
            for message, result in sentences(formula, language, rng, count):
                value = float(result)
                yield Case(f"examples {language}", language, message, formula.id, value, value)


def medcalc(root: Path) -> Iterator[Case]:
    """Yield the open half of MedCalc; what has no formula here must be declined."""
    folder = root / "open/calc_en"
    names = EN | MORE_EN
    for file, instruction in (
        ("medcalc_a/medcalc_corrected_a.csv", ADMISSION),
        ("medcalc_oneshot/one_shot_data.csv", ""),
    ):
        with (folder / file).open(encoding="utf-8") as stream:
            for place, row in enumerate(csv.DictReader(stream)):
                id = names.get(row["Calculator Name"], "")
                message = f"{row['Patient Note']}\n\n{row['Question']} {instruction}".strip()
                set = f"MedCalc {Path(file).parent}"
                ref = f"{Path(file).parent}:{place}"
                answer = row["Ground Truth Answer"]
                if id and answer != "N/A":
                    low, high = sorted((float(row["Lower Limit"]), float(row["Upper Limit"])))
                    yield Case(set, "en", message, id, low, high, ref)
                elif not id:
                    yield Case(
                        f"{set}, not here", "en", message, row["Calculator Name"], None, None
                    )
                else:
                    yield Case(set, "en", message, id, None, None, ref)


def chinese(root: Path) -> Iterator[Case]:
    """Yield the plain items of the Chinese set whose formula is here; 2 % are allowed."""
    folder = root / "restricted/calc_zh/cmedcalc_a"
    for name in ("equation.json", "score.json"):
        items = json.loads((folder / name).read_text(encoding="utf-8"))
        for place, raw in enumerate(items):
            id, answer = ZH.get(raw["指标名称"]), raw["answer_final"]
            if isinstance(answer, dict):
                answer = answer.get("value")
            if id is None or not isinstance(answer, str) or not re.fullmatch(r"-?[\d.]+", answer):
                continue
            value = float(answer)
            slack = 0 if FORMULAS[id].terms else max(0.02 * abs(value), 0.5)
            message = f"{raw['record_final']}\n\n请计算该患者的{raw['指标名称']}（按入院时数值）。"
            ref = f"{name.partition('.')[0]}:{place}"
            yield Case("CMedCalc", "zh", message, id, value - slack, value + slack, ref)


if __name__ == "__main__":
    main()
