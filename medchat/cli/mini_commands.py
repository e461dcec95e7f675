"""The command `medchat mini train`: train the mini model that ships."""

from pathlib import Path
from typing import Annotated

import typer

from medchat.cli import output
from medchat.cli.options import Json

app = typer.Typer(help="The mini model that ships.", rich_markup_mode=None)


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.add_typer(app, name="mini")


@app.command(epilog="Example: medchat mini train --out base --minutes 90")
def train(
    out: Annotated[Path, typer.Option(help="A new folder for the model.")],
    minutes: Annotated[float, typer.Option(help="How long the drills last.", min=0)] = 90.0,
    seed: Annotated[int, typer.Option(help="Decides the drills.")] = 7,
    as_json: Json = False,
) -> None:
    """Make the mini model from nothing; a run that was stopped goes on."""
    from dataclasses import asdict

    from finetune.mini import train
    from knowledge.ingest import starter
    from medchat.cli.progress import show_progress

    texts = [path.read_text(encoding="utf-8") for path in starter.files()]
    plan = train.MiniPlan(minutes=minutes, seed=seed)
    with show_progress() as report:
        score = asdict(train.run(out, texts, starter.lexicon(), plan, report))
    output.show(score, output.pairs(score), as_json=as_json)
