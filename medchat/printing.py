"""Results as lines for a reader at a terminal.

    frozen records -> lines of text

What a script reads is JSON and does not come through here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from medchat.answers import Answer, Citation
from medchat.door import table

if TYPE_CHECKING:
    from medchat.demo import Step


def answer(given: Answer) -> Iterator[str]:
    """Yield an answer, its sources with what they say, and the limits of what wrote it."""
    yield given.text
    if given.citations:
        yield ""
    for citation in given.citations:
        yield f"[{citation.n}] {citation.title}{_year(citation)} · {citation.id}"
        yield f"    {_quotation(citation)}"
    if given.model.note:
        yield ""
        yield given.model.note


def steps(done: "Sequence[Step]") -> list[str]:
    """Return the steps of the demo with what came of each and how long it took."""
    return table(
        [
            (each.name, "there" if each.skipped else "made", f"{each.seconds:.1f} s", each.told)
            for each in done
        ]
    )


def when(seconds: float) -> str:
    """Return a time in the reader's own zone, to the minute."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def pairs(values: Mapping[str, object]) -> list[str]:
    """Return names and values as two columns; what holds further values is told by its size."""
    return table([(name, _brief(value)) for name, value in values.items()])


def listed(rows: Sequence[Sequence[object]], nothing: str) -> list[str]:
    """Return rows as columns, or a sentence where there are none."""
    return table(rows) or [nothing]


def card(found: object) -> Iterator[str]:
    """Yield a source or document, a document's text last."""
    assert is_dataclass(found) and not isinstance(found, type)
    values = asdict(found)
    text = values.pop("text", "")
    yield from pairs(values)
    if text:
        yield ""
        yield str(text)


def hits(found: Sequence[Mapping[str, object]]) -> list[str]:
    """Return search hits: rank, score and title, then the text, then why."""
    lines = []
    for hit in found:
        year = f" ({hit['year']})" if hit["year"] else ""
        text = " ".join(str(hit["text"]).split())
        lines += [f"{hit['rank']}. {hit['title']}{year} · {hit['id']} · {hit['score']}"]
        lines += [f"   {text[:240]}{'…' if len(text) > 240 else ''}", f"   {_brief(hit['why'])}"]
    return lines or ["Nothing in the knowledge base fits."]


def entities(found: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Yield entities: their names, then their facts by relation."""
    for each in found:
        names, facts = each["names"], each["facts"]
        assert isinstance(names, Mapping) and isinstance(facts, list)
        yield f"{each['id']} ({each['kind']})"
        yield from (f"  {language}: {', '.join(names[language])}" for language in ("en", "zh"))
        said: dict[str, list[str]] = {}
        for fact in facts:
            value = fact["object"]["name"] if "object" in fact else fact["value"]
            mark = " (conflict)" if fact["conflicts"] else ""
            said.setdefault(fact["relation"], []).append(f"{value}{mark}")
        for relation, values in said.items():
            yield f"  {relation}: {'; '.join(values)}"


def _brief(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_brief(each)}" for name, each in value.items()) or "none"
    if isinstance(value, list | tuple):
        return f"{len(value):,}"
    if isinstance(value, bool) or not isinstance(value, int):
        return str(value)
    # a year is no count
    return f"{value:,}" if value >= 10_000 else str(value)


def _quotation(citation: Citation) -> str:
    return "“" + " ".join(citation.quote.split()) + "”"


def _year(citation: Citation) -> str:
    return f" ({citation.year})" if citation.year else ""
