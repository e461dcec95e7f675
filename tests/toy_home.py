"""A small home: a handful of facts, two notes, and a writer that says what it is told to."""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from sqlalchemy import Engine

from knowledge.ingest import updates
from medchat.answering.answer import Model
from medchat.answering.writer import Writer
from medchat.chat import Chat
from medchat.settings import load
from medchat.storage import database

RECORDS = """\
format: medchat-records
title: A handful of records
licence: CC0-1.0
source: Written for the tests.
records:
- kind: condition
  en: [Type 2 diabetes, T2DM]
  zh: [2型糖尿病]
  symptom: ["thirst = 口渴", "fatigue = 乏力"]
  first_line: ["metformin = 二甲双胍"]
  complication: ["retinopathy = 视网膜病变"]
  prevention: ["Weight loss lowers the risk. = 减重可降低风险。"]
- kind: condition
  en: [Gout]
  zh: [痛风]
  symptom: ["joint pain = 关节痛"]
  cause: ["urate crystals = 尿酸盐结晶"]
- kind: medicine
  en: [metformin]
  zh: [二甲双胍]
  side_effect: ["nausea = 恶心", "lactic acidosis = 乳酸酸中毒"]
  contraindication: ["severe renal impairment = 严重肾功能不全"]
"""
NOTE = """\
---
key: note:metformin:en
title: Metformin and the kidney
language: en
year: 2026
type: note
---
## Safety
Metformin is contraindicated when eGFR is below 30. Metformin should be paused before iodinated \
contrast when eGFR is below 60. Nobody should stop metformin for a mild cold.

## Monitoring
Renal function is checked at least once a year on metformin.
"""


class Scripted(BaseChatModel):
    """Says its lines, one a turn, and keeps what it was asked."""

    says: list[str]
    heard: list[list[BaseMessage]] = []

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages, stop=None, run_manager=None, **kwargs: Any) -> ChatResult:
        message = AIMessage("".join(self._next(messages)))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self, messages, stop=None, run_manager=None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        for word in [*self._next(messages), ""]:
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))

    def _next(self, messages: list[BaseMessage]) -> list[str]:
        self.heard.append(messages)
        return [letter for letter in self.says[min(len(self.heard), len(self.says)) - 1]]


def fill(engine: Engine, home: Path) -> None:
    """Add the records and the note to a home's knowledge base, without vectors."""
    folder = home.parent / "sources"
    folder.mkdir(exist_ok=True)
    (folder / "records.yaml").write_text(RECORDS, encoding="utf-8")
    (folder / "note.md").write_text(NOTE, encoding="utf-8")
    updates.add(engine, home, [folder])


def open_filled(home: Path) -> Engine:
    """Return the engine of a home that is filled, as a copy of one that was filled before."""
    shutil.copytree(_filled(), home, dirs_exist_ok=True)
    return database.open_engine(load())


@functools.cache
def _filled() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="medchat-toy-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = database.open_engine(load(home=str(folder / "home")))
    fill(engine, folder / "home")
    engine.dispose()
    return folder / "home"


def scripted(engine: Engine, says: Sequence[str], **about: Any) -> Chat:
    """Return a chat whose writer says these lines; without lines, one that quotes."""
    model = Scripted(says=list(says), heard=[]) if says else None
    writer = Writer(model, Model("scripted" if says else "quote"), **about)
    return Chat(load(), engine, writer)
