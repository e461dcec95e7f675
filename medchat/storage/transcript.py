"""Write a conversation as a document: Markdown to read or JSON to keep, with a bibliography.

    conversation + messages -> Markdown | JSON

The bibliography lists each source once, however many answers cite it.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from medchat.answering.answer import Citation
from medchat.errors import MedchatError
from medchat.storage.conversations import Conversation, StoredMessage


def markdown(conversation: Conversation, messages: Sequence[StoredMessage]) -> str:
    """Return a conversation as Markdown; citations keep the numbers they have in their answer."""
    lines = [f"# {conversation.title}", "", f"{_day(conversation.created)}", ""]
    for message in messages:
        if message.answer is None:
            lines += [f"**{_one_line(message.text)}**", ""]
            continue
        if message.answer.about:
            lines += [f"_{_one_line(message.answer.about)}_", ""]
        lines += [f"> **{alert.text}** ({alert.source})\n" for alert in message.answer.alerts]
        lines += [message.text, ""]
        lines += [
            f"- [{citation.n}] {citation.title}{_year(citation)}: “{_one_line(citation.quote)}”"
            for citation in message.answer.citations
        ]
        lines += [""] if message.answer.citations else []
        if message.answer.model.note:
            lines += [f"_{message.answer.model.note}_", ""]
    cited = bibliography(messages)
    if cited:
        lines += ["## Sources", ""]
        lines += [f"- {citation.title}{_year(citation)} ({citation.id})" for citation in cited]
        lines.append("")
    return "\n".join(lines)


def document(conversation: Conversation, messages: Sequence[StoredMessage]) -> dict[str, object]:
    """Return a conversation as plain values."""
    return {
        "id": conversation.id,
        "title": conversation.title,
        "created": conversation.created,
        "updated": conversation.updated,
        "messages": [
            {
                "id": message.id,
                "role": message.role,
                "text": message.text,
                "created": message.created,
                **({"answer": message.answer.document()} if message.answer else {}),
            }
            for message in messages
        ],
        "bibliography": [
            {"id": citation.id, "title": citation.title, "year": citation.year}
            for citation in bibliography(messages)
        ],
    }


def write(conversation: Conversation, messages: Sequence[StoredMessage], target: Path) -> None:
    """Write a conversation to a new file, as JSON where its name ends so, else as Markdown."""
    if target.exists():
        raise MedchatError(
            "The file exists already.", where=str(target), remedy="Name another one."
        )
    if target.suffix == ".json":
        text = json.dumps(document(conversation, messages), ensure_ascii=False, indent=2) + "\n"
    else:
        text = markdown(conversation, messages)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def bibliography(messages: Sequence[StoredMessage]) -> list[Citation]:
    """Return what the answers cite, each source once, in order of first use."""
    cited: dict[str, Citation] = {}
    for message in messages:
        for citation in message.answer.citations if message.answer else ():
            cited.setdefault(citation.id, citation)
    return list(cited.values())


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _year(citation: Citation) -> str:
    return f" ({citation.year})" if citation.year else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
