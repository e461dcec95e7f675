"""The door: quiet libraries, settings, the one border where errors become sentences.

    arguments -> command -> output on stdout, or one sentence on stderr and an exit status

Commands raise; only this file turns what they raise into text.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from finetune.errors import FinetuneError
from knowledge.errors import KnowledgeError
from medchat.errors import MedchatError

if TYPE_CHECKING:
    from medchat.settings import Settings

_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Set, not merely defaulted: a question about a patient must not leave through a tracing service
that another project switched on in the same shell."""

INTERRUPTED = 130
SHIPPED = "mini"


def quieten() -> None:
    """Switch off telemetry and tracing in the libraries that read the environment.

    Threads that wait for each other sleep instead of spinning: two processes that spin on the same
    processors keep each other from working, and an answer beside a training takes minutes.
    """
    os.environ.update(_QUIET)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def settings(**flags: str | int | None) -> "Settings":
    """Return the settings in force, and keep a local model from asking the network."""
    from medchat.settings import load

    loaded = load(**flags)
    if loaded.base == SHIPPED or Path(loaded.base).exists():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return loaded


def guarded(work: Callable[[], object], *, as_json: bool) -> int:
    """Run a command and return its exit status; what a user can fix becomes one sentence."""
    try:
        status = work()
    except (MedchatError, KnowledgeError, FinetuneError) as error:
        _complain(error.what, error.where, error.remedy, as_json=as_json)
        return error.status
    except typer.TyperException as error:
        message = _one_line(error.format_message())
        _complain(message, "", f"See {_command(error)} --help.", as_json=as_json)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has gone; point stdout away so that exit does not complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        reason = (error.strerror or type(error).__name__).lower()
        what = f"This file or folder cannot be used: {reason}."
        _complain(what, str(error.filename), "Check the path and its rights.", as_json=as_json)
        return 2
    return status if isinstance(status, int) else 0


def say(text: str = "") -> None:
    """Write a line of result to stdout."""
    typer.echo(text)


def note(text: str) -> None:
    """Write a remark to stderr, where it does not disturb what a script reads."""
    typer.echo(text, err=True)


def as_text(value: object) -> str:
    """Return one JSON document; dataclasses become objects, paths and sets plain values."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def show(value: object, lines: Iterable[str], *, as_json: bool) -> None:
    """Write a result as one JSON document, or as lines for a reader."""
    if as_json:
        say(as_text(value))
        return
    for line in lines:
        say(line)


def table(rows: Sequence[Sequence[object]]) -> list[str]:
    """Return rows as aligned columns; the last column keeps its own length."""
    cells = [[str(cell) for cell in row] for row in rows]
    if not cells:
        return []
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(map(_padded, row, widths)).rstrip() for row in cells]


def _complain(what: str, where: str, remedy: str, *, as_json: bool) -> None:
    if as_json:
        note(json.dumps({"error": {"what": what, "where": where, "remedy": remedy}}))
        return
    sentence = f"{where}: {what}" if where else what
    note(_visible(f"{sentence} {remedy}".rstrip()))


def _visible(text: str) -> str:
    """Return a text as one line of signs that show; a file's name may hold what moves a cursor."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def _command(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)  # only the kinds that speak of use have one
    return str(context.command_path) if context else "medchat"


def _one_line(message: str) -> str:
    return " ".join(message.split())


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
