"""Open the model that turns a prompt into a draft; all are LangChain chat models.

    settings -> local model with the promoted adapter | an OpenAI-compatible server | none (quote)

What a writer drafts is trusted nowhere: `answer_check` holds every sentence against the evidence.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from finetune import adapters, mini
from finetune.rendering import Message
from medchat.answering.answer import Language, Model
from medchat.answering.prompts import PromptLimits
from medchat.errors import MedchatError
from medchat.settings import Settings, without_password

if TYPE_CHECKING:
    from finetune.model import Student

LONGEST = 200
"""A local answer has at most this many tokens."""

_SMALL = 2048
"""A model with a shorter context reads few, narrow pieces of evidence."""

_ROLES = {"human": "user", "ai": "assistant", "system": "system"}


@dataclass(frozen=True, slots=True)
class Writer:
    """A chat model with what a reader must know of it; without a model, answers are quotations."""

    model: BaseChatModel | None
    about: Model
    limits: PromptLimits = field(default_factory=PromptLimits)
    notes: dict[Language, str] = field(default_factory=dict)
    remembers: bool = False

    def note(self, language: Language) -> str:
        """Return what a reader must know of the writer's limits."""
        return self.notes.get(language, "")


class LocalWriter(BaseChatModel):
    """A model on this machine with an adapter on it; it writes one answer at a time."""

    base: str
    adapter: Path | None = None
    max_new_tokens: int = LONGEST

    _student: "Student | None" = PrivateAttr(default=None)
    _turn: Any = PrivateAttr(default_factory=threading.RLock)

    @property
    def _llm_type(self) -> str:
        return "medchat-local"

    def student(self) -> "Student":
        """Return the loaded model; the first call loads it."""
        from finetune import model

        with self._turn:
            if self._student is None:
                self._student = model.load(self.base, self.adapter)
            return self._student

    def fits(self, messages: Sequence[Message]) -> bool:
        """Say whether a prompt leaves room for an answer."""
        from finetune import rendering

        student = self.student()
        room = student.context - len(rendering.prompt_ids(student.tokenizer, list(messages)))
        return room >= min(self.max_new_tokens, student.context // 4)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Iterator[ChatGenerationChunk]:
        from finetune import evaluate

        with self._turn:
            student = self.student()
            for piece in evaluate.stream(student, _plain(messages), self.max_new_tokens):
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=piece))
                if run_manager:
                    run_manager.on_llm_new_token(piece, chunk=chunk)
                yield chunk
            # an answer may be empty, but LangChain takes a stream without a chunk for a fault
            yield ChatGenerationChunk(message=AIMessageChunk(content=""))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> ChatResult:
        pieces = self._stream(messages, stop, run_manager, **kwargs)
        text = "".join(str(piece.message.content) for piece in pieces)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text.rstrip()))])


def open_writer(
    settings: Settings, writer: str | None = None, adapter: str | None = None
) -> Writer:
    """Return the writer that the settings name, or the one named here.

    `adapter` is the name of a finished round, `base` for the bare model; by default the promoted
    one. Raises MedchatError or FinetuneError where there is no such thing.
    """
    wanted = writer or settings.writer
    if wanted == "quote":
        return Writer(None, Model("quote"), PromptLimits(sentences=2))
    if wanted == "local":
        return _local(settings, adapter)
    if not wanted.startswith(("http://", "https://")):
        raise MedchatError(
            f"There is no writer {wanted!r}.",
            where="--writer",
            remedy="Use local, quote or the URL of an OpenAI-compatible server.",
        )
    if adapter:
        raise MedchatError(
            "An adapter belongs to the local writer.",
            where="--adapter",
            remedy="Leave out --adapter, or use --writer local.",
        )
    return _server(settings, wanted)


def write(writer: Writer, messages: Sequence[Message]) -> Iterator[str]:
    """Yield a draft piece by piece.

    Raises MedchatError where a server does not answer as it should.
    """
    if writer.model is None:
        return
    begun = False
    try:
        for chunk in writer.model.stream(list(messages)):
            text = str(chunk.text) if begun else str(chunk.text).lstrip()
            begun = begun or bool(text)
            if text:
                yield text
    except Exception as error:
        if isinstance(writer.model, LocalWriter) or not _is_servers_fault(error):
            raise
        raise MedchatError(
            f"The writing server does not answer: {_reason(error)}.",
            where=writer.about.base,
            remedy="Check the URL, the key and the model's name, or use --writer quote.",
            status=1,
        ) from error


def _local(settings: Settings, adapter: str | None) -> Writer:
    if adapter == "base":
        chosen = None
    elif adapter:
        chosen = adapters.named(settings.home, adapter)
    else:
        chosen = adapters.promoted(settings.home)
    base = chosen.base if chosen else settings.base
    model = LocalWriter(base=base, adapter=chosen.folder if chosen else None)
    return Writer(
        model,
        Model(base, chosen.name if chosen else None),
        PromptLimits(*_reach(model), model.fits),
        dict(mini.LIMITS) if base == "mini" else {},  # type: ignore[arg-type]
    )


def _reach(model: LocalWriter) -> tuple[int, int]:
    from finetune.model import locate

    return (5, 2) if _context(locate(model.base)) < _SMALL else (8, 4)


def _context(folder: Path) -> int:
    """Return a model's context by its configuration, without loading the model."""
    import json

    values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return int(values.get("max_position_embeddings") or values.get("seq_length") or _SMALL)


def _server(settings: Settings, url: str) -> Writer:
    from langchain_openai import ChatOpenAI

    where = url if urlsplit(url).path.strip("/") else f"{url}/v1"
    key = settings.writer_key.get_secret_value() or "none"
    model = ChatOpenAI(
        base_url=where,
        api_key=lambda: key,
        model=settings.writer_model,
        temperature=0,
        timeout=120,
        max_retries=1,
    )
    return Writer(
        model, Model(f"{settings.writer_model} at {without_password(where)}"), remembers=True
    )


def _plain(messages: Sequence[BaseMessage]) -> list[Message]:
    return [
        {"role": _ROLES.get(message.type, "user"), "content": str(message.text)}
        for message in messages
    ]


def _is_servers_fault(error: Exception) -> bool:
    from httpx import HTTPError
    from openai import OpenAIError

    # a ValueError is what reading an answer that is no answer ends in
    return isinstance(error, OpenAIError | HTTPError | ValueError)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__


Open = Callable[[], Writer]
"""What makes a writer when one is first needed."""
