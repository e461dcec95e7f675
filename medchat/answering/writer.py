"""Open the model that turns a prompt into a draft; all are LangChain chat models.

    settings -> local model with the promoted adapter | an OpenAI-compatible server | none (quote)

`auto` is the local model where the adapter that ships is promoted, and none elsewhere.

What a writer drafts is trusted nowhere: `answer_check` holds every sentence against the evidence.
"""

import threading
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from finetune import adapters, mini
from finetune.bases import base_records, moved_base
from finetune.files import adapter_files
from finetune.inference.decoding import GREEDY, Decoding
from finetune.templates.rendering import Message
from medchat.answering.answer import Language, Model
from medchat.answering.prompts import PromptLimits
from medchat.answering.writing_threads import (
    Stopped,
    TimeLimits,
    WriterState,
    WritingThreads,
)
from medchat.errors import MedchatError, WriterStalled
from medchat.settings import Settings, without_password

if TYPE_CHECKING:
    import httpx2

    from finetune.inference.shared_batch import SharedBatch
    from finetune.model import Student

LONGEST = 200
"""A local answer has at most this many tokens."""

_LONGEST_DRAFT = 20_000
"""A server's answer is read up to this many characters."""

_SERVER_AT_ONCE = 8
"""A server is asked for this many answers at the same time."""

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
    threads: "WritingThreads[Any] | None" = None

    def warm_up(self) -> None:
        """Load a model of this machine now. Raises FinetuneError, or WriterStalled."""
        if isinstance(self.model, LocalWriter):
            self.model.warm_up()

    def state(self) -> WriterState:
        """Return whether a question would be written now, and how many wait."""
        if self.threads is None:
            return WriterState()
        state = self.threads.state()
        # a server loads nothing here
        return state if isinstance(self.model, LocalWriter) else replace(state, ready=True)

    def note(self, language: Language) -> str:
        """Return what a reader must know of the writer's limits."""
        return self.notes.get(language, "")


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A model of this machine, with the batch in which it writes; None where it cannot."""

    student: "Student"
    batch: "SharedBatch | None"


class LocalWriter(BaseChatModel):
    """A model on this machine with an adapter on it; it writes up to `at_once` answers together.

    One thread alone loads and runs it; whoever asks gets the pieces, in order of arrival.
    """

    base: str
    adapter: Path | None = None
    max_new_tokens: int = LONGEST
    at_once: int = 1
    decoding: Decoding = GREEDY
    time_limits: TimeLimits = TimeLimits()

    _threads: "WritingThreads[_Loaded]" = PrivateAttr()
    _counting: Any = PrivateAttr(default_factory=threading.Lock)
    _counter: Any = PrivateAttr(default=None)

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401
        """Prepare the thread; it begins with the first request."""
        load = partial(_load_student, self.base, self.adapter)
        self._threads = WritingThreads(load, self.time_limits, together=self.at_once)
        weakref.finalize(self, self._threads.close).atexit = False

    @property
    def _llm_type(self) -> str:
        return "medchat-local"

    @property
    def threads(self) -> "WritingThreads[_Loaded]":
        """Return what runs the model."""
        return self._threads

    def warm_up(self) -> None:
        """Load the model now. Raises FinetuneError where it cannot be loaded."""
        self._threads.load()

    def close(self) -> None:
        """End the model's thread; whoever waits is told."""
        self._threads.close()

    def fits(self, messages: Sequence[Message]) -> bool:
        """Say whether a prompt leaves room for an answer; beside what is being written."""
        from finetune import model
        from finetune.templates import rendering

        with self._counting:  # a tokenizer serves one thread at a time, so this is not the model's
            if self._counter is None:
                own = model.tokenizer(self.base, self.adapter)
                self._counter = own, model.context_of(self.base)
            tokenizer, context = self._counter
            room = context - len(rendering.prompt_ids(tokenizer, list(messages)))
        return bool(room >= min(self.max_new_tokens, context // 4))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Iterator[ChatGenerationChunk]:
        prompt, count, chosen = _plain(messages), self.max_new_tokens, self.decoding

        def work(loaded: _Loaded, stopped: Stopped) -> Iterator[str]:
            from finetune.inference import generation

            return generation.stream(
                loaded.student,
                prompt,
                count,
                decoding=chosen,
                stopped=stopped,
                batch=loaded.batch,
            )

        with closing(self._threads.stream(work)) as pieces:
            for piece in pieces:
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

    `adapter` is the name of a finished round, `base` for the bare model, and means the local
    writer; by default that takes the promoted one. Raises MedchatError or
    FinetuneError where there is no such thing.
    """
    wanted = writer or ("local" if adapter else settings.writer)
    if wanted == "auto":
        wanted = automatic(settings)
    if wanted == "quote":
        return Writer(None, Model("quote"), PromptLimits(sentences=2))
    if wanted == "local":
        return _local(settings, adapter)
    if not wanted.startswith(("http://", "https://")):
        raise MedchatError(
            f"There is no writer {wanted!r}.",
            where="--writer",
            remedy="Use auto, local, quote or the URL of an OpenAI-compatible server.",
        )
    if adapter:
        raise MedchatError(
            "An adapter belongs to the local writer.",
            where="--adapter",
            remedy="Leave out --adapter, or use --writer local.",
        )
    return _server(settings, wanted)


def automatic(settings: Settings) -> str:
    """Return local where the adapter that ships answers, and its base is there; else quote."""
    chosen = adapters.promoted(settings.home)
    if chosen is None or not adapter_files.is_shipped(chosen):
        return "quote"
    there = (one.name for one in base_records.list_bases(settings.home))
    return "local" if chosen.base in there else "quote"


def write(writer: Writer, messages: Sequence[Message]) -> Generator[str]:
    """Yield a draft piece by piece; closing the iterator stops the writer after its next piece.

    Raises MedchatError where a server does not answer as it should, and WriterStalled where the
    writer takes longer than it may.
    """
    if writer.model is None:
        return
    begun = False
    try:
        with closing(_pieces(writer, messages)) as pieces:
            for piece in pieces:
                text = piece if begun else piece.lstrip()
                begun = begun or bool(text)
                if text:
                    yield text
    except Exception as error:
        if isinstance(writer.model, LocalWriter) or not _is_servers_fault(error):
            raise
        if _is_timeout(error):
            raise WriterStalled(
                "The writing server does not answer in time.",
                where=writer.about.base,
                remedy="Ask again, raise writer_seconds, or use --writer quote.",
                status=1,
            ) from error
        raise MedchatError(
            f"The writing server does not answer: {_reason(error)}.",
            where=writer.about.base,
            remedy="Check the URL, the key and the model's name, or use --writer quote.",
            status=1,
        ) from error


def _pieces(writer: Writer, messages: Sequence[Message]) -> Generator[str]:
    """Yield what the writer writes; empty pieces are signs of life."""
    model = writer.model
    if model is None:
        return
    if isinstance(model, LocalWriter) or writer.threads is None:
        for chunk in model.stream(list(messages)):
            yield str(chunk.text)
        return

    def work(_: None, stopped: Stopped) -> Iterator[str]:
        _wanted.set(stopped)
        length = 0
        for chunk in model.stream(list(messages)):
            yield str(chunk.text)
            length += len(chunk.text)
            if stopped() or length > _LONGEST_DRAFT:
                return

    yield from writer.threads.stream(work)


def _local(settings: Settings, adapter: str | None) -> Writer:
    if adapter == "base":
        chosen = None
    elif adapter:
        chosen = adapters.named(settings.home, adapter, "--adapter")
    else:
        chosen = adapters.promoted(settings.home)
    base = chosen.base if chosen else settings.base
    folder = chosen.folder if chosen else None
    if chosen:
        opened = moved_base.base_of(settings.home, chosen, settings.base)
    else:
        opened = base_records.find(settings.home, base)
    model = LocalWriter(
        base=opened,
        adapter=folder,
        max_new_tokens=settings.writer_tokens,
        at_once=settings.writer_at_once,
        decoding=_decoding(settings),
        time_limits=_time_limits(settings),
    )
    return Writer(
        model,
        Model(base, chosen.name if chosen else None),
        PromptLimits(*_reach(model), model.fits),
        dict(mini.LIMITS) if base == "mini" else {},  # type: ignore[arg-type]
        threads=model.threads,
    )


def _load_student(base: str, adapter: Path | None) -> _Loaded:
    from finetune import model
    from finetune.inference import batch_state, decoding
    from finetune.inference.shared_batch import SharedBatch

    student = model.fused(model.load(base, adapter))
    if not batch_state.can_batch(student.model):
        return _Loaded(student, None)
    return _Loaded(student, SharedBatch(student, decoding.writing_precision(student)))


def _decoding(settings: Settings) -> Decoding:
    """Return how the local writer chooses tokens. Raises FinetuneError where it cannot be so."""
    return Decoding(
        temperature=settings.writer_temperature,
        top_k=settings.writer_top_k,
        top_p=settings.writer_top_p,
        beams=settings.writer_beams,
        repetition_penalty=settings.writer_repetition_penalty,
        no_repeat=settings.writer_no_repeat,
        lookup=settings.writer_lookup,
    )


def _time_limits(settings: Settings) -> TimeLimits:
    return TimeLimits(settings.writer_seconds, settings.writer_pause)


def _reach(model: LocalWriter) -> tuple[int, int]:
    from finetune.model import locate

    return (5, 2) if _context(locate(model.base)) < _SMALL else (8, 4)


def _context(folder: Path) -> int:
    """Return a model's context by its configuration, without loading the model."""
    import json

    values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return int(values.get("max_position_embeddings") or values.get("seq_length") or _SMALL)


_wanted: ContextVar[Stopped] = ContextVar("wanted")
"""Of the answer that this thread reads: whether nobody waits for it any more."""


def _server(settings: Settings, url: str) -> Writer:
    import httpx2
    from langchain_openai import ChatOpenAI
    from openai import DefaultHttpxClient

    where = url if urlsplit(url).path.strip("/") else f"{url}/v1"
    key = settings.writer_key.get_secret_value() or "none"
    limits = _time_limits(settings)
    # whoever asked is told first; the longer limit ends the thread that reads
    patience = httpx2.Timeout(limits.answer + 5, connect=min(15.0, limits.answer))
    model = ChatOpenAI(
        base_url=where,
        api_key=lambda: key,
        model=settings.writer_model,
        temperature=0,
        timeout=patience,
        max_retries=1,
        http_client=DefaultHttpxClient(
            timeout=patience, event_hooks={"response": [_cut_where_unwanted]}
        ),
    )
    return Writer(
        model,
        Model(f"{settings.writer_model} at {without_password(where)}"),
        remembers=True,
        threads=WritingThreads(_nothing, limits, at_once=_SERVER_AT_ONCE, spare=_SERVER_AT_ONCE),
    )


def _nothing() -> None:
    """Load what a server needs on this machine."""


def _cut_where_unwanted(response: "httpx2.Response") -> None:
    """Stop reading a response that nobody waits for, whatever the server goes on sending."""
    import httpx2

    class Cut(httpx2.SyncByteStream):
        def __init__(self, stream: httpx2.SyncByteStream, stopped: Stopped) -> None:
            self._stream, self._stopped = stream, stopped

        def __iter__(self) -> Iterator[bytes]:
            for part in self._stream:
                if self._stopped():
                    raise httpx2.ReadTimeout("nobody waits for this answer")
                yield part

        def close(self) -> None:
            self._stream.close()

    stream, stopped = response.stream, _wanted.get(None)
    if stopped is not None and isinstance(stream, httpx2.SyncByteStream):
        response.stream = Cut(stream, stopped)


def _plain(messages: Sequence[BaseMessage]) -> list[Message]:
    return [
        {"role": _ROLES.get(message.type, "user"), "content": str(message.text)}
        for message in messages
    ]


def _is_servers_fault(error: Exception) -> bool:
    from httpx2 import HTTPError
    from openai import OpenAIError

    # a ValueError is what reading an answer that is no answer ends in
    return isinstance(error, OpenAIError | HTTPError | ValueError)


def _is_timeout(error: Exception) -> bool:
    from httpx2 import TimeoutException
    from openai import APITimeoutError

    return isinstance(error, APITimeoutError | TimeoutException)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__


Open = Callable[[], Writer]
"""What makes a writer when one is first needed."""
