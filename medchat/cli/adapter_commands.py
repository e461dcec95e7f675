"""The commands `medchat adapters …`: list, test, promote, roll back and merge adapters."""

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medchat.cli import adapter_lines, output, startup
from medchat.cli.options import Json

if TYPE_CHECKING:
    from finetune.templates.rendering import Language

app = typer.Typer(
    help="Adapters that rounds have trained: list, test, promote, merge.", rich_markup_mode=None
)

Name = Annotated[str, typer.Argument(help="An adapter, such as mini/round-1.")]

_QUESTIONS: tuple[tuple[str, str, "Language"], ...] = (
    ("What are the symptoms of asthma?", "Asthma — symptoms: wheeze; cough.", "en"),
    ("哮喘有哪些症状？", "哮喘——症状：喘息；咳嗽。", "zh"),
)
"""Questions with evidence that an adapter is tried on; any would do: only its answers, saved and
loaded again, are compared."""


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.add_typer(app, name="adapters")


@app.command("list", epilog="Example: medchat adapters list --json")
def list_(as_json: Json = False) -> None:
    """List finished rounds with their lineage; the promoted one answers."""
    from finetune import adapters

    home = startup.settings().home
    found, faults = adapters.readable(home)
    for error in faults:
        output.note(f"{error.what} {error.remedy}")
    rows = [
        ("*" if each.promoted else "", each.name, each.objective, each.base, each.parent or "")
        for each in found
    ]
    lines = output.listed(rows, "No rounds yet: medchat finetune --round 1")
    output.show([each.values() for each in found], lines, as_json=as_json)


@app.command(epilog="Example: medchat adapters show mini/round-1")
def show(name: Name, as_json: Json = False) -> None:
    """Show all that is on record about an adapter."""
    from finetune import adapters

    record = adapters.manifest(adapters.named(startup.settings().home, name))
    output.show(record, adapter_lines.lines(record), as_json=as_json)


@app.command(epilog="Example: medchat adapters card mini/round-2 --out card.html")
def card(
    name: Name,
    out: Annotated[Path, typer.Option(help="A new HTML file.", dir_okay=False)],
    as_json: Json = False,
) -> None:
    """Write a page on an adapter: origin, data, curves, scores, samples, use."""
    from finetune import adapters
    from finetune.cards import adapter_card

    home = startup.settings().home
    adapter_lines.write_page(out, adapter_card.card(home, adapters.named(home, name)))
    output.show({"name": name, "file": out}, [f"{out}"], as_json=as_json)


@app.command(epilog="Example: medchat adapters compare mini/round-1 mini/round-2")
def compare(
    names: Annotated[list[str], typer.Argument(help="Adapters; the first is compared with.")],
    card: Annotated[
        Path | None, typer.Option(help="A new HTML file with curves, too.", dir_okay=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the scores of adapters side by side, with differences where rows were kept."""
    from finetune import adapters
    from finetune.cards import comparison

    home = startup.settings().home
    made = comparison.of([adapters.named(home, name) for name in names])
    if card is not None:
        adapter_lines.write_page(card, comparison.page(made))
    lines = [*output.table(comparison.text_rows(made)), *made.remarks()]
    output.show(comparison.values(made), lines, as_json=as_json)


@app.command(epilog="Example: medchat adapters promote mini/round-1")
def promote(name: Name, as_json: Json = False) -> None:
    """Let an adapter answer from now on."""
    from finetune import adapters

    chosen = adapters.promote(startup.settings().home, name)
    output.show(chosen.values(), [f"{chosen.name} answers from now on."], as_json=as_json)


@app.command(epilog="Example: medchat adapters rollback")
def rollback(as_json: Json = False) -> None:
    """Go back to the adapter that answered before, or to the bare base."""
    from finetune import adapters

    chosen = adapters.rollback(startup.settings().home)
    line = f"{chosen.name if chosen else 'The bare base'} answers from now on."
    output.show(chosen.values() if chosen else None, [line], as_json=as_json)


@app.command(epilog="Example: medchat adapters merge mini/round-2 --out merged")
def merge(
    name: Name,
    out: Annotated[Path, typer.Option(help="A new folder for the merged model.")],
    as_json: Json = False,
) -> None:
    """Merge an adapter into its base: a model folder that needs no adapter."""
    from finetune import adapters
    from finetune.bases.moved_base import base_of
    from finetune.files import merged_model

    settings = startup.settings()
    chosen = adapters.named(settings.home, name)
    base = base_of(settings.home, chosen, settings.base)
    merged = merged_model.merge(base, chosen.folder, out)
    line = f"{merged.folder}, logits within {merged.difference:.1e} of base and adapter."
    output.show(merged, [line, *_gguf_lines(merged.folder)], as_json=as_json)


@app.command(epilog="Example: medchat adapters export smollm2/round-2 --out adapter")
def export(
    name: Name,
    out: Annotated[Path, typer.Option(help="A new folder for the adapter.")],
    as_json: Json = False,
) -> None:
    """Write an adapter into a folder to hand on: half the size, with its rounds on record."""
    from finetune import adapters
    from finetune.bases.moved_base import base_of
    from finetune.files import adapter_files

    settings = startup.settings()
    chosen = adapters.named(settings.home, name)
    base = base_of(settings.home, chosen, settings.base)
    made = adapter_files.export(settings.home, chosen, out, base)
    serve = _served(made.folder, base, name)
    line = f"{made.folder}, {made.bytes / 1e6:.1f} MB, logits within {made.difference:.2g}."
    output.show({**asdict(made), "serve": serve}, [line, f"serve it: {serve}"], as_json=as_json)


@app.command(epilog="Example: medchat adapters add adapter")
def add(
    folder: Annotated[Path, typer.Argument(help="A folder that adapters export wrote.")],
    as_json: Json = False,
) -> None:
    """Take an adapter from such a folder into this home; its base must be here."""
    from finetune.files import adapter_files

    taken, added = adapter_files.take(startup.settings().home, folder)
    done = "added" if added else "was there already"
    line = f"{taken.name} {done}. Let it answer: medchat adapters promote {taken.name}"
    output.show({**taken.values(), "added": added}, [line], as_json=as_json)


@app.command(epilog="Example: medchat adapters test mini/round-1")
def test(name: Name, as_json: Json = False) -> None:
    """Load an adapter twice and compare: same output, changed from the base, ends its answers."""
    from dataclasses import asdict

    from finetune import adapters, model
    from finetune.bases.moved_base import base_of
    from finetune.templates import rendering

    settings = startup.settings()
    chosen = adapters.named(settings.home, name)
    student = model.load(base_of(settings.home, chosen, settings.base), chosen.folder)
    prompts = [rendering.grounded(question, [line], given) for question, line, given in _QUESTIONS]
    result = asdict(adapters.self_test(student, chosen.folder, prompts, 64))
    output.show(result, output.pairs(result), as_json=as_json)
    raise typer.Exit(0 if result["passed"] else 1)


def _served(folder: Path, base: str, name: str) -> str:
    """Return vLLM's command line for an adapter, or why there is none."""
    from finetune import FinetuneError, model
    from finetune.files import serving_commands

    try:
        command = serving_commands.vllm(folder.resolve(), model.locate(base).resolve(), name)
    except FinetuneError as error:
        return f"{error.what} {error.remedy}"
    return shlex.join(command)


def _gguf_lines(folder: Path) -> list[str]:
    from finetune.files import serving_commands

    return [f"as GGUF, by llama.cpp: {shlex.join(serving_commands.gguf(folder.resolve()))}"]
