"""Lay out what `medchat kb` shows as lines: sources, hits, entities, conflicts, merges."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from knowledge.text.notice_flags import RETRACTED
from medchat.cli import output

if TYPE_CHECKING:
    from knowledge.index.garbage_collection import CollectionReport
    from knowledge.ingest.folder_sync import Preview


def collection_lines(gone: "CollectionReport") -> list[str]:
    """Return what a collection deleted."""
    if not (gone.folders or gone.documents or gone.facts):
        return ["Nothing to delete."]
    counts = f"{gone.documents:,} documents and {gone.facts:,} facts"
    first = f"Deleted {counts} that are held no more."
    return [first, *gone.folders, f"Generation {gone.generation} is in force."]


def document_lines(found: Mapping[str, object]) -> Iterator[str]:
    """Yield a source or document, a document's text last."""
    yield from output.pairs({name: value for name, value in found.items() if name != "text"})
    if "text" in found:
        yield ""
        yield str(found["text"])


def list_lines(found: Sequence[Mapping[str, object]]) -> list[str]:
    """Return sources or documents, a line each."""
    keys = ("id", "format", "licence", "year", "type", "title")
    rows = [[_cell(each, key) for key in keys if key in each] for each in found]
    return output.listed(rows, "Nothing.")


def _cell(shown: Mapping[str, object], key: str) -> object:
    """Return a value as it is listed; the title of a retracted document says so."""
    value = shown[key] or ""
    if key != "title" or not shown.get("retracted"):
        return value
    return f"[{RETRACTED['zh' if shown['language'] == 'zh' else 'en']}] {value}"


def generation_lines(found: Sequence[Mapping[str, object]]) -> list[str]:
    """Return generations, a line each; a star is before the one in force."""
    rows = [
        (
            "*" if each["current"] else "",
            each["generation"],
            output.when(float(str(each["created"]))),
            each["cause"],
        )
        for each in found
    ]
    return output.listed(rows, "The knowledge base is empty.")


def hit_lines(found: Sequence[Mapping[str, object]]) -> list[str]:
    """Return search hits: rank, score and title, then the text, then why."""
    lines = []
    for hit in found:
        year = f" ({hit['year']})" if hit["year"] else ""
        text = " ".join(str(hit["text"]).split())
        lines += [f"{hit['rank']}. {hit['title']}{year} · {hit['id']} · {hit['score']}"]
        lines += [f"   {text[:240]}{'…' if len(text) > 240 else ''}", f"   {_reason(hit)}"]
    return lines or ["Nothing in the knowledge base fits."]


def retracted_lines(found: Sequence[Mapping[str, str]]) -> list[str]:
    """Return what fits a query and was retracted, a line each."""
    return [f"not shown, since retracted: {each['title']} · {each['id']}" for each in found]


def _reason(hit: Mapping[str, object]) -> str:
    """Return in words why a hit is where it is."""
    why, matched, alike = hit["why"], hit["matched"], hit["alike"]
    assert isinstance(why, Mapping) and isinstance(matched, tuple) and isinstance(alike, tuple)
    if hit["kind"] == "fact":
        return f"why: facts of the graph, {why['graph']}"
    said = f"why: meaning {why['dense']}, words {why['lexical']}, names {why['graph']}"
    if matched:
        said += f"; speaks of {', '.join(matched)}"
    return said + (f"; the same in {', '.join(alike)}" if alike else "")


def entity_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield an entity: its names, its facts by relation with notes, then what contradicts what."""
    yield f"{found['id']} ({found['kind']})"
    yield from (f"  {language}: {', '.join(found['names'][language])}" for language in ("en", "zh"))
    said: dict[str, list[str]] = {}
    for fact in found["facts"]:
        said.setdefault(fact["relation"], []).append(_object(fact) + _notes(fact))
    for relation, values in said.items():
        yield f"  {relation}: {'; '.join(values)}"
    yield from _contradictions(found["facts"])


def _object(fact: Mapping[str, Any]) -> str:
    return str(fact["object"]["name"] if "object" in fact else next(iter(fact["value"].values())))


def _notes(fact: Mapping[str, Any]) -> str:
    """Return what sources add to a fact, and whether something speaks against it."""
    notes = ", ".join(dict.fromkeys(fact["notes"].values()))
    conflict = " (conflict)" if fact["conflicts"] or len(fact["levels"]) > 1 else ""
    return (f" [{notes}]" if notes else "") + conflict


def _contradictions(facts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    known = {fact["id"]: fact for fact in facts}
    for fact in facts:
        if len(fact["levels"]) > 1:
            sides = (f"{level} ({', '.join(ids)})" for level, ids in fact["levels"].items())
            yield f"  conflict, {fact['relation']} {_object(fact)}: {' against '.join(sides)}"
        for id in fact["conflicts"]:
            if id not in known:
                yield f"  conflict: {_with_sources(fact)} against fact {id}"
            elif fact["id"] < id:
                yield f"  conflict: {_with_sources(fact)} against {_with_sources(known[id])}"


def _with_sources(fact: Mapping[str, Any]) -> str:
    return f"{fact['relation']} {_object(fact)} ({', '.join(fact['sources'])})"


def conflict_lines(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return conflicts: why each is one, then its sides with their sources."""
    lines = []
    for number, each in enumerate(found, 1):
        lines += [f"{number}. {each['why']}"]
        for side in each["sides"]:
            shown = side["object"]
            name = shown["name"] if "name" in shown else next(iter(shown["value"].values()), "")
            lines += [f"   {side['subject']['name']} — {side['relation']}: {name}"]
            for source in side["sources"]:
                note = f": {source['note']}" if source["note"] else ""
                lines += [f"      {source['title']} · {source['id']}{note}"]
    return lines or ["No facts contradict each other."]


def merge_lines(found: Mapping[str, Any]) -> list[str]:
    """Return merges by entity with what decided each, then the splits."""
    lines = []
    before = ""
    for each in found["merges"]:
        if each["entity"]["id"] != before:
            before = each["entity"]["id"]
            lines += [f"{each['entity']['name']} · {before}"]
        source = f"{each['source']['title']} · {each['source']['id']}"
        lines += [f"   {source}: {each['facts']} facts, by {each['how']} {each['term']}"]
    for each in found["splits"]:
        sides = " and ".join(f"{each[side]['name']} · {each[side]['id']}" for side in _SIDES)
        lines += [f"split in generation {each['generation']}: {sides} of {each['source']}"]
    return lines or ["Nothing was merged."]


_SIDES = ("entity", "part")


def preview_lines(preview: "Preview") -> list[str]:
    """Lay out what a synchronisation would do, a line for each document."""
    lines = []
    for act in ("added", "replaced", "moved", "removed"):
        found: dict[str, str] = getattr(preview, act)
        lines.append(f"{act}: {len(found)}")
        lines += [f"  {id}  {title}" for id, title in found.items()]
    lines.append(f"left out: {sum(preview.left_out.values())}")
    lines += [f"  {count}  {reason}" for reason, count in preview.left_out.items()]
    if preview.needs_confirmation:
        lines.append("More would be removed than is allowed: it needs --yes or --max-removals.")
    return lines
