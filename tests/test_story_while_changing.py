"""Answers while the base changes: several threads ask, another process adds, retracts, rolls back.

Every answer must come out of one generation, the one that it names, and out of none older than the
last that was acknowledged before it was asked for.
"""

import multiprocessing
import random
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from toy_home import scripted
from toy_knowledge import ToyEmbedding

from knowledge.graph.catalog import DocumentRow, FactRow, PassageRow, connect, holds
from knowledge.index import generations
from knowledge.index.garbage_collection import collect
from knowledge.ingest import updates
from knowledge.search.hits import Hit
from knowledge.search.searcher import Search
from medchat.answering.answer import Answer
from medchat.storage import conversations

CHANGES = 48
ASKING = 4
QUESTIONS = (
    "What is the dose of zorvane?",
    "What is the dose of zorvane in renal failure?",
    "What are the symptoms of zorvanosis?",
    "What is the dose of quillimab?",
)


@dataclass(frozen=True)
class Made:
    """A generation as the process that made it tells of it, and when it was acknowledged."""

    number: int
    passages: frozenset[str]
    facts: frozenset[str]
    retracted: frozenset[str]
    acknowledged: float


@dataclass
class Heard:
    """What one thread was told: each answer between the moments of asking and of its end."""

    answers: list[tuple[float, Answer, float]] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)


class Changes:
    """The changes of a base, one after the other, drawn by chance."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home = home
        self.engine = connect(f"sqlite:///{home / 'medchat.db'}")
        self.folder = home.parent / "incoming"
        self.folder.mkdir(exist_ok=True)
        self.draw = random.Random(seed)
        self.edition = 0
        self.graph = ""
        self.retracted: frozenset[str] = frozenset()

    def begin(self) -> Made:
        self._graph()
        self._articles()
        return self.write_edition()

    def next(self) -> Made:
        kinds = (
            self.write_edition,
            self._articles,
            self._retract,
            self._rollback,
            self._gc,
            self._graph,
        )
        chosen: Callable[[], Made] = self.draw.choices(kinds, (6, 2, 3, 3, 4, 2))[0]
        return chosen()

    def write_edition(self) -> Made:
        """Add a new edition of two notes at once; no answer may cite two editions."""
        self.edition += 1
        said = f"edition {self.edition}"
        for key, text in (
            ("dose", f"The dose of zorvane is {self.edition} mg a day, says {said}."),
            ("renal", f"The dose of zorvane in renal failure is a half of it, says {said}."),
        ):
            self._write(f"{key}.md", f"note:{key}", f"Zorvane, {key}", text)
        return self._add("dose.md", "renal.md")

    def _articles(self) -> Made:
        """Add three articles on one medicine, of which some will be retracted."""
        names = []
        for _ in range(3):
            self.edition += 1
            names.append(f"article{self.edition}.md")
            trial = f"The dose of quillimab was {self.edition} mg in trial number {self.edition}."
            self._write(names[-1], f"art:{self.edition}", f"Quillimab, {self.edition}", trial)
        return self._add(*names)

    def _graph(self) -> Made:
        """Put another graph in the place of the one before: one condition, another symptom."""
        self.edition += 1
        path = self.folder / f"graph{self.edition}.yaml"
        path.write_text(
            f"format: medchat-records\ntitle: Graph {self.edition}\nlicence: CC0-1.0\nrecords:\n"
            f"- kind: condition\n  en: [Zorvanosis]\n  symptom: [fever, rash{self.edition}]\n"
        )
        return self._add(path.name)

    def _retract(self) -> Made:
        live = sorted(each for each in self._documents() if each.startswith("art:"))
        if len(live) < 2:
            return self._articles()
        gone = self.draw.choice(live)
        updates.retract(self.engine, self.home, [gone])
        self.retracted |= {gone}
        return self._made()

    def _rollback(self) -> Made:
        number = self.draw.choice(generations.on_disk(self.home)[-3:])
        generations.rollback(self.engine, self.home, number, ToyEmbedding())
        return self._made()

    def _gc(self) -> Made:
        collect(self.engine, self.home, keep=self.draw.choice((1, 1, 2)))
        return self._made()

    def _write(self, name: str, key: str, title: str, text: str) -> None:
        (self.folder / name).write_text(f"---\nkey: {key}\ntitle: {title}\n---\n{text}\n")

    def _add(self, *names: str) -> Made:
        paths = [self.folder / name for name in names]
        updates.add(self.engine, self.home, paths, embedding=ToyEmbedding())
        return self._made()

    def _documents(self) -> set[str]:
        number = generations.current(self.home) or 0
        query = select(DocumentRow.id).where(
            holds(DocumentRow, number), DocumentRow.retracted.is_(False)
        )
        with self.engine.connect() as connection:
            return set(connection.scalars(query))

    def _made(self) -> Made:
        acknowledged = time.monotonic()
        number = generations.current(self.home) or 0
        passages = select(PassageRow.id).join(DocumentRow).where(holds(DocumentRow, number))
        facts = select(FactRow.id).where(holds(FactRow, number))
        with self.engine.connect() as connection:
            return Made(
                number,
                frozenset(connection.scalars(passages)),
                frozenset(connection.scalars(facts)),
                self.retracted,
                acknowledged,
            )


def _change(home: Path, seed: int, told: Connection) -> None:
    """Begin a base, then change it, and tell of each generation made; what a process does."""
    changes = Changes(home, seed)
    told.send(changes.begin())
    told.recv()  # the threads ask
    for _ in range(CHANGES):
        told.send(changes.next())
    told.send(None)


@pytest.fixture
def changing(home: Path, engine: Engine) -> Iterator[Connection]:
    """Start the process that changes the base; its first generation is there."""
    conversations.StorageBase.metadata.create_all(engine)
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_change, args=(home, 5, there))
    process.start()
    there.close()
    yield here
    process.join(60)
    assert process.exitcode == 0


def test_no_answer_fails_or_mixes_generations_while_they_change(
    engine: Engine, changing: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedding = ToyEmbedding()
    monkeypatch.setattr("medchat.chat.embedding_of", lambda settings: embedding)
    made: list[Made] = [changing.recv()]
    stop = threading.Event()
    heard = [Heard() for _ in range(ASKING)]
    threads = [threading.Thread(target=_ask, args=(engine, each, stop)) for each in heard]
    for thread in threads:
        thread.start()
    changing.send("go")
    while (told := changing.recv()) is not None:
        made.append(told)
    stop.set()
    for thread in threads:
        thread.join()

    assert not [note for each in heard for error in each.failures for note in error.__notes__]
    answers = [answer for each in heard for answer in each.answers]
    assert len(answers) > ASKING  # how many more hangs on the machine
    assert len({answer.generation for _, answer, _ in answers}) > 2
    for begun, answer, _ in answers:
        _check(begun, answer, made)
    # what was looked for was there to be found
    cited = {
        citation.id.partition(":")[0] for _, answer, _ in answers for citation in answer.citations
    }
    assert cited == {"note", "art", "condition"}


def _ask(engine: Engine, heard: Heard, stop: threading.Event) -> None:
    """Ask again and again, each question in turn, as the readers of a server do."""
    chat = scripted(engine, [])
    turn = 0
    while not stop.is_set():
        begun = time.monotonic()
        try:
            answer = chat.ask(QUESTIONS[turn % len(QUESTIONS)])
        except BaseException as error:
            error.add_note(traceback.format_exc())
            heard.failures.append(error)
            return
        heard.answers.append((begun, answer, time.monotonic()))
        turn += 1


def _check(begun: float, answer: Answer, made: list[Made]) -> None:
    """Check one answer against what the process that made its generation told of it."""
    assert not answer.abstained, "each generation answers each question"
    known = next((each for each in made if each.number == answer.generation), None)
    assert known is not None, f"nobody acknowledged generation {answer.generation}"
    before = [each for each in made if each.acknowledged <= begun]
    assert answer.generation >= max(each.number for each in before)
    retracted = {id for each in before for id in each.retracted}
    for citation in answer.citations:
        if citation.kind == "passage":
            assert citation.id in known.passages
            assert citation.id.rpartition("#")[0] not in retracted
        else:
            assert set(citation.facts) <= known.facts


def test_what_is_collected_while_it_is_read_is_asked_of_the_next_generation(
    engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversations.StorageBase.metadata.create_all(engine)
    embedding = ToyEmbedding()
    monkeypatch.setattr("medchat.chat.embedding_of", lambda settings: embedding)
    changes = Changes(home, 1)
    changes.begin()
    find, taken = Search.find, []

    def finding(search: Search, *args: Any, **named: Any) -> list[Hit]:
        if not taken:
            changes.write_edition()
            collect(engine, home, keep=1)
            taken.append(generations.newest(engine))
        return find(search, *args, **named)

    monkeypatch.setattr(Search, "find", finding)
    answer = scripted(engine, []).ask("What is the dose of zorvane?")
    assert not answer.abstained and answer.generation == taken[0]
    assert "edition 6" in answer.text
