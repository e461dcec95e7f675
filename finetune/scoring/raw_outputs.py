"""Keep what a measurement was made of: the answers to held-out questions, and each row's scores.

examples + measurements -> answers.jsonl, scores.jsonl -> read again by cards and comparisons
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune.errors import FinetuneError
from finetune.evaluate import Measurement, Pair
from finetune.rows.examples import Example
from finetune.templates import rendering

ANSWERS = "answers.jsonl"
"""One held-out question a line: what was asked and shown, the reference, and each answer to it."""

SCORES = "scores.jsonl"
"""One row of one measure a line: what it adds to the measure's two sums in each measurement."""


@dataclass(frozen=True, slots=True)
class KeptScores:
    """The pairs of one measurement by measure and row, and the language of each."""

    pairs: Mapping[str, Mapping[str, Pair]]
    languages: Mapping[str, Mapping[str, str]]

    def rows_beside(self, other: "KeptScores", measure: str) -> list[str]:
        """Return the rows that both measurements scored."""
        theirs = other.pairs.get(measure, {})
        return [row for row in self.pairs.get(measure, {}) if row in theirs]


def write(
    folder: Path,
    examples: Sequence[Example],
    measured: Mapping[str, Measurement],
    answers: str = ANSWERS,
) -> None:
    """Write both files into a folder; `measured` holds the measurements by name."""
    write_lines(folder / answers, _answers(examples, measured))
    write_lines(folder / SCORES, _scores(measured))


def answers(folder: Path) -> list[dict[str, object]]:
    """Return the kept questions with their answers; none where a folder keeps none."""
    return list(lines(folder / ANSWERS))


def scores(folder: Path, measurement: str) -> KeptScores | None:
    """Return what is kept of a measurement, such as `after`; None where nothing is."""
    pairs: dict[str, dict[str, Pair]] = {}
    languages: dict[str, dict[str, str]] = {}
    for line in lines(folder / SCORES):
        measure, row = str(line.get("measure")), str(line.get("row"))
        pair = line.get(measurement)
        numbers = (
            [one for one in pair if isinstance(one, int | float)] if isinstance(pair, list) else []
        )
        if len(numbers) == 2:
            pairs.setdefault(measure, {})[row] = (float(numbers[0]), float(numbers[1]))
            languages.setdefault(measure, {})[row] = str(line.get("language"))
    return KeptScores(pairs, languages) if pairs else None


def lines(path: Path) -> Iterator[dict[str, object]]:
    """Yield the objects of a JSONL file, if it is there; FinetuneError names a bad line."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            try:
                line = json.loads(text)
            except ValueError as error:
                raise _damaged(path, number) from error
            if not isinstance(line, dict):
                raise _damaged(path, number)
            yield line


def _answers(
    examples: Sequence[Example], measured: Mapping[str, Measurement]
) -> Iterator[dict[str, object]]:
    asked = max((len(one.texts) for one in measured.values()), default=0)
    for place, one in enumerate(examples[:asked]):
        yield {
            "id": one.id,
            "language": one.language,
            "question": rendering.question_of(one.prompt, one.language),
            "evidence": list(one.evidence),
            "covered": one.covered,
            "reference": one.answer,
            **{name: each.texts[place] for name, each in measured.items()},
        }


def _scores(measured: Mapping[str, Measurement]) -> Iterator[dict[str, object]]:
    for measure in dict.fromkeys(name for each in measured.values() for name in each.rows):
        made: dict[str, dict[str, object]] = {}
        for name, each in measured.items():
            pairs = each.rows.get(measure, ())
            rows = each.ids.get(measure) or [str(place) for place in range(1, len(pairs) + 1)]
            spoken = each.languages.get(measure) or ("",) * len(pairs)
            for row, language, pair in zip(rows, spoken, pairs, strict=True):
                line: dict[str, object] = {"measure": measure, "row": row, "language": language}
                made.setdefault(row, line)[name] = list(pair)
        yield from made.values()


def write_lines(path: Path, objects: Iterable[Mapping[str, object]]) -> None:
    """Write a JSONL file."""
    with path.open("w", encoding="utf-8") as file:
        for line in objects:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _damaged(path: Path, number: int) -> FinetuneError:
    return FinetuneError(
        f"Line {number} of {path} cannot be read.",
        where=f"{path}:{number}",
        remedy="Delete the file; what it keeps is only shown, not needed.",
    )
