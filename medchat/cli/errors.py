"""Turn what commands raise into one sentence on stderr and an exit status.

    0 done · 1 the work failed, or a check said no · 2 wrong use or bad input · 130 Ctrl+C

Commands raise; only this module turns what they raise into text. What a user cannot fix stays a
traceback.
"""

import errno
import json
import os
import sys
from collections.abc import Callable

import typer

from finetune.errors import FinetuneError
from knowledge.errors import KnowledgeError
from medchat.cli.output import note
from medchat.errors import MedchatError

_STOPS = (".", "!", "?", "。", "！", "？")

INTERRUPTED = 130
"""The exit status after Ctrl+C, as shells give it."""


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
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            place = str(error.filename2 or error.filename or "")
            remedy = "Make room and run the command again."
            _complain("The disk is full.", place, remedy, as_json=as_json)
            return 1
        if error.filename is None:
            raise
        reason = (error.strerror or type(error).__name__).lower()
        what = f"This file or folder cannot be used: {reason}."
        _complain(what, str(error.filename), "Check the path and its rights.", as_json=as_json)
        return 2
    return status if isinstance(status, int) else 0


def _complain(what: str, where: str, remedy: str, *, as_json: bool) -> None:
    if as_json:
        note(json.dumps({"error": {"what": what, "where": where, "remedy": remedy}}))
        return
    what = what if what.rstrip().endswith(_STOPS) else f"{what.rstrip()}."
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
