"""Options that commands of several groups take."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Writer = Annotated[
    str | None,
    typer.Option(help="local, quote (no model: evidence in its own words), or a server's URL."),
]
Adapter = Annotated[
    str | None, typer.Option(help="A finished round, such as mini/round-2; base for none.")
]
NoLog = Annotated[bool, typer.Option("--no-log", help="Record nothing.")]
GoOn = Annotated[bool, typer.Option("--continue", help="Go on with the latest conversation.")]
Patient = Annotated[
    Path | None,
    typer.Option(
        help="A patient card: YAML or JSON, or a FHIR R4 bundle; for this session only.",
        metavar="FILE",
    ),
]
Data = Annotated[Path | None, typer.Option(help="A dataset folder; the newest by default.")]
