"""Results as lines for a reader at a terminal.

    frozen records -> lines of text

What a script reads is JSON and does not come through here.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from medchat.answers import Answer, Citation
from medchat.door import table

if TYPE_CHECKING:
    from knowledge.collect import Collected
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


def collected(gone: "Collected") -> list[str]:
    """Return what a collection deleted."""
    if not (gone.folders or gone.documents or gone.facts):
        return ["Nothing to delete."]
    told = f"Deleted {gone.documents:,} documents and {gone.facts:,} facts that are held no more."
    return [told, *gone.folders, f"Generation {gone.generation} is in force."]


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


def card(found: Mapping[str, object]) -> Iterator[str]:
    """Yield a source or document, a document's text last."""
    yield from pairs({name: value for name, value in found.items() if name != "text"})
    if "text" in found:
        yield ""
        yield str(found["text"])


def cards(found: Sequence[Mapping[str, object]]) -> list[str]:
    """Return sources or documents, a line each."""
    keys = ("id", "format", "licence", "year", "type", "title")
    rows = [[each[key] or "" for key in keys if key in each] for each in found]
    return listed(rows, "Nothing.")


def versions(found: Sequence[Mapping[str, object]]) -> list[str]:
    """Return generations, a line each; a star stands before the one in force."""
    rows = [
        (
            "*" if each["current"] else "",
            each["generation"],
            when(float(str(each["created"]))),
            each["cause"],
        )
        for each in found
    ]
    return listed(rows, "The knowledge base is empty.")


def hits(found: Sequence[Mapping[str, object]]) -> list[str]:
    """Return search hits: rank, score and title, then the text, then why."""
    lines = []
    for hit in found:
        year = f" ({hit['year']})" if hit["year"] else ""
        text = " ".join(str(hit["text"]).split())
        lines += [f"{hit['rank']}. {hit['title']}{year} · {hit['id']} · {hit['score']}"]
        lines += [f"   {text[:240]}{'…' if len(text) > 240 else ''}", f"   {_brief(hit['why'])}"]
    return lines or ["Nothing in the knowledge base fits."]


def entity(found: Mapping[str, object]) -> Iterator[str]:
    """Yield an entity: its names, then its facts by relation."""
    names, facts = found["names"], found["facts"]
    assert isinstance(names, Mapping) and isinstance(facts, list)
    yield f"{found['id']} ({found['kind']})"
    yield from (f"  {language}: {', '.join(names[language])}" for language in ("en", "zh"))
    said: dict[str, list[str]] = {}
    for fact in facts:
        value = fact["object"]["name"] if "object" in fact else next(iter(fact["value"].values()))
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
