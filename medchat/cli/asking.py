"""Questions at the terminal: one, a file of them, or a conversation.

arguments -> chat -> answers as lines or JSON lines
"""

import json
from collections.abc import Iterator
from pathlib import Path

from medchat.answering.answer import Answer
from medchat.chat import Chat, Done, Status, open_chat
from medchat.cli import errors
from medchat.cli.output import answer as lines
from medchat.errors import MedchatError
from medchat.settings import Settings
from medchat.storage import conversations

__all__ = ["batch", "converse", "latest", "lines", "open_for"]

_DOING = {
    "understand": "Reading the question…",
    "retrieve": "Looking for evidence…",
    "write": "Writing…",
    "check": "Checking each sentence…",
}


def open_for(
    settings: Settings,
    question: str,
    questions: Path | None,
    *,
    writer: str | None,
    adapter: str | None,
) -> Chat:
    """Open the chat for one question or a file of them; refuse neither, and both."""
    if bool(question.strip()) == (questions is not None):
        raise MedchatError(
            "Give a question, or a file of them with --questions, and not both.",
            where="medchat ask",
            remedy='For example: medchat ask "What causes gout?"',
        )
    if questions is not None:
        _read(questions)
    return open_chat(settings, writer=writer, adapter=adapter)


def latest(chat: Chat) -> str | None:
    """Return the conversation used last, if there is one."""
    found = conversations.conversations(chat.engine, limit=1)
    return found[0].id if found else None


def batch(chat: Chat, path: Path) -> Iterator[dict[str, object]]:
    """Yield the answers to the questions of a file, each with its question's id."""
    for id, question in _read(path):
        yield {"id": id, **chat.ask(question, log=False).document()}


def converse(chat: Chat, conversation: str | None, *, log: bool) -> None:
    """Ask and answer at the terminal until an empty line or the end of input."""
    while True:
        try:
            question = input("> ").strip()
        except EOFError:
            return
        if not question:
            return
        given = _answered(chat, question, conversation, log=log)
        conversation = given.conversation
        for line in lines(given):
            errors.say(line)
        errors.say()


def _answered(chat: Chat, question: str, conversation: str | None, *, log: bool) -> Answer:
    for event in chat.stream(question, conversation, log=log):
        if isinstance(event, Status):
            errors.note(_DOING[event.step])
        elif isinstance(event, Done):
            return event.answer
    raise AssertionError("a turn ends with Done")


def _read(path: Path) -> list[tuple[object, str]]:
    """Return the ids and questions of a file; one wrong line refuses the whole file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MedchatError(
            "The file of questions cannot be read.",
            where=str(path),
            remedy='Write one {"id": …, "question": …} a line, in UTF-8.',
        ) from error
    return [
        _question(line, f"{path}, line {number}")
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip()
    ]


def _question(line: str, where: str) -> tuple[object, str]:
    try:
        row = json.loads(line)
        id, question = row["id"], row["question"]
    except (ValueError, KeyError, TypeError) as error:
        raise MedchatError(
            "This line is not a question.",
            where=where,
            remedy='Write {"id": …, "question": …}.',
        ) from error
    if not isinstance(question, str) or not question.strip():
        raise MedchatError("The question is empty.", where=where, remedy="Write a question.")
    return id, question
