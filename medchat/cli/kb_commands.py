"""The commands `medchat kb …`: search, inspect and change the knowledge base.

flags -> knowledge.ingest.updates, knowledge.search.searcher, medchat.cli.kb_lookup -> lines
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medchat.cli import kb_output, output, startup
from medchat.cli.options import Json

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from knowledge.ingest.updates import Update
    from medchat.cli.open_base import OpenBase

app = typer.Typer(
    help="The knowledge base: search it, inspect it, add, retract, roll back.",
    rich_markup_mode=None,
)

Ids = Annotated[list[str], typer.Argument(help="Ids of documents or sources.")]
YearFrom = Annotated[int | None, typer.Option(help="Only documents of this year or later.")]
YearTo = Annotated[int | None, typer.Option(help="Only documents of this year or earlier.")]
Type = Annotated[str | None, typer.Option(help="Only documents of this type, such as note.")]
InLanguage = Annotated[str | None, typer.Option("--language", help="Only hits in en or in zh.")]
OfSource = Annotated[str | None, typer.Option("--source", help="Only documents of this source id.")]
PerSource = Annotated[int | None, typer.Option(help="At most so many of one source.", min=1)]


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.add_typer(app, name="kb")


@app.command(epilog="Example: medchat kb add pubmed.xml notes/ --licence CC-BY-4.0")
def add(
    paths: Annotated[list[str], typer.Argument(help="Files and folders of any known format.")],
    format: Annotated[str | None, typer.Option(help="The format; found by content.")] = None,
    source: Annotated[str | None, typer.Option(help="Title of the source.")] = None,
    licence: Annotated[str | None, typer.Option(help="Licence of the source.")] = None,
    allow_fetch: Annotated[
        bool, typer.Option("--allow-fetch", help="Fetch web addresses; else they are refused.")
    ] = False,
    ocr: Annotated[
        bool, typer.Option("--ocr", help="Read scanned pages of PDF files with tesseract.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add graphs and literature; one new generation for the whole call, or none."""
    from knowledge.ingest import updates, web_fetch
    from knowledge.ingest.sources.literature.pdf import pdf_ocr

    files = web_fetch.find_paths(paths, startup.settings().home, allow=allow_fetch)
    with pdf_ocr.ask(ocr), _open() as base:
        update = updates.add(
            *base.place, files, format=format, title=source, licence=licence, **base.tools
        )
    output.show(update, _update_lines(update), as_json=as_json)
    _tell_missing(update)


Folder = Annotated[Path, typer.Argument(help="The folder that the source is to match.")]
SourceTitle = Annotated[str, typer.Option("--source", help="Title of the source.")]
Licence = Annotated[str | None, typer.Option(help="Licence of the source.")]
MaxRemovals = Annotated[
    float, typer.Option(help="Largest share of removals without --yes.", min=0, max=1)
]


@app.command(epilog='Example: medchat kb sync notes/ --source "Ward notes" --dry-run')
def sync(
    folder: Folder,
    source: SourceTitle,
    licence: Licence = None,
    max_removals: MaxRemovals = 0.2,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what it would do.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove whatever share is gone.")] = False,
    as_json: Json = False,
) -> None:
    """Add, replace and remove so that a source matches a folder; one new generation."""
    from knowledge.ingest import folder_sync

    request = folder_sync.SyncRequest(folder, source, licence, max_removals, yes)
    with _open() as base:
        if dry_run:
            found = folder_sync.preview(base.engine, request, progress=base.progress)
            output.show(found, kb_output.preview_lines(found), as_json=as_json)
            problems = found.problems
        else:
            update = folder_sync.sync(*base.place, request, **base.tools)
            output.show(update, _update_lines(update), as_json=as_json)
            problems = update.problems
    for path, told in problems.items():
        output.note(f"{path}: {told} What it held stays.")


@app.command(epilog='Example: medchat kb watch notes/ --source "Ward notes"')
def watch(
    folder: Folder,
    source: SourceTitle,
    licence: Licence = None,
    max_removals: MaxRemovals = 0.2,
) -> None:
    """Synchronise a source with a folder now and after each burst of changes, until Ctrl-C."""
    from knowledge.ingest import folder_sync
    from medchat.cli import kb_watch

    request = folder_sync.SyncRequest(folder, source, licence, max_removals)
    with _open() as base:
        for update in kb_watch.updates(base, request):
            output.show(update, _update_lines(update), as_json=False)


@app.command(epilog="Example: medchat kb remove pmid:29768149")
def remove(ids: Ids, as_json: Json = False) -> None:
    """Take documents, or all that a source brought, out of the base."""
    from knowledge.ingest import updates

    with _open() as base:
        update = updates.remove(*base.place, ids, **base.tools)
    output.show(update, _update_lines(update), as_json=as_json)


@app.command(epilog="Example: medchat kb retract pmid:29768149")
def retract(ids: Ids, as_json: Json = False) -> None:
    """Mark documents as retracted: no answer cites them again, whatever the generation."""
    from knowledge.ingest import updates

    with _open() as base:
        update = updates.retract(*base.place, ids)
    output.show(update, _update_lines(update), as_json=as_json)


@app.command("list", epilog="Example: medchat kb list --documents --limit 20")
def list_(
    documents: Annotated[bool, typer.Option("--documents", help="Documents, not sources.")] = False,
    source: Annotated[str | None, typer.Option(help="Only documents of this source.")] = None,
    limit: Annotated[int, typer.Option(help="How many documents.", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """List sources, or documents, of the current generation."""
    from medchat.cli import kb_lookup

    found = kb_lookup.listed(startup.engine(), documents=documents, source=source, limit=limit)
    output.show(found, kb_output.list_lines(found), as_json=as_json)


@app.command(epilog="Example: medchat kb show note:gout:en")
def show(
    id: Annotated[str, typer.Argument(help="Id of a source, document or passage.")],
    as_json: Json = False,
) -> None:
    """Show one source or document."""
    from medchat.cli import kb_lookup

    found = kb_lookup.show(startup.engine(), id)
    output.show(found, kb_output.document_lines(found), as_json=as_json)


@app.command(epilog="Example: medchat kb status --json")
def status(as_json: Json = False) -> None:
    """Count what the current generation holds, source by source."""
    from knowledge.search import catalog_views

    shape = catalog_views.status(startup.engine(), startup.settings().home)
    output.show(shape, output.pairs(shape), as_json=as_json)


@app.command(epilog='Example: medchat kb search "metformin lactic acidosis" --top 5')
def search(
    query: Annotated[str, typer.Argument(help="A question or words, English or Chinese.")] = "",
    top: Annotated[int, typer.Option(help="How many hits.", min=1)] = 10,
    year_from: YearFrom = None,
    year_to: YearTo = None,
    type: Type = None,
    language: InLanguage = None,
    source: OfSource = None,
    per_source: PerSource = None,
    queries: Annotated[
        Path | None, typer.Option(help='A file of {"id", "query"} lines; one JSON line each.')
    ] = None,
    as_json: Json = False,
) -> None:
    """Rank passages and facts for a query, with scores and why."""
    from medchat.cli import kb_search

    filters = kb_search.checked_filters(year_from, year_to, type, language, source, per_source)
    searcher = kb_search.open_searcher(startup.settings(), top, filters)
    for id, text in kb_search.read_queries(query, queries):
        hits, retracted = searcher.find(text), searcher.find_retracted(text)
        if queries is not None:
            output.say(output.as_text({"id": id, "hits": hits}))
        else:
            shape = {"query": text, "hits": hits, "retracted": retracted}
            lines = kb_output.hit_lines(hits) + kb_output.retracted_lines(retracted)
            output.show(shape, lines, as_json=as_json)


@app.command(epilog='Example: medchat kb entity "type 2 diabetes"')
def entity(
    name: Annotated[str, typer.Argument(help="A name in either language, or an id.")],
    as_json: Json = False,
) -> None:
    """Show an entity with its facts, their sources and conflicts."""
    from medchat.cli import kb_lookup

    found = kb_lookup.entity(startup.engine(), name)
    output.show(found, kb_output.entity_lines(found), as_json=as_json)


@app.command(epilog="Example: medchat kb conflicts --limit 20")
def conflicts(
    limit: Annotated[int, typer.Option(help="How many conflicts.", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """List facts that cannot be right together, each side with its sources."""
    from medchat.cli import kb_lookup

    found = kb_lookup.conflicts(startup.engine(), limit)
    output.show({"conflicts": found}, kb_output.conflict_lines(found), as_json=as_json)


@app.command(epilog='Example: medchat kb merges "type 2 diabetes"')
def merges(
    name: Annotated[str, typer.Argument(help="A name or id of an entity; all by default.")] = "",
    limit: Annotated[int, typer.Option(help="How many merges.", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """List sources that came to an entity of another source, by what, and what was split again."""
    from medchat.cli import kb_lookup

    found = kb_lookup.merges(startup.engine(), name, limit)
    output.show(found, kb_output.merge_lines(found), as_json=as_json)


@app.command(epilog="Example: medchat kb split gout arthritis-1f3a9c-2")
def split(
    name: Annotated[str, typer.Argument(help="A name or id of the entity.")],
    source: Annotated[str, typer.Argument(help="Id of the source whose merge is undone.")],
    as_json: Json = False,
) -> None:
    """Undo a merge: what a source says of an entity is another entity's again, and stays so."""
    from dataclasses import asdict

    from knowledge.ingest import updates

    with _open() as base:
        shape = asdict(updates.split(*base.place, name, source))
    output.show(shape, output.pairs(shape), as_json=as_json)


@app.command(epilog="Example: medchat kb generations")
def generations(as_json: Json = False) -> None:
    """List the versions of the knowledge base, newest first."""
    from knowledge.search import catalog_views

    found = catalog_views.history(startup.engine(), startup.settings().home)
    output.show(found, kb_output.generation_lines(found), as_json=as_json)


@app.command(epilog="Example: medchat kb diff 3 4")
def diff(
    old: Annotated[int, typer.Argument(help="A generation.")],
    new: Annotated[int, typer.Argument(help="Another one.")],
    as_json: Json = False,
) -> None:
    """Say what one generation has and another has not."""
    from dataclasses import asdict

    from knowledge.index import generations

    shape = {"from": old, "to": new, **asdict(generations.diff(startup.engine(), old, new))}
    output.show(shape, output.pairs(shape), as_json=as_json)


@app.command(epilog="Example: medchat kb rollback 3")
def rollback(
    number: Annotated[int, typer.Argument(help="The generation whose content comes back.")],
    as_json: Json = False,
) -> None:
    """Make a new generation that holds what an earlier one held.

    Articles that PubMed deleted since stay out, and what was retracted stays so.
    """
    from knowledge.index import generations

    with _open() as base:
        made = generations.rollback(*base.place, number, **base.tools)
    line = f"Generation {made} holds what generation {number} held."
    output.show({"generation": made, "content_of": number}, [line], as_json=as_json)


@app.command(epilog="Example: medchat kb verify")
def verify(as_json: Json = False) -> None:
    """Check every index file against its manifest, and the newest against the database."""
    from knowledge.index import generations

    faults = generations.verify(startup.engine(), startup.settings().home)
    output.show({"faults": faults}, faults or ["All generations are whole."], as_json=as_json)
    raise typer.Exit(1 if faults else 0)


@app.command(epilog="Example: medchat kb gc --keep 3")
def gc(
    keep: Annotated[int, typer.Option(help="How many generations stay as they are.", min=1)] = 3,
    as_json: Json = False,
) -> None:
    """Delete what the newest generations do not hold: texts, facts and index files, for good."""
    from knowledge.index.garbage_collection import collect

    gone = collect(startup.engine(), startup.settings().home, keep)
    output.show(gone, kb_output.collection_lines(gone), as_json=as_json)


def _open() -> "AbstractContextManager[OpenBase]":
    from medchat.cli.open_base import open_base

    return open_base(startup.settings())


def _update_lines(update: "Update") -> list[str]:
    found = {
        "generation": update.generation,
        "entities": update.entities,
        "facts": update.facts,
        "documents": update.documents,
        "passages": update.passages,
        "left out": update.left_out,
        "unchanged": len(update.unchanged),
    }
    more = ("replaced", "moved", "removed")
    found |= {name: len(getattr(update, name)) for name in more if getattr(update, name)}
    marked = {"retracted, never quoted": update.retracted, "of concern": update.of_concern}
    return output.pairs(found | {name: count for name, count in marked.items() if count})


def _tell_missing(update: "Update") -> None:
    if update.missing:
        output.note(
            f"{len(update.missing)} documents of this folder are no longer there and stay in the "
            "base; `medchat kb sync FOLDER --source TITLE` would take them out."
        )
