"""List verdicts on answers, and write what a curator approved as data for training.

    verdicts -> list -> approve -> preference rows (prompt, chosen, rejected, why) | data set rows

Only approved feedback is written.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, aliased

from knowledge.datasets.filtering import Candidate
from knowledge.datasets.imports import imported_rows
from knowledge.datasets.imports.dialogue_formats import ImportedDialogue
from knowledge.text.citations import uncited
from medchat.errors import MedchatError
from medchat.storage.conversations import FeedbackRow, MessageRow

OWN = "own conversations"
"""What stands for a licence on rows from this installation's own store."""


@dataclass(frozen=True, slots=True)
class FeedbackEntry:
    """One verdict with the question and the answer that it is about."""

    id: str
    verdict: str
    reason: str
    correction: str
    approved: bool | None
    created: float
    question: str
    answer: str
    message: str


def list_feedback(
    engine: Engine, *, approved: bool | None = None, limit: int = 200
) -> list[FeedbackEntry]:
    """Return feedback, newest first: all of it, or what was (not) approved."""
    asked = aliased(MessageRow)
    query = (
        select(FeedbackRow, MessageRow.text, asked.text)
        .join(MessageRow, MessageRow.id == FeedbackRow.message_id)
        .join(
            asked,
            (asked.conversation_id == MessageRow.conversation_id)
            & (asked.position == MessageRow.position - 1),
        )
        .order_by(FeedbackRow.created.desc(), FeedbackRow.id)
        .limit(limit)
    )
    if approved is not None:
        query = query.where(FeedbackRow.approved.is_(approved))
    with Session(engine) as session:
        return [
            FeedbackEntry(
                row.id,
                row.verdict,
                row.reason,
                row.correction,
                row.approved,
                row.created,
                question,
                answer,
                row.message_id,
            )
            for row, answer, question in session.execute(query)
        ]


def preferences(engine: Engine) -> Iterator[dict[str, str]]:
    """Yield approved corrections as preference rows: the correction is better than the answer."""
    for entry in list_feedback(engine, approved=True, limit=1_000_000):
        if entry.verdict == "down" and entry.correction:
            yield {
                "prompt": entry.question,
                "chosen": entry.correction,
                "rejected": entry.answer,
                "why": entry.reason,
            }


def approved_rows(engine: Engine) -> Iterator[Candidate]:
    """Yield what was approved as rows of a data set: answers found good, and corrections.

    Nothing proves them; the row says of which feedback it is.
    """
    for entry in list_feedback(engine, approved=True, limit=1_000_000):
        answer = entry.correction or (entry.answer if entry.verdict == "up" else "")
        if answer:
            talk = ImportedDialogue(((entry.question, uncited(answer)),), "feedback")
            row = imported_rows.to_lesson(talk, "feedback", 0, OWN)
            yield replace(row, meta={**row.meta, "feedback": entry.id}), ""


def export(engine: Engine, target: Path) -> int:
    """Write the preference rows to a new JSON Lines file, and return how many."""
    if target.exists():
        raise MedchatError(
            "The file exists already.", where=str(target), remedy="Name another one."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = list(preferences(engine))
    part = target.with_name(target.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    part.replace(target)
    return len(rows)
