"""Read a dataset folder and make its rows into open-book or closed-book examples.

    folder -> checked rows -> numbered evidence among distractors -> token ids and what to learn

Everything that an example needs stands in its row; only distractors come from other rows.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.errors import FinetuneError
from finetune.files import manifests
from finetune.recipe import Recipe
from finetune.templates import rendering
from finetune.templates.chat_templates import REASONING
from finetune.templates.rendering import Language, Message, Rendered
from finetune.text_tools import PLAIN, Span, TextTools

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

FILES = ("train.jsonl", "validation.jsonl")

_REMEDY = "Make the data again: medchat build-data --out DIR."
_ROLES = {"system", "user", "assistant"}
_FIRST_NUMBERED = re.compile(r"^\[1\] ", re.MULTILINE)
_NUMBERED = re.compile(r"^\[\d+\] (.+)$", re.MULTILINE)
_GONE = "\0"
_LINE = re.compile(r"^.{1,200}?(?: — |——)[^:：\n]{1,80}(?::\s|：)")


@dataclass(frozen=True, slots=True)
class RowSource:
    """What proves a row, with the words that state it."""

    kind: str
    id: str
    quote: str


@dataclass(frozen=True, slots=True)
class Row:
    """One lesson. `support` holds, for each sentence of the answer, indices into `sources`.

    `declined` says that the answer declines, since what is shown does not cover the question.
    """

    id: str
    messages: tuple[Message, ...]
    language: Language
    sources: tuple[RowSource, ...]
    entities: tuple[str, ...]
    support: tuple[tuple[int, ...], ...] | None
    objects: tuple[str, ...]
    declined: bool = False
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The rows of a folder; `hash` stands for both files.

    `mixed` names further sets whose rows are among those for training, with how many.
    """

    folder: Path
    hash: str
    train: tuple[Row, ...]
    validation: tuple[Row, ...]
    mixed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A row as the model sees it. `asked` are the facts that its answer must hold."""

    id: str
    language: Language
    tokens: Rendered
    prompt: tuple[Message, ...]
    answer: str
    evidence: tuple[str, ...]
    asked: tuple[str, ...]
    covered: bool = True


@dataclass(slots=True)
class ExampleReport:
    """What became of the rows: `cut` lost something to fit, `left_out` did not fit at all."""

    rows: int = 0
    kept: int = 0
    uncovered: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)


def read(folder: Path) -> Dataset:
    """Read and check a dataset folder; FinetuneError where a part is missing or damaged."""
    if not folder.is_dir():
        raise FinetuneError(f"There is no dataset folder {folder}.", where="--data", remedy=_REMEDY)
    manifest = manifests.read_manifest(folder, _REMEDY)
    manifests.check_files(folder, manifest, FILES, _REMEDY)
    train, validation = (tuple(_rows(folder / name)) for name in FILES)
    if not validation:
        train, validation = _split(train)
    if not train or not validation:
        empty = FILES[bool(train)]
        raise FinetuneError(
            f"The dataset file {folder / empty} is empty"
            + (", and a single row cannot be split." if train else "."),
            where=str(folder / empty),
            remedy="Make the data again with a higher --limit, or bring more rows.",
        )
    total = manifests.of_value([manifests.of_file(folder / name) for name in FILES])
    return Dataset(folder, total, train, validation)


def _split(rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Hold out about one row in ten where none was: those of one first question stay together."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        asked = next((one["content"] for one in row.messages if one["role"] == "user"), "")
        groups.setdefault(asked.casefold(), []).append(row)
    drawn = sorted(groups, key=manifests.of_text)
    held = {row.id for name in drawn[: len(drawn) // 10 or 1] for row in groups[name]}
    if len(drawn) < 2:
        return rows, ()
    return (
        tuple(row for row in rows if row.id not in held),
        tuple(row for row in rows if row.id in held),
    )


def make_examples(
    rows: Iterable[Row],
    pool: Iterable[Row],
    tokenizer: "PreTrainedTokenizerBase",
    recipe: Recipe,
    seed: int,
    tools: TextTools,
) -> tuple[list[Example], ExampleReport]:
    """Return rows as examples under a recipe; distractors come from the rows of `pool`.

    The draw depends on the seed and the row's id only, not on the order of rows.
    """
    report = ExampleReport()
    quotes = _Pool(pool) if recipe.evidence == "open" else None
    examples = []
    for row in rows:
        report.rows += 1
        drawn = random.Random(f"{seed}:{row.id}")
        if [one["role"] for one in row.messages[-2:]] != ["user", "assistant"]:
            _count(report.left_out, "no question with an answer at the end")
            continue
        try:
            if quotes is None or _stands_alone(row):
                bare = quotes and _silenced(row, quotes, recipe, drawn)
                made = _closed(bare or row, tokenizer, recipe.max_tokens, report, tools)
                report.uncovered += bool(bare and made)
            else:
                made = _open(row, quotes, tokenizer, recipe, drawn, report, tools)
        except FinetuneError as error:
            if error.where != "chat_template":
                raise
            _count(report.left_out, error.what.rstrip("."))
            continue
        report.kept += bool(made)
        examples += made
    return examples, report


def show(
    rows: Iterable[Row],
    pool: Iterable[Row],
    tokenizer: "PreTrainedTokenizerBase",
    recipe: Recipe,
    seed: int,
) -> tuple[list[Example], ExampleReport]:
    """Return rows as examples, for scripts: as `make_examples`, with the plain text tools."""
    return make_examples(rows, pool, tokenizer, recipe, seed, PLAIN)


def listed_facts(line: str) -> list[str]:
    """Return the listed facts of an evidence line such as `Gout — symptoms: pain; swelling.`"""
    head = _LINE.match(line)
    if not head:
        return []
    listed = line[head.end() :].rstrip().rstrip("。.")
    return [one.strip() for one in re.split(r"[;；]", listed) if one.strip()]


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                yield _row(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise FinetuneError(
                    f"Line {number} of {path} is not a lesson.",
                    where=f"{path}:{number}",
                    remedy=_REMEDY,
                ) from error


def _row(raw: dict[str, object]) -> Row:
    """Check one line; any ValueError, KeyError or TypeError means that it is no lesson."""
    messages, sources, meta = raw["messages"], raw.get("sources") or [], raw.get("meta") or {}
    language = raw["language"]
    if not (isinstance(messages, list) and isinstance(sources, list) and isinstance(meta, dict)):
        raise TypeError("messages, sources and meta")
    if not messages or any(
        one["role"] not in _ROLES or not isinstance(one["content"], str) for one in messages
    ):
        raise ValueError("messages")
    if language not in ("en", "zh"):
        raise ValueError("language")
    entities, support, objects = raw.get("entities") or [], meta.get("support"), meta.get("objects")
    return Row(
        id=str(raw["id"]),
        messages=_with_reasoning(tuple(map(_message, messages)), meta.get("reasoning")),
        language="en" if language == "en" else "zh",
        sources=tuple(
            RowSource(str(one["kind"]), str(one["id"]), str(one.get("quote") or "").strip())
            for one in sources
        ),
        entities=tuple(map(str, entities)) if isinstance(entities, list) else (),
        support=_support(support, len(sources)),
        objects=tuple(map(str, objects)) if isinstance(objects, list) else (),
        declined=bool(meta.get("declined")),
        licence=str(raw.get("licence") or ""),
    )


def _message(raw: dict[str, object]) -> Message:
    """Return a message; what an answer's reasoning is stands in it where the row brings it."""
    message = {"role": str(raw["role"]), "content": str(raw["content"])}
    reasoning = raw.get(REASONING)
    return {**message, REASONING: reasoning} if isinstance(reasoning, str) else message


def _with_reasoning(messages: tuple[Message, ...], thought: object) -> tuple[Message, ...]:
    """Put the reasoning that a row brings apart into its last answer."""
    if not isinstance(thought, str) or messages[-1]["role"] != "assistant":
        return messages
    return (*messages[:-1], {REASONING: thought, **messages[-1]})


def _support(value: object, sources: int) -> tuple[tuple[int, ...], ...] | None:
    if not isinstance(value, list):
        return None
    support = tuple(tuple(int(index) for index in one) for one in value)
    if any(not 0 <= index < sources for one in support for index in one):
        raise ValueError("support")
    return support


@dataclass(frozen=True, slots=True)
class _Quote:
    text: str
    kind: str
    head: str


class _Pool:
    """The quotes of all rows, by language and by entity, to draw distractors from."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._all: dict[str, list[_Quote]] = {"en": [], "zh": []}
        self._near: dict[tuple[str, str], list[_Quote]] = {}
        seen: set[tuple[str, str]] = set()
        for row in rows:
            for source in () if _calculates(row) else row.sources:
                if not source.quote or (row.language, source.quote) in seen:
                    continue
                seen.add((row.language, source.quote))
                quote = _Quote(source.quote, source.kind, _head(source.quote))
                self._all[row.language].append(quote)
                for entity in row.entities[:4]:
                    self._near.setdefault((row.language, entity), []).append(quote)

    def draw(self, row: Row, wanted: int, pick: random.Random, covered: bool) -> list[str]:
        """Draw quotes that do not answer the row; about half on its own entities, to be hard.

        For a row that shall stay uncovered, a neighbour must be a single group of facts on another
        relation: a passage, or anything beside a question on several things, might answer it.
        """
        own = {source.quote for source in row.sources}
        heads = {_head(source.quote) for source in row.sources if source.quote}
        near = [
            quote
            for entity in row.entities[:4]
            for quote in self._near.get((row.language, entity), ())
            if covered or (quote.kind == "fact" and len(heads) == 1)
        ]
        others = self._all[row.language]
        if not covered:
            close = {
                quote.text
                for entity in row.entities[:4]
                for quote in self._near.get((row.language, entity), ())
            }
            own |= close - {quote.text for quote in near}
        drawn: list[str] = []
        for _ in range(8 * wanted):
            source = near if near and pick.random() < 0.5 else others
            quote = pick.choice(source) if source else None
            if quote and quote.text not in own and quote.head not in heads:
                own.add(quote.text)
                drawn.append(quote.text)
            if len(drawn) == wanted:
                break
        return drawn


def _stands_alone(row: Row) -> bool:
    """Say whether a row is shown as it stands: nothing quoted proves it, or it brings that."""
    unquoted = not any(source.quote for source in row.sources)
    return unquoted or _numbers_evidence(row) or _calculates(row)


def _calculates(row: Row) -> bool:
    """Say whether a row rests on formulas: its facts hold the result, so they are never shown."""
    return any(source.id.startswith("formula:") for source in row.sources)


def _head(quote: str) -> str:
    """Return what a quote is about: its words up to the first colon, or the whole quote."""
    return re.split(r":\s|：", quote, maxsplit=1)[0]


def _open(
    row: Row,
    quotes: _Pool,
    tokenizer: "PreTrainedTokenizerBase",
    recipe: Recipe,
    pick: random.Random,
    report: ExampleReport,
    tools: TextTools,
) -> list[Example]:
    """Show a row with its evidence in the prompt, or in a few cases without and declined."""
    covered = pick.random() >= recipe.uncovered
    wanted = pick.randint(0 if covered else 1, max(recipe.distractors, 1))
    others = quotes.draw(row, wanted if recipe.distractors else 0, pick, covered)
    covered = covered or not others
    own = list(dict.fromkeys(source.quote for source in row.sources if source.quote))
    history = [one for one in row.messages[:-2] if one["role"] != "system"]
    told = "\n".join(one["content"] for one in row.messages if one["role"] == "system")
    full = len(others), len(history)
    order = pick.random()
    while True:
        evidence = [*(own if covered else ()), *others]
        random.Random(order).shuffle(evidence)
        answer = _cited(row, evidence, tools) if covered else rendering.NOT_COVERED[row.language]
        question = row.messages[-2]["content"]
        prompt = rendering.grounded(question, evidence, row.language, history, told)
        rendered = rendering.render_answer(
            tokenizer, [*prompt, {"role": "assistant", "content": answer}]
        )
        if len(rendered.ids) <= recipe.max_tokens:
            break
        if len(others) > (0 if covered else 1):
            others.pop()
        elif history:
            history = history[2:]
        else:
            _count(report.left_out, "too long")
            return []
    if covered and row.support is not None and len(row.support) != len(_spans(row, tools)):
        _count(report.cut, "citations within the answer")
    if len(others) < full[0]:
        _count(report.cut, "distractors")
    if len(history) < full[1]:
        _count(report.cut, "earlier turns")
    report.uncovered += not covered
    asked = _asked(row, tools) if covered else ()
    shown = tuple(prompt), answer, tuple(evidence)
    return [Example(row.id, row.language, rendered, *shown, asked, covered)]


def _closed(
    row: Row,
    tokenizer: "PreTrainedTokenizerBase",
    max_tokens: int,
    report: ExampleReport,
    tools: TextTools,
) -> list[Example]:
    """Show a row as it stands, one example for each answer where the template demands that.

    The oldest turns go where it is too long.
    """
    system = [one for one in row.messages[:1] if one["role"] == "system"]
    turns = list(row.messages[len(system) :])
    full = len(turns)
    while True:
        messages = [*system, *turns]
        rendered = rendering.render_dialogue(tokenizer, messages)
        if len(rendered[-1].ids) <= max_tokens:
            break
        if len(turns) <= 2:
            _count(report.left_out, "too long")
            return []
        turns = turns[2:]
    if len(turns) < full:
        _count(report.cut, "earlier turns")
    if not rendering.keeps_reasoning(tokenizer, messages):
        _count(report.cut, "reasoning, which the chat template has no place for")
    quotes = tuple(source.quote for source in row.sources if source.quote)
    ends = [at for at, one in enumerate(messages) if one["role"] == "assistant"][-len(rendered) :]
    return [
        Example(
            row.id,
            row.language,
            tokens,
            tuple(messages[:end]),
            messages[end]["content"],
            quotes,
            _asked(row, tools) if end == len(messages) - 1 and not row.declined else (),
            not (row.declined and end == len(messages) - 1),
        )
        for tokens, end in zip(rendered, ends, strict=True)
    ]


def _numbers_evidence(row: Row) -> bool:
    """Say whether a row's question brings its own numbered evidence; a second would confuse it."""
    return _FIRST_NUMBERED.search(row.messages[-2]["content"]) is not None


def _silenced(row: Row, quotes: _Pool, recipe: Recipe, pick: random.Random) -> Row | None:
    """Return a row without the numbered lines that answer it, declined; None where it keeps them.

    What else is numbered on the same thing stays, so that only the lines tell whether to decline;
    a line that names the thing among its facts goes, since it may answer the other way round.
    """
    question = row.messages[-2]["content"]
    lines = _NUMBERED.findall(question)
    own = {source.quote for source in row.sources if source.quote}
    if row.declined or pick.random() >= recipe.uncovered or not own or not own <= set(lines):
        return None
    heads = {_head(quote) for quote in own}
    names = [re.split(" — |——", head)[0].casefold() for head in heads]
    others = [
        line
        for line in [*lines, *quotes.draw(row, len(own), pick, covered=False)]
        if line not in own
        and _head(line) not in heads
        and not any(name in line.casefold()[len(name) :] for name in names)
    ][: max(len(lines) - len(own), 1)]
    if not others:
        return None
    numbered = iter(f"[{number}] {line}" for number, line in enumerate(others, 1))
    asked = _NUMBERED.sub(lambda _: next(numbered, _GONE), question).replace(f"\n{_GONE}", "")
    answer = {"role": "assistant", "content": rendering.NOT_COVERED[row.language]}
    turns = (*row.messages[:-2], {"role": "user", "content": asked}, answer)
    shown = tuple(RowSource("fact", "", line) for line in others)
    return replace(row, messages=turns, sources=shown, support=None, objects=(), declined=True)


def _cited(row: Row, evidence: Sequence[str], tools: TextTools) -> str:
    """Return the answer with each sentence citing what supports it, else all at its end."""
    answer = row.messages[-1]["content"].strip()
    return cite_each(answer, [each for _, each in cited_sentences(row, evidence, tools)], tools)


def cited_sentences(
    row: Row, evidence: Sequence[str], tools: TextTools
) -> list[tuple[str, list[int]]]:
    """Return the sentences of a row's answer, each with the numbers of the evidence it cites."""
    number = {text: place for place, text in enumerate(evidence, 1)}
    places = [number.get(source.quote) for source in row.sources]
    answer, spans = row.messages[-1]["content"].strip(), _spans(row, tools)
    support = row.support
    if support is None or len(support) != len(spans):
        everything = tuple(range(len(row.sources)))
        support = (*((),) * (len(spans) - 1), everything)
    return [
        (answer[start:end], sorted({place for index in indices if (place := places[index])}))
        for (start, end), indices in zip(spans, support, strict=True)
    ]


def cite_each(text: str, numbers: Iterable[Sequence[int]], tools: TextTools) -> str:
    """Return a text with its sentences citing these numbers, one entry a sentence."""
    cited, last = "", 0
    for (start, end), each in zip(tools.sentence_spans(text), numbers, strict=True):
        cited += text[last:start] + tools.cite(text[start:end], each)
        last = end
    return cited


def _spans(row: Row, tools: TextTools) -> Sequence[Span]:
    return tools.sentence_spans(row.messages[-1]["content"].strip())


def _asked(row: Row, tools: TextTools) -> tuple[str, ...]:
    """Return the facts that an answer must hold: named by the row, or listed in its sources.

    Listed facts count where the row's own answer states them; where none are, its sentences count.
    """
    answer = row.messages[-1]["content"]
    if row.objects:
        return row.objects
    said = answer.casefold()
    listed = [
        item
        for source in row.sources
        for item in listed_facts(source.quote)
        if item.casefold() in said
    ]
    if listed:
        return tuple(dict.fromkeys(listed))
    return tuple(part.rstrip("。.") for part in tools.split_sentences(tools.uncited(answer)))


def _count(counts: dict[str, int], reason: str) -> None:
    counts[reason] = counts.get(reason, 0) + 1
