"""Read pairs of a better and a worse answer, check them, and show them as chat would.

    preference.jsonl + exported feedback -> checked pairs -> held out by entity
    pair + its row -> one prompt, with the row's evidence -> both answers as token ids

Nothing is ever cut from a pair: one that is too long is left out, and counted.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.dataset import Dataset, Row
from finetune.errors import FinetuneError
from finetune.evaluate import Pair
from finetune.files import json_lines, manifests
from finetune.recipe import Recipe
from finetune.rows.examples import Example, ExampleReport, cite_each, cited_sentences, make_examples
from finetune.templates import rendering
from finetune.templates.rendering import Message, Rendered
from finetune.text_tools import TextTools

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from finetune.objectives.objective_protocols import ExampleSource, RoundTask

FILE = "preference.jsonl"

FEWEST = 10
"""Of fewer pairs nothing is learned that would hold for others."""

_HELD_OUT = 0.15
"""The share of pairs that is held out, and no fewer than FEWEST where that leaves half."""

_ALIKE = 0.5
"""From this likeness on, a sentence of the worse answer was made from one of the better."""

_REMEDY = "Make the data again with pairs: medchat build-data --style preference --out DIR."
_SHAPE = 'Write each line as {"prompt": "…", "chosen": "…", "rejected": "…"}.'
_KIND = re.compile(r"([^:：]{1,40})[:：]")
_INSTEAD = re.compile(r"'([^']+)' stands in place of '([^']+)'")


@dataclass(frozen=True, slots=True)
class AnswerPair:
    """A better and a worse answer to a prompt; `why` begins with the kind of fault.

    `row` is the lesson that the pair was made from, where the data set holds it.
    """

    place: str
    prompt: str
    chosen: str
    rejected: str
    why: str
    row: Row | None = None

    @property
    def kind(self) -> str:
        """Return what is wrong with the worse answer, in the word or two that `why` begins with."""
        found = _KIND.match(self.why)
        return found[1].strip() if found else "other"

    @property
    def subject(self) -> str:
        """Return what the pair is about: its row's first entity, or else its prompt."""
        entities = self.row.entities if self.row else ()
        return entities[0] if entities else self.prompt.casefold()


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A pair as the model sees it: the same prompt before both answers, both to their ends."""

    kind: str
    prompt_ids: list[int]
    chosen_ids: list[int]
    rejected_ids: list[int]

    @property
    def tokens(self) -> int:
        """Return how many tokens both dialogues hold together."""
        return 2 * len(self.prompt_ids) + len(self.chosen_ids) + len(self.rejected_ids)


def files(folder: Path, feedback: str = "") -> list[Path]:
    """Return the files that hold the pairs of a data set; FinetuneError where one is missing."""
    own = folder / FILE
    if not own.is_file() and not feedback:
        raise _no_pairs(folder)
    given = [Path(feedback).expanduser()] if feedback else []
    for path in given:
        if not path.is_file():
            raise FinetuneError(
                f"There is no file of feedback {path}.",
                where="settings.feedback",
                remedy="Write it with medchat feedback export --out FILE.jsonl.",
            )
    return [*([own] if own.is_file() else []), *given]


def read(data: Dataset, feedback: str = "") -> list[AnswerPair]:
    """Read and check the pairs of a data set, and those of exported feedback.

    FinetuneError where there are too few, or where one's sides are alike or swapped.
    """
    rows = {row.id: row for row in data.train}
    asked = {_last_turn(row): row for row in data.train}
    pairs = [pair for path in files(data.folder, feedback) for pair in _pairs(path, rows, asked)]
    if not pairs:
        raise _no_pairs(data.folder)
    if len(pairs) < FEWEST:
        raise FinetuneError(
            f"The data set {data.folder} has {len(pairs)} preference pairs, and {FEWEST} are the "
            "least.",
            where=str(data.folder / FILE),
            remedy=_REMEDY,
        )
    _check_sides(pairs)
    return pairs


def split(pairs: Sequence[AnswerPair]) -> tuple[list[AnswerPair], list[AnswerPair]]:
    """Return the pairs to train on and those held out; all on one subject are on one side.

    The same pairs are held out whatever else the data set holds.
    """
    groups: dict[str, list[AnswerPair]] = {}
    for pair in pairs:
        groups.setdefault(pair.subject, []).append(pair)
    wanted = min(max(FEWEST, round(_HELD_OUT * len(pairs))), len(pairs) // 2)
    held: set[str] = set()
    count = 0
    for subject in sorted(groups, key=manifests.of_text):
        if count >= wanted:
            break
        if count + len(groups[subject]) <= len(pairs) // 2:
            held.add(subject)
            count += len(groups[subject])
    return (
        [pair for pair in pairs if pair.subject not in held],
        [pair for pair in pairs if pair.subject in held],
    )


def show(
    pairs: Sequence[AnswerPair],
    pool: Iterable[Row],
    tokenizer: "PreTrainedTokenizerBase",
    recipe: Recipe,
    seed: int,
    tools: TextTools,
) -> tuple[list[ShownPair], ExampleReport]:
    """Return pairs as the model sees them, and what became of them.

    A pair with a row has its evidence in the prompt as lessons have, distractors among it.
    """
    covered = replace(recipe, uncovered=0.0)
    rows = {pair.row.id: pair.row for pair in pairs if pair.row}
    made, _ = make_examples(rows.values(), pool, tokenizer, covered, seed, tools)
    examples = {one.id: one for one in made}
    report = ExampleReport(rows=len(pairs))
    shown = []
    for pair in pairs:
        example = examples.get(pair.row.id) if pair.row else None
        if pair.row and example is None:
            _count(report, "too long")
            continue
        try:
            one = _shown(pair, example, tokenizer, tools)
        except FinetuneError as error:
            if error.where != "chat_template":
                raise
            _count(report, error.what.rstrip("."))
            continue
        if len(one.prompt_ids) + max(len(one.chosen_ids), len(one.rejected_ids)) > (
            recipe.max_tokens
        ):
            _count(report, "too long")
        elif one.chosen_ids == one.rejected_ids:
            _count(report, "both answers alike to the tokenizer")
        else:
            shown.append(one)
    report.kept = len(shown)
    return shown, report


def training(source: "ExampleSource", feedback: str = "") -> tuple[list[ShownPair], ExampleReport]:
    """Return the pairs of a data set to train on; FinetuneError where hardly any can be shown."""
    pairs, _ = split(read(source.data, feedback))
    pool, tokenizer, recipe = source.data.train, source.tokenizer, source.recipe
    shown, report = show(pairs, pool, tokenizer, recipe, source.seed, source.tools)
    if len(shown) < min(FEWEST, len(pairs)):
        reasons = ", ".join(f"{count} {reason}" for reason, count in report.left_out.items())
        raise FinetuneError(
            f"Of {len(pairs)} preference pairs only {len(shown)} can be shown to the model: "
            f"{reasons}.",
            where="max_tokens",
            remedy="Raise the recipe's max_tokens, or bring shorter pairs.",
        )
    return shown, report


def held_out(
    task: "RoundTask", tokenizer: "PreTrainedTokenizerBase", feedback: str = ""
) -> list[ShownPair]:
    """Return the held-out pairs that a round is scored on, the same for every model."""
    _, pairs = split(read(task.data, feedback))
    drawn = sorted(pairs, key=lambda one: manifests.of_text(one.prompt + one.rejected))
    recipe = task.recipe
    some = drawn[: recipe.evaluation.rows]
    shown, _ = show(some, task.data.train, tokenizer, recipe, recipe.seed, task.tools)
    return shown


def both_sides(pairs: Iterable[ShownPair]) -> list[Rendered]:
    """Return pairs as dialogues: the better one, then the worse one, of which answers count."""
    return [
        Rendered([*pair.prompt_ids, *answer], [False] * len(pair.prompt_ids) + [True] * len(answer))
        for pair in pairs
        for answer in (pair.chosen_ids, pair.rejected_ids)
    ]


def by_kind(
    name: str, pairs: Sequence[ShownPair], margins: Sequence[float]
) -> dict[str, tuple[Pair, ...]]:
    """Return the share of pairs whose margin is above zero, of all and by kind of fault.

    A tie counts half; `NAME_margin` is the mean margin.
    """
    right = [((margin > 0) + (margin >= 0)) / 2 for margin in margins]
    found: dict[str, tuple[Pair, ...]] = {name: tuple((one, 1.0) for one in right)}
    found[f"{name}_margin"] = tuple((margin, 1.0) for margin in margins)
    for kind in sorted({pair.kind for pair in pairs}):
        found[f"{name}: {kind}"] = tuple(
            (one, 1.0) for one, pair in zip(right, pairs, strict=True) if pair.kind == kind
        )
    return found


def _shown(
    pair: AnswerPair,
    example: Example | None,
    tokenizer: "PreTrainedTokenizerBase",
    tools: TextTools,
) -> ShownPair:
    chosen, rejected = pair.chosen.strip(), pair.rejected.strip()
    prompt: tuple[Message, ...] = ({"role": "user", "content": pair.prompt},)
    if pair.row and example:
        prompt = example.prompt
        if example.answer != chosen:  # its citations were put in: the worse answer gets its own
            rejected = _cited_alike(pair.row, rejected, example, tools)
            chosen = example.answer
    sides = [
        rendering.render_answer(tokenizer, [*prompt, {"role": "assistant", "content": answer}])
        for answer in (chosen, rejected)
    ]
    first, second = (one.ids[: len(one.ids) - sum(one.learn)] for one in sides)
    if first != second:
        raise FinetuneError(
            "The chat template writes the prompt anew for each answer.", where="chat_template"
        )
    return ShownPair(pair.kind, first, sides[0].ids[len(first) :], sides[1].ids[len(first) :])


def _cited_alike(row: Row, rejected: str, example: Example, tools: TextTools) -> str:
    """Cite in each sentence of the worse answer what the sentence cites that it was made from.

    So a model cannot tell the two by which of them cites.
    """
    better = cited_sentences(row, example.evidence, tools)
    numbers = []
    for start, end in tools.sentence_spans(rejected):
        likeness, cited = max(
            (SequenceMatcher(None, text, rejected[start:end], autojunk=False).ratio(), each)
            for text, each in better
        )
        numbers.append(cited if likeness >= _ALIKE else [])
    return cite_each(rejected, numbers, tools)


def _pairs(
    path: Path, rows: dict[str, Row], asked: dict[tuple[str, str], Row]
) -> Iterator[AnswerPair]:
    for number, raw in json_lines.read(path, _SHAPE):
        place = f"{path}:{number}"
        values = raw if isinstance(raw, dict) else {}
        texts = [values.get(name) for name in ("prompt", "chosen", "rejected")]
        prompt, chosen, rejected = (one if isinstance(one, str) else "" for one in texts)
        if not (prompt.strip() and chosen.strip() and rejected.strip()):
            raise FinetuneError(
                f"The line {place} is not a preference pair with prompt, chosen and rejected.",
                where=place,
                remedy=_SHAPE,
            )
        row = asked.get((prompt, chosen.strip())) or rows.get(str(values.get("id")))
        if row and row.messages[-2]["content"] != prompt:
            row = None
        yield AnswerPair(place, prompt, chosen, rejected, str(values.get("why") or ""), row)


def _check_sides(pairs: Sequence[AnswerPair]) -> None:
    """Refuse pairs that teach nothing, or the contrary of what they say."""
    preferred = {(pair.prompt, _plain(pair.chosen)): pair for pair in pairs}
    for pair in pairs:
        other = preferred.get((pair.prompt, _plain(pair.rejected)))
        if _plain(pair.chosen) == _plain(pair.rejected):
            fault = "has the same answer on both sides"
        elif (
            other
            and preferred.get((pair.prompt, _plain(pair.chosen)))
            and (_plain(other.rejected) == _plain(pair.chosen))
        ):
            fault = f"prefers what {other.place} rejects"
        elif _is_swapped(pair):
            fault = "has its sides swapped: it rejects the better answer"
        else:
            continue
        raise FinetuneError(
            f"The preference pair at {pair.place} {fault}.",
            where=pair.place,
            remedy="Correct or remove it.",
        )


def _is_swapped(pair: AnswerPair) -> bool:
    """Say whether a pair rejects its row's own answer, or what its `why` calls right."""
    if pair.row and _plain(pair.row.messages[-1]["content"]) == _plain(pair.rejected):
        return True
    named = _INSTEAD.search(pair.why)
    if named is None:
        return False
    wrong, right = (one.casefold() for one in named.groups())
    chosen, rejected = pair.chosen.casefold(), pair.rejected.casefold()
    return wrong in chosen and wrong not in rejected and right in rejected and right not in chosen


def _last_turn(row: Row) -> tuple[str, str]:
    asked = row.messages[-2]["content"] if len(row.messages) > 1 else ""
    return asked, row.messages[-1]["content"].strip()


def _plain(text: str) -> str:
    return " ".join(text.split())


def _no_pairs(folder: Path) -> FinetuneError:
    return FinetuneError(
        f"The data set {folder} has no preference pairs.",
        where=str(folder / FILE),
        remedy=_REMEDY,
    )


def _count(report: ExampleReport, reason: str) -> None:
    report.left_out[reason] = report.left_out.get(reason, 0) + 1
