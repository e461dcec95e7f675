"""A web chat over a toy: a real database and real pages, answers from a script of ten lines.

    PYTHONPATH=. python tests/toy_chat.py HOME PORT    serves it (a real home: the real chat)

Used by the browser tests, and by whoever works on the look of the page.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from knowledge.graph import catalog
from medchat.answering.answer import Answer, Citation, Model, Sentence
from medchat.answering.patient.card_parts import Card
from medchat.answering.patient.patient_card import parse_card
from medchat.answering.patient.patient_wording import about
from medchat.answering.patient_state import PatientState
from medchat.answering.writer import Writer
from medchat.chat import Done, DraftPiece, Event, Status
from medchat.service import ChatService
from medchat.storage import conversations

CHECKOUT = Path(__file__).resolve().parent.parent

_VECTORS = (
    "<script>window.hit=1</script>", "<img src=x onerror=window.hit=1>",
    "<svg onload=window.hit=1></svg>", "<svg><script>window.hit=1</script></svg>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>", "<body onload=window.hit=1>",
    "<a href=javascript:window.hit=1>x</a>", "[x](javascript:window.hit=1)",
    "![x](https://evil.example/x.png)", "<https://evil.example>", "<math><mi//xlink:href='data:x'>",
    "<details open ontoggle=window.hit=1>", "<input autofocus onfocus=window.hit=1>",
    "<object data='data:text/html,<script>parent.hit=1</script>'></object>",
    "<style>@import 'https://evil.example/x.css';</style>", "<form action=//evil.example><button>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content='0;//evil.example'>",
    "<video><source onerror=window.hit=1></video>", "<link rel=stylesheet href=//evil.example>",
    "${window.hit=1}", "{{constructor.constructor('window.hit=1')()}}", "`window.hit=1`",
    "$$\\href{javascript:window.hit=1}{x}$$", "```mermaid\nclick A window.hit=1\n```",
    "<x/onclick=window.hit=1 style=position:fixed;inset:0>",
)  # fmt: skip
PAYLOADS = tuple(
    before + vector + after
    for before, after in (("", ""), ('">', '<"'), ("'>", "<'"), ("</mark></article>", "<!--"))
    for vector in _VECTORS
)
"""Attempts to run a script, to reach another machine or to break out of the page."""

HOSTILE = " ".join(PAYLOADS)
HOSTILE_TITLE = " ".join(PAYLOADS[:40])
TEXT = (
    "Initial treatment of type 2 diabetes\n\nStart with lifestyle advice at diagnosis. "
    "Metformin is the usual first-line medicine in adults with type 2 diabetes who tolerate it. "
    "Raise the dose slowly over several weeks to limit nausea and diarrhoea. Check renal function "
    "before the first dose and at least once a year. Where there is heart failure or chronic "
    "kidney disease, add an SGLT2 inhibitor early, whatever the HbA1c."
)
QUOTE = "Metformin is the usual first-line medicine in adults with type 2 diabetes who tolerate it."
ZH_TEXT = (
    "2型糖尿病的初始治疗\n\n诊断后即开始生活方式干预。二甲双胍是多数2型糖尿病成人患者的一线药物。"
    "应在数周内逐渐加量，以减少恶心和腹泻。首次用药前及之后每年至少检查一次肾功能。"
)
ZH_QUOTE = "二甲双胍是多数2型糖尿病成人患者的一线药物。"
FACT = "Type 2 diabetes — first-line treatment: metformin; lifestyle change."
NOTE = (
    "Written by a small demonstration model that can only copy from the evidence. "
    "It may leave out what matters."
)


def seed(home: Path) -> Engine:
    """Make a home with two documents, one hostile one and a fact."""
    engine = catalog.connect(f"sqlite:///{home / 'medchat.db'}")
    catalog.CatalogBase.metadata.create_all(engine)
    conversations.StorageBase.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        if session.get(catalog.SourceRow, "s1"):
            return engine
        session.add(
            catalog.SourceRow(
                id="s1", title="Evidence notes", format="markdown", licence="CC0-1.0",
                sha256="0" * 64, created=0.0, since=1,
            )
        )  # fmt: skip
        session.add(catalog.GenerationRow(number=1, created=0.0, cause="toy"))
        session.flush()
        for id, title, language, text in (
            ("note:t2d", "Type 2 diabetes: first-line treatment", "en", TEXT),
            ("note:t2d-zh", "2型糖尿病：一线治疗", "zh", ZH_TEXT),
            ("note:hostile", HOSTILE_TITLE, "en", "Title\n\n" + HOSTILE),
        ):
            session.add(
                catalog.DocumentRow(
                    id=id, source_id="s1", title=title, language=language, text=text, year=2024,
                    type="evidence note", journal="", sha256=id.ljust(64, "0"), since=1,
                )
            )  # fmt: skip
            session.flush()
            begin = text.index("\n\n") + 2
            session.add(
                catalog.PassageRow(
                    id=f"{id}#1", document_id=id, start=begin, end=len(text),
                    section="Initial treatment" if language == "en" else "初始治疗",
                    language=language,
                )
            )  # fmt: skip
        session.add(catalog.EntityRow(id="condition:t2d", kind="condition", since=1))
        session.flush()
        session.add(
            catalog.FactRow(
                id="f1", subject_id="condition:t2d", relation="first_line", value_en="metformin",
                since=1,
            )
        )  # fmt: skip
        session.flush()
        session.add(catalog.FactSourceRow(fact_id="f1", source_id="s1"))
    (home / "knowledge").mkdir(exist_ok=True)
    (home / "knowledge" / "CURRENT").write_text("gen-000001\n")
    return engine


def cited(n: int, id: str, title: str, text: str, quote: str) -> Citation:
    """Cite a quotation of a passage, or a fact, by where it stands."""
    if id == "condition:t2d#first_line":
        return Citation(n, "fact", id, title, None, quote, 0, len(quote), ("f1",))
    start = text[text.index("\n\n") + 2 :].index(quote)
    return Citation(n, "passage", id, title, 2024, quote, start, start + len(quote))


def answer_to(question: str) -> Answer:
    """Return the toy's answer: to hostile questions, unknown things, Chinese, and all else."""
    writer = Model("mini", "mini-2", NOTE)
    seconds = {"total": 1.24}
    if "hostile" in question:
        hit = cited(1, "note:hostile#1", HOSTILE_TITLE, "Title\n\n" + HOSTILE, HOSTILE)
        told = Sentence(f"{HOSTILE} [1]", (1,), "supported", 1.0)
        return Answer(told.text, "en", (told,), (hit,), False, writer, 1, seconds=seconds)
    if "unicorn" in question:
        near = cited(1, "note:t2d#1", "Type 2 diabetes: first-line treatment", TEXT, QUOTE)
        said = Sentence("The knowledge base does not cover this question.", (), "none", 0.0)
        return Answer(said.text, "en", (said,), (near,), True, writer, 1, seconds=seconds)
    if any("一" <= letter <= "鿿" for letter in question):
        one = cited(1, "note:t2d-zh#1", "2型糖尿病：一线治疗", ZH_TEXT, ZH_QUOTE)
        told = Sentence("二甲双胍是多数2型糖尿病成人患者的一线药物[1]。", (1,), "supported", 1.0)
        more = Sentence("首次用药前应检查肾功能[1]。", (1,), "supported", 0.9)
        note = Model("mini", "mini-2", "由小型演示模型撰写，它只会照抄资料，可能遗漏要点。")
        text = told.text + more.text
        return Answer(text, "zh", (told, more), (one,), False, note, 1, seconds=seconds)
    one = cited(1, "note:t2d#1", "Type 2 diabetes: first-line treatment", TEXT, QUOTE)
    two = cited(2, "condition:t2d#first_line", "Type 2 diabetes", "", FACT)
    sentences = (
        Sentence(f"{QUOTE[:-1]} [1].", (1,), "supported", 1.0),
        Sentence("Lifestyle change goes with it from the start [2].", (2,), "supported", 0.9),
        Sentence("Cinnamon is an alternative.", (), "unsupported", 0.1),
    )
    text = " ".join(sentence.text for sentence in sentences)
    return Answer(text, "en", sentences, (one, two), False, writer, 1, seconds=seconds)


class ToyChat:
    """Answers from `answer_to`, in steps and pieces as the real chat does, and records."""

    writer = Writer(None, Model("mini", "mini-2", NOTE))

    def __init__(self, engine: Engine, pause: float = 0.05) -> None:
        self.engine, self.pause = engine, pause

    def read_card(self, content: bytes) -> Card:
        """Read a card without names of a base."""
        return parse_card(content, "patient card", lambda text: [])

    def stream(
        self, question: str, conversation: str | None = None, *, card: PatientState | None = None
    ) -> Iterator[Event]:
        """Answer one question slowly enough to be watched."""
        for step in ("understand", "retrieve", "write"):
            yield Status(step)
            time.sleep(self.pause)
        if "explode" in question:
            raise ZeroDivisionError(question)
        answer = answer_to(question)
        if card is not None:
            answer = replace(answer, patient=card, about=about(card, answer.language))
        pause = self.pause * (4 if "slow" in question else 1)
        words = answer.text.split(" ") * (50 if "endless" in question else 1)
        for word in words:
            yield DraftPiece(word + " ")
            time.sleep(pause)
        yield Status("check")
        time.sleep(self.pause)
        held, message = conversations.add(self.engine, conversation, question, answer)
        yield Done(replace(answer, conversation=held, message=message))


@dataclass(frozen=True)
class Served:
    """A toy that is being served."""

    url: str
    home: Path
    engine: Engine


@contextmanager
def serve_toy(home: Path) -> Iterator[Served]:
    """Serve the toy in a process of its own while the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    log = home / "server.log"
    with log.open("w") as written:
        server = subprocess.Popen(
            [sys.executable, __file__, str(home), str(port)],
            stdout=written,
            stderr=written,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},  # tests/knowledge is no package
        )
    try:
        _wait_for(url, server, log)
        engine = catalog.connect(f"sqlite:///{home / 'medchat.db'}")
        yield Served(url, home, engine)
        engine.dispose()
    finally:
        server.kill()
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert server.poll() is None, log.read_text()
        try:
            if httpx.get(f"{url}/health").json()["ready"]:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


def main(home: Path, port: int) -> None:
    """Serve a home on a loopback port: with the real chat where it is one, else the toy."""
    import uvicorn

    from medchat.settings import load
    from medchat.web import create_app

    settings = load(home=str(home), writer="quote")
    service = None
    if not (home / "knowledge" / "gen-000001").is_dir():
        engine = seed(home)
        service = ChatService(engine, home, lambda: ToyChat(engine))
    uvicorn.run(
        create_app(settings, service=service), host="127.0.0.1", port=port, log_level="warning"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
