"""Score a base alone, or two adapters on the same held-out rows, by the rule of the gate.

adapter -> its own recipe -> held-out examples -> measured with it and without -> report
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.scoring.measure_names import NAMES
from medchat.cli import output
from medchat.errors import MedchatError

if TYPE_CHECKING:
    from finetune.adapters import Adapter
    from finetune.evaluate import Measurement
    from finetune.metrics.bert_score import Encoder
    from finetune.model import Student
    from finetune.probes.multiple_choice import Question
    from finetune.recipe import Recipe
    from finetune.rows.examples import Example
    from finetune.scoring.held_out import HeldOut
    from finetune.training.round_progress import Progress
    from medchat.settings import Settings

Report = dict[str, object]


@dataclass(frozen=True, slots=True)
class HeldOutRows:
    """The rows to score on: from which folder, how many, and how many are answered in full.

    `encoder` is the model of BERTScore, `choices` a file of multiple-choice questions.
    """

    data: Path | None
    rows: int
    answers: int
    encoder: Path | None = None
    choices: Path | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A report, and what it was made of: examples and each measurement by name."""

    report: Report
    examples: "Sequence[Example]"
    measured: "Mapping[str, Measurement]"

    def save(self, out: Path) -> None:
        """Write the report, the answers and each row's scores into a new folder."""
        from finetune.files import manifests
        from finetune.scoring import raw_outputs

        out.mkdir(parents=True)
        text = output.as_text(self.report, indent=2)
        with manifests.saving(out):
            (out / "report.json").write_text(text + "\n", encoding="utf-8")
            raw_outputs.write(out, self.examples, self.measured, "outputs.jsonl")


@dataclass(frozen=True, slots=True)
class _Further:
    """What is measured beside the measures of a round."""

    encoder: "Encoder | None"
    questions: "Sequence[Question]"


def score_base(
    settings: "Settings", base: str, recipe: str | None, held_out: HeldOutRows
) -> Evaluated:
    """Score a bare base; there is nothing that it could fall short of."""
    from finetune import model
    from finetune.bases import base_records
    from finetune.recipes import recipe_reader
    from medchat.cli.progress import show_progress
    from medchat.composition import report_ticks

    further = _open(held_out)
    chosen = recipe_reader.load(recipe or settings.recipe, base=base)
    student = model.load(base_records.find(settings.home, base))
    plan = _planned(chosen, held_out)
    chosen_rows = _rows(settings, plan, 1, student, held_out)
    with show_progress() as report:
        scored = _measure(student, plan, chosen_rows, report_ticks(report), further)
    scores = {"base": _values(scored, chosen_rows)}
    told: Report = {"base": student.base_name, "scores": scores, "passed": True}
    return Evaluated(told, chosen_rows.examples, {"base": scored})


def compare(
    settings: "Settings",
    adapter: str | None,
    against: str,
    recipe: str | None,
    held_out: HeldOutRows,
) -> Evaluated:
    """Score two adapters, and tell whether the first passes the gate of its recipe."""
    from finetune import adapters, gate, model
    from finetune.bases.moved_base import base_of
    from finetune.recipes import recipe_reader
    from medchat.cli.progress import show_progress
    from medchat.composition import report_ticks

    further = _open(held_out)
    first = _named_or_promoted(settings, adapter)
    second = None if against == "base" else adapters.named(settings.home, against, "--against")
    record = adapters.manifest(first)["recipe"]
    own = record.get("values") if isinstance(record, dict) else None
    chosen = recipe_reader.load(recipe) if recipe else recipe_reader.recorded(own)
    plan = _planned(chosen, held_out)
    student = model.load(base_of(settings.home, first, settings.base), first.folder)
    number = first.round if first.round <= len(plan.rounds) else 1
    rows = _rows(settings, plan, number, student, held_out)
    with show_progress() as shown:
        report = report_ticks(shown)
        scored = _measure(student, plan, rows, report, further)
        if second is None:
            seen = rows
            reference = _measure(student, plan, seen, report, further, bare=True)
        else:
            other = model.load(base_of(settings.home, second, settings.base), second.folder)
            seen = _rows(settings, plan, number, other, held_out)
            reference = _measure(other, plan, seen, report, further)
    verdict = gate.judge(reference, scored, plan.gate)
    # what is asked for comes last, where it is found by whoever reads no further names
    told: Report = {
        "adapter": first.name,
        "against": second.name if second else first.base,
        "recipe": plan.name,
        "gate": verdict.values(),
        "scores": {"against": _values(reference, seen), "adapter": _values(scored, rows)},
        "passed": verdict.passed,
    }
    return Evaluated(told, rows.examples, {"against": reference, "adapter": scored})


def report_lines(report: Report) -> list[str]:
    """Return the scores side by side, each with its interval, and the verdict."""
    scores = report["scores"]
    assert isinstance(scores, Mapping)
    columns = [one for one in ("base", "adapter", "against") if one in scores]
    named = [str(report[one]) for one in columns]
    rows: list[Sequence[str]] = [("", *named)]
    rows.append(("rows", *(_counts(scores[one]) for one in columns)))
    for key, label in NAMES.items():
        if not any(key in each for one in columns for each in _parts(scores[one])):
            continue
        rows.append((label, *(_cell(scores[one], key) for one in columns)))
        languages = sorted({each for one in columns for each in scores[one]["by_language"]})
        for language in filter(None, languages):  # documents are of none
            cells = [_cell(scores[one]["by_language"].get(language, {}), key) for one in columns]
            rows.append((f"  {language}", *cells))
    return [*output.table(rows), *_verdict(report)]


def _parts(scores: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the scores over all rows, and those of each language."""
    spoken = scores["by_language"]
    assert isinstance(spoken, Mapping)
    return [scores, *spoken.values()]


def _verdict(report: Report) -> list[str]:
    judged = report.get("gate")
    if not isinstance(judged, Mapping):
        return []
    if report["passed"]:
        return [f"passed: better than {report['against']}, and nothing lost that counts"]
    return ["refused:", *(f"  {reason}" for reason in judged["reasons"])]


def _counts(scores: Mapping[str, object]) -> str:
    return f"{scores['rows']}, {scores['answers']} answered"


def _cell(scores: Mapping[str, object], key: str) -> str:
    value, interval = scores.get(key), scores.get(f"{key}_interval")
    if not isinstance(value, float) or not isinstance(interval, list | tuple):
        return "–"
    low, high = interval
    counted = f" of {scores[f'{key}_of']}" if f"{key}_of" in scores else ""
    return f"{value:.3f} ({low:.3f}–{high:.3f}){counted}"


def _named_or_promoted(settings: "Settings", name: str | None) -> "Adapter":
    from finetune import adapters

    home = settings.home
    chosen = adapters.named(home, name, "--adapter") if name else adapters.promoted(home)
    if chosen is None:
        raise MedchatError(
            "No adapter is promoted.",
            where="--adapter",
            remedy="Name one, make one: medchat finetune --round all, or give --base.",
        )
    return chosen


def _open(held_out: HeldOutRows) -> _Further:
    from finetune.metrics.bert_score import Encoder
    from finetune.probes import multiple_choice

    return _Further(
        Encoder(held_out.encoder) if held_out.encoder else None,
        multiple_choice.read(held_out.choices) if held_out.choices else (),
    )


def _planned(recipe: "Recipe", held_out: HeldOutRows) -> "Recipe":
    evaluation = replace(recipe.evaluation, rows=held_out.rows, answers=held_out.answers)
    return replace(recipe, evaluation=evaluation)


def _rows(
    settings: "Settings", plan: "Recipe", number: int, student: "Student", held_out: HeldOutRows
) -> "HeldOut":
    from finetune import dataset, ledger
    from finetune.scoring.held_out import choose
    from medchat.composition import training_tools

    data = dataset.read(held_out.data or ledger.newest_data(settings.home))
    return choose(data, plan, number, student.tokenizer, training_tools(settings), settings.home)


def _measure(
    student: "Student",
    plan: "Recipe",
    rows: "HeldOut",
    report: "Progress",
    further: _Further,
    bare: bool = False,
) -> "Measurement":
    """Score a student by the measures of a round, and by those of texts and choices."""
    from finetune import model
    from finetune.metrics import answer_metrics
    from finetune.probes import multiple_choice
    from finetune.scoring.held_out import measure
    from medchat.composition import TEXT_TOOLS

    with model.bare(student) if bare else nullcontext(student) as scored:
        measured = measure(scored, rows, plan, TEXT_TOOLS, report)
        if further.questions:
            chosen = multiple_choice.ask(scored, further.questions, plan.precision)
            measured = multiple_choice.added(measured, further.questions, chosen)
    return answer_metrics.added(measured, rows.examples, further.encoder)


def _values(measured: "Measurement", rows: "HeldOut") -> dict[str, object]:
    """Return a measurement as plain values, with the BLEU of each language."""
    from finetune.metrics import answer_metrics

    values = measured.values()
    spoken = values["by_language"]
    assert isinstance(spoken, dict)
    for language, found in answer_metrics.bleu_by_language(measured, rows.examples).items():
        own = {"bleu": found.value, "bleu_interval": found.interval, "bleu_of": found.of}
        spoken.setdefault(language, {}).update(own)
    return values
