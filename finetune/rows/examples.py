"""Make the rows of a dataset into open-book or closed-book examples.

    rows -> numbered evidence among distractors -> token ids and what to learn

Everything that an example needs stands in its row; only distractors come from other rows.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from finetune.dataset import Row
from finetune.errors import FinetuneError
from finetune.recipe import Recipe
from finetune.rows.evidence_pool import EvidencePool, share_to_silence, silenced, stands_alone
from finetune.templates import rendering
from finetune.templates.rendering import Language, Message, Rendered
from finetune.text_tools import PLAIN, Span, TextTools

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_LINE = re.compile(r"^.{1,200}?(?: — |——)[^:：\n]{1,80}(?::\s|：)")


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


class ExampleMaker:
    """Shows rows under a recipe, some at a time; distractors come from the rows of `pool`.

    How many rows decline anyway is counted over all `rows`. The draw depends on the seed, the row's
    id and that count, not on the rows' order.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        pool: Iterable[Row],
        tokenizer: "PreTrainedTokenizerBase",
        recipe: Recipe,
        seed: int,
        tools: TextTools,
    ) -> None:
        self._tokenizer, self._recipe, self._seed, self._tools = tokenizer, recipe, seed, tools
        self._quotes = EvidencePool(pool) if recipe.evidence == "open" else None
        self._share = share_to_silence(rows, recipe.uncovered) if self._quotes else 0.0

    def make(self, rows: Iterable[Row]) -> tuple[list[Example], ExampleReport]:
        """Return rows as examples, and what became of them."""
        report = ExampleReport()
        examples: list[Example] = []
        for row in rows:
            report.rows += 1
            if [one["role"] for one in row.messages[-2:]] != ["user", "assistant"]:
                _count(report.left_out, "no question with an answer at the end")
                continue
            try:
                made = self._shown(row, report)
            except FinetuneError as error:
                if error.where != "chat_template":
                    raise
                _count(report.left_out, error.what.rstrip("."))
                continue
            report.kept += bool(made)
            examples += made
        return examples, report

    def _shown(self, row: Row, report: ExampleReport) -> list[Example]:
        quotes, tokenizer, tools = self._quotes, self._tokenizer, self._tools
        drawn = random.Random(f"{self._seed}:{row.id}")
        if quotes is not None and not stands_alone(row):
            return _open(row, quotes, tokenizer, self._recipe, drawn, report, tools)
        bare = quotes and silenced(row, quotes, self._share, drawn)
        made = _closed(bare or row, tokenizer, self._recipe.max_tokens, report, tools)
        report.uncovered += bool(bare and made)
        return made


def make_examples(
    rows: Iterable[Row],
    pool: Iterable[Row],
    tokenizer: "PreTrainedTokenizerBase",
    recipe: Recipe,
    seed: int,
    tools: TextTools,
) -> tuple[list[Example], ExampleReport]:
    """Return rows as examples under a recipe; distractors come from the rows of `pool`."""
    rows = list(rows)
    return ExampleMaker(rows, pool, tokenizer, recipe, seed, tools).make(rows)


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


def _open(
    row: Row,
    quotes: EvidencePool,
    tokenizer: "PreTrainedTokenizerBase",
    recipe: Recipe,
    pick: random.Random,
    report: ExampleReport,
    tools: TextTools,
) -> list[Example]:
    """Show a row with its evidence in the prompt, or in a few cases without and declined."""
    covered = pick.random() >= recipe.uncovered
    wanted = pick.randint(0 if covered else 1, max(recipe.distractors, 1))
    others = quotes.draw(row, 0 if covered and not recipe.distractors else wanted, pick, covered)
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
