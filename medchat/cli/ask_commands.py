"""The commands `medchat ask`, for one question or a file of them, and `medchat chat`.

question -> chat -> answer as lines or as one JSON document
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medchat.cli import output, startup
from medchat.cli.options import Adapter, GoOn, Json, NoLog, Patient, Writer
from medchat.errors import MedchatError

if TYPE_CHECKING:
    from medchat.answering.answer import Answer, Citation, Language
    from medchat.answering.patient_state import PatientState
    from medchat.chat import Chat

_STEPS = {
    "understand": "Reading the question…",
    "retrieve": "Looking for evidence…",
    "write": "Writing…",
    "check": "Checking each sentence…",
}
_ABOUT = {"en": "About: {known}", "zh": "患者：{known}"}
_PARTS = {
    "en": {
        "action": "What to do: ",
        "caution": "Cautions: ",
        "escalation": "When to escalate: ",
        "evidence": "Evidence: ",
    },
    "zh": {
        "action": "处理：",
        "caution": "注意：",
        "escalation": "何时升级处理：",
        "evidence": "依据：",
    },
}


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.command(epilog='Example: medchat ask "What are the first-line treatments for asthma?"')(
        ask
    )
    parent.command(epilog="Example: medchat chat --writer quote")(chat)


def ask(
    question: Annotated[str, typer.Argument(help="The question, in English or Chinese.")] = "",
    questions: Annotated[
        Path | None,
        typer.Option(help='A file of {"id", "question"} lines to answer, one JSON line each.'),
    ] = None,
    adapter: Adapter = None,
    writer: Writer = None,
    no_log: NoLog = False,
    go_on: GoOn = False,
    patient: Patient = None,
    as_json: Json = False,
) -> None:
    """Answer one question from the evidence, or every question of a file (which is not logged)."""
    from medchat.chat import open_chat

    settings = startup.settings()
    batch = _questions(question, questions)
    opened = open_chat(settings, writer=writer, adapter=adapter)
    card = _card(opened, patient)
    if questions is not None:
        _answer_batch(opened, batch, card)
        return
    latest = _latest(opened) if go_on else None
    answer = opened.ask(question, latest, log=not no_log, card=card)
    output.show(answer.document(), _answer_lines(answer), as_json=as_json)


def chat(
    adapter: Adapter = None,
    writer: Writer = None,
    no_log: NoLog = False,
    go_on: GoOn = False,
    patient: Patient = None,
) -> None:
    """Ask question after question at the terminal; an empty line or Ctrl+D ends it."""
    from medchat.chat import open_chat

    opened = open_chat(startup.settings(), writer=writer, adapter=adapter)
    card = _card(opened, patient)
    _converse(opened, _latest(opened) if go_on else None, card, log=not no_log)


def _card(chat: "Chat", path: Path | None) -> "PatientState | None":
    """Return what a patient card tells, and say what of it was read."""
    if path is None:
        return None
    from medchat.answering.patient.patient_card import read_card

    card = read_card(path, chat.search().linker.find)
    output.note(card.note("en"))
    return card.state


def _questions(question: str, path: Path | None) -> list[tuple[object, str]]:
    """Return the questions of a file with their ids; refuse a file beside a question, or neither.

    The whole file is read before the first answer: one wrong line refuses all of it.
    """
    if bool(question.strip()) == (path is not None):
        raise MedchatError(
            "Give a question, or a file of them with --questions, and not both.",
            where="medchat ask",
            remedy='For example: medchat ask "What causes gout?"',
        )
    return _read_questions(path) if path is not None else []


def _read_questions(path: Path) -> list[tuple[object, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MedchatError(
            "The file of questions cannot be read.",
            where=str(path),
            remedy='Write one {"id": …, "question": …} a line, in UTF-8.',
        ) from error
    return [
        _read_question(line, f"{path}, line {number}")
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip()
    ]


def _read_question(line: str, where: str) -> tuple[object, str]:
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


def _answer_batch(
    chat: "Chat", batch: list[tuple[object, str]], card: "PatientState | None"
) -> None:
    for id, question in batch:
        document = chat.ask(question, log=False, card=card).document()
        output.say(output.as_text({"id": id, **document}))


def _latest(chat: "Chat") -> str | None:
    """Return the id of the conversation used last, if there is one."""
    from medchat.storage import conversations

    found = conversations.conversations(chat.engine, limit=1)
    return found[0].id if found else None


def _converse(
    chat: "Chat", conversation: str | None, card: "PatientState | None", *, log: bool
) -> None:
    """Ask and answer at the terminal until an empty line or the end of input."""
    while True:
        try:
            question = input("> ").strip()
        except EOFError:
            return
        if not question:
            return
        answer = _answer_with_steps(chat, question, conversation, card, log=log)
        conversation, card = answer.conversation, None if log else answer.patient
        for line in _answer_lines(answer):
            output.say(line)
        output.say()


def _answer_with_steps(
    chat: "Chat",
    question: str,
    conversation: str | None,
    card: "PatientState | None",
    *,
    log: bool,
) -> "Answer":
    """Answer one question and name each step on stderr as it begins."""
    from medchat.chat import Done, Status

    for event in chat.stream(question, conversation, log=log, card=card):
        if isinstance(event, Status):
            output.note(_STEPS[event.step])
        elif isinstance(event, Done):
            return event.answer
    raise AssertionError("a turn ends with Done")


def _answer_lines(answer: "Answer") -> Iterator[str]:
    """Yield an answer, its sources with what they say, and the limits of what wrote it."""
    if answer.about:
        yield _ABOUT[answer.language].format(known=answer.about)
        yield ""
    alerts = answer.unsaid_alerts()
    for alert in alerts:
        yield f"! {alert.text} ({alert.source})"
    if alerts:
        yield ""
    yield from _paragraphs(answer)
    if answer.citations:
        yield ""
    for citation in answer.citations:
        yield f"[{citation.n}] {citation.title}{_dated(citation, answer.language)} · {citation.id}"
        yield f"    “{' '.join(citation.quote.split())}”"
    if answer.model.note:
        yield ""
        yield answer.model.note


def _paragraphs(answer: "Answer") -> Iterator[str]:
    """Yield the parts of an answer, each but the first under its label."""
    from knowledge.text.sentences import join_sentences

    for place, (part, sentences) in enumerate(answer.paragraphs()):
        label = _PARTS[answer.language].get(part, "") if place else ""
        yield label + join_sentences(sentence.text for sentence in sentences)


def _dated(citation: "Citation", language: "Language") -> str:
    """Return the year of a citation and its kind of evidence, as far as they are known."""
    from knowledge.text.study_designs import name_of_kind

    kind = name_of_kind(citation.type, language)
    said = ("，" if language == "zh" else ", ").join(filter(None, (str(citation.year or ""), kind)))
    return f" ({said})" if said else ""
