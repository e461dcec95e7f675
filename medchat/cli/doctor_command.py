"""The command `medchat doctor`: print the findings on an installation."""

import typer

from medchat.cli import output, startup
from medchat.cli.options import Json
from medchat.cli.output import table


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.command(epilog="Example: medchat doctor --json")(doctor)


def doctor(as_json: Json = False) -> None:
    """Say whether this installation is usable, and which settings are in force and from where."""
    from medchat.doctor import examine

    seen = examine(startup.settings())
    findings = [(each.state, each.name, each.told, each.remedy) for each in seen.findings]
    settings = [(each.name, each.value, each.origin) for each in seen.settings]
    lines = [*table(findings), "", *table(settings), "", *table([*seen.versions.items()])]
    document = {"usable": seen.usable, "findings": seen.findings}
    rest = {"settings": seen.settings, "versions": seen.versions}
    output.show({**document, **rest}, lines, as_json=as_json)
    raise typer.Exit(0 if seen.usable else 1)
