"""Compare adapters: their scores in one table, with the differences of each to the first.

adapters -> scores after their rounds, and those of their rows -> lines, values, or a page
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from finetune.adapters import Adapter
from finetune.cards import curve_picture, markup, round_record, score_tables
from finetune.cards.markup import Html, element
from finetune.cards.round_record import RoundRecord
from finetune.cards.score_tables import Change
from finetune.scoring import raw_outputs
from finetune.scoring.measure_names import name_of
from finetune.scoring.raw_outputs import KeptScores

_AFTER = "after"


@dataclass(frozen=True, slots=True)
class Side:
    """One adapter of a comparison; `kept` is None where the scores of its rows were not kept."""

    record: RoundRecord
    kept: KeptScores | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Adapters side by side; the first is what the others are held against."""

    sides: tuple[Side, ...]

    def rows(self) -> list[tuple[str, str]]:
        """Return measure and language of each row."""
        return score_tables.rows_of([one.record.mapping("scores", _AFTER) for one in self.sides])

    def change(self, side: Side, measure: str, language: str = "") -> Change | None:
        """Return how a side differs from the first."""
        return score_tables.change(self.sides[0].kept, side.kept, measure, language)

    def remarks(self) -> list[str]:
        """Return what a reader must know of the table."""
        lacking = [one.record.name for one in self.sides if one.kept is None]
        hashes = {one.record.text("data", "hash") for one in self.sides}
        bases = {one.record.text("base", "hash") for one in self.sides}
        told = [f"Differences are to {self.sides[0].record.name}, with 95 % intervals."]
        if lacking:
            told.append(
                f"Of {', '.join(lacking)} the scores of rows were not kept, so differences to it "
                "have no interval: medchat evaluate scores adapters anew."
            )
        if len(hashes) > 1 and not self._on_the_same_rows():
            told.append(
                "The rounds had other data: scores are of other held-out rows, differences of the "
                "rows that both have."
            )
        if len(bases) > 1:
            told.append("The bases differ: losses by other tokens do not compare.")
        return told

    def _on_the_same_rows(self) -> bool:
        """Say whether what is measured of all sides was measured on the same rows.

        A round's data may have another hash for a file beside, such as that of pairs.
        """
        kept = [one.kept.pairs for one in self.sides if one.kept]
        shared = set.intersection(*(set(one) for one in kept)) if kept else set()
        return len(kept) == len(self.sides) and all(
            len({frozenset(one[measure]) for one in kept}) == 1 for measure in shared
        )


def of(compared: Sequence[Adapter]) -> Comparison:
    """Return adapters side by side."""
    return Comparison(
        tuple(
            Side(round_record.of(one), raw_outputs.scores(one.folder, _AFTER)) for one in compared
        )
    )


def values(comparison: Comparison) -> list[dict[str, object]]:
    """Return the table as plain values: one object a row."""
    found: list[dict[str, object]] = []
    for measure, language in comparison.rows():
        cells: dict[str, object] = {}
        for one in comparison.sides:
            scores = one.record.mapping("scores", _AFTER)
            cells[one.record.name] = {
                "score": score_tables.cell(scores, measure, language),
                "difference": comparison.change(one, measure, language),
            }
        found.append({"measure": measure, "language": language or None, "adapters": cells})
    return found


def text_rows(comparison: Comparison) -> list[tuple[str, ...]]:
    """Return the table as text: head first, a difference behind each score but the first's."""
    head = [""]
    for place, one in enumerate(comparison.sides):
        head += [one.record.name, *(["difference"] if place else [])]
    rows = [tuple(head)]
    for measure, language in comparison.rows():
        named = f"  {score_tables.language_name(language)}" if language else name_of(measure)
        cells = [named]
        for place, one in enumerate(comparison.sides):
            scores = one.record.mapping("scores", _AFTER)
            cells.append(score_tables.told(score_tables.cell(scores, measure, language), measure))
            if place:
                found = comparison.change(one, measure, language)
                cells.append(score_tables.change_told(found, measure))
        rows.append(tuple(cells))
    return rows


def page(comparison: Comparison) -> str:
    """Return the comparison as a page of its own, with the curves side by side."""
    records = [one.record for one in comparison.sides]
    names = ", ".join(one.name for one in records)
    return markup.page(
        f"Adapters {names}",
        element("h1", "Adapters side by side"),
        markup.section("Rounds", _rounds(records)),
        markup.section(
            "Scores after each round",
            table(comparison),
            *(element("p", one, class_="dim") for one in comparison.remarks()),
        ),
        markup.section("Curves", curves(records)),
    )


def table(comparison: Comparison) -> Html:
    """Return the table of scores as HTML."""
    head, *rows = text_rows(comparison)
    keys = comparison.rows()
    made = []
    for (measure, language), cells in zip(keys, rows, strict=True):
        row: list[object] = [markup.figure(one) for one in cells]
        row[0] = row_name(measure, language)
        for place, one in enumerate(comparison.sides[1:], 1):
            kind = score_tables.kind_of(comparison.change(one, measure, language), measure)
            row[2 * place + 1] = markup.figure(cells[2 * place + 1], kind)
        made.append(row)
    return markup.table(head, made)


def row_name(measure: str, language: str) -> Html:
    """Return what stands before a row: the measure, or a language below it."""
    if language:
        return element("span", score_tables.language_name(language), class_="part")
    return element("span", name_of(measure))


def base_name(one: RoundRecord) -> str:
    """Return the name of a round's base; of a folder its last part."""
    return PurePath(one.text("base", "name")).name


def curves(records: Sequence[RoundRecord]) -> Html:
    """Return the curves of rounds side by side, with their style."""
    drawn = [Html(one) for one in curve_picture.panels(records)]
    return markup.joined(
        [
            element("style", Html(curve_picture.style())),
            element("div", *drawn, class_="curves"),
        ]
    )


def _rounds(records: Sequence[RoundRecord]) -> Html:
    head = ("", "objective", "base", "built on", "data", "rows", "tokens", "gate")
    rows = [
        (
            one.name,
            one.text("objective"),
            base_name(one),
            one.text("parent", "name") or "the bare base",
            one.text("data", "name"),
            _counted(one.part("data", "kept")),
            _counted(one.part("tokens")),
            verdict(one),
        )
        for one in records
    ]
    return markup.table(head, rows)


def verdict(one: RoundRecord) -> Html:
    """Return in a word what the gate said."""
    if one.part("gate", "passed"):
        return element("span", "passed", class_="good")
    if one.part("gate", "judged") is False:
        return element("span", "not judged", class_="dim")
    return element("span", "refused", class_="bad")


def _counted(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else ""
