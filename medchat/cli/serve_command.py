"""The commands `medchat demo` and `medchat serve`: prepare a home, serve the web chat."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from medchat.cli import output, startup
from medchat.cli.options import Json

if TYPE_CHECKING:
    from medchat.demo import DemoStep


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.command(epilog="Example: medchat demo")(demo)
    parent.command(epilog="Example: medchat serve --port 8000")(serve)


def demo(as_json: Json = False) -> None:
    """Prepare a home that answers: database, starter knowledge, data, rounds. Safe to repeat."""
    from medchat.cli.progress import show_progress
    from medchat.demo import prepare

    with show_progress() as report:
        steps = list(prepare(startup.settings(), report))
    ready = 'Ready. Try: medchat ask "What are the symptoms of asthma?"'
    output.show({"steps": steps}, [*_lines(steps), ready], as_json=as_json)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=0, max=65535)] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Listen on an address others can reach.")
    ] = False,
) -> None:
    """Serve the web chat on this machine; an empty home is prepared first, as demo does."""
    from medchat.cli.progress import show_progress
    from medchat.demo import is_empty, prepare
    from medchat.web import check_host
    from medchat.web import serve as run

    settings = startup.settings(host=host, port=port)
    check_host(settings.host, allow_remote=allow_remote)
    if is_empty(settings):
        with show_progress() as report:
            steps = list(prepare(settings, report))
        output.note("\n".join(_lines(steps)))
    run(
        settings,
        settings.host,
        settings.port,
        announce=output.note,
        allow_remote=allow_remote,
    )


def _lines(steps: "Sequence[DemoStep]") -> list[str]:
    """Return each step with what came of it and how long it took."""
    return output.table(
        [(each.name, _state(each), f"{each.seconds:.1f} s", each.told) for each in steps]
    )


def _state(step: "DemoStep") -> str:
    if step.left_out:
        return "left out"
    return "there" if step.skipped else "made"
