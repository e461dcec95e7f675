"""The story of one turn.

    question -> understand -> retrieve -> prompt -> write -> check -> record

A draft is never shown as an answer before the check; what cannot be carried by evidence is left
out, and where nothing is found the answer says so.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy import Engine

from finetune.rendering import NOT_COVERED, Message
from knowledge.search.query_parser import parse_query as take_apart
from knowledge.search.searcher import Search, open_search
from knowledge.text.citations import uncited
from knowledge.text.sentence_support import FindEntities
from knowledge.text.sentences import join_sentences
from knowledge.text.text_features import letters
from medchat.answering import answer_check, prompts, relevance
from medchat.answering.answer import Answer, Evidence, Language, Model, Sentence
from medchat.answering.answer_check import Checked
from medchat.answering.retriever import KnowledgeRetriever, embedding_of, evidence_of
from medchat.answering.understanding import Asked, understand, widened
from medchat.answering.writer import LocalWriter, Writer, open_writer, write
from medchat.errors import MedchatError
from medchat.settings import Settings
from medchat.storage import conversations

QUOTED = 3
"""An answer by quotation holds at most this many pieces."""

NEAREST = 3
"""An abstention names at most this many sources."""

LONGEST = 4000
"""A question has at most this many characters."""

_TURNS = 6
"""How many earlier questions are looked at for what a follow-up leaves out."""

SAID: dict[str, dict[Language, str]] = {
    "nothing": {
        "en": "The knowledge base does not cover this question.",
        "zh": "知识库没有涉及这个问题的内容。",
    },
    "nearest": {"en": "The nearest sources it holds:", "zh": "其中最接近的资料："},
    "foreign": {
        "en": "The knowledge base holds only Chinese evidence on this; it says:",
        "zh": "知识库中关于此问题只有英文资料，原文如下：",
    },
    "general": {
        "en": "The evidence found does not speak of {patients}; it holds in general:",
        "zh": "查到的资料没有专门涉及{patients}，以下为一般情况：",
    },
    "beside": {
        "en": "The evidence found does not speak of “{words}”; on the subject it says:",
        "zh": "查到的资料没有提到“{words}”，与主题有关的内容如下：",
    },
}
PATIENTS: dict[str, dict[Language, str]] = {
    "pregnancy": {"en": "pregnancy", "zh": "妊娠"},
    "breastfeeding": {"en": "breastfeeding", "zh": "哺乳"},
    "children": {"en": "children", "zh": "儿童"},
}


@dataclass(frozen=True, slots=True)
class Status:
    """What is being done now: understand, retrieve, write or check."""

    step: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the draft as it is written; the answer may leave it out."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The answer, checked and recorded."""

    answer: Answer


Event = Status | Piece | Done


@dataclass(slots=True)
class _Clock:
    """Seconds of each step."""

    began: float = field(default_factory=time.perf_counter)
    last: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=dict)

    def lap(self, step: str) -> None:
        """Book the time since the last lap on a step."""
        now = time.perf_counter()
        self.seconds[step] = self.seconds.get(step, 0.0) + now - self.last
        self.last = now

    def mark(self, moment: str) -> None:
        """Book the time since the beginning on a moment."""
        self.seconds[moment] = time.perf_counter() - self.began

    def total(self) -> dict[str, float]:
        """Return the seconds of all steps, and of the whole turn."""
        return {**self.seconds, "total": time.perf_counter() - self.began}


@dataclass(frozen=True, slots=True)
class Chat:
    """Answers from the current generation; it keeps nothing between turns but what is recorded."""

    settings: Settings
    engine: Engine
    writer: Writer

    def ask(self, question: str, conversation: str | None = None, *, log: bool = True) -> Answer:
        """Answer one question; a new conversation begins where none is given."""
        for event in self.stream(question, conversation, log=log):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a turn ends with Done")

    def stream(
        self, question: str, conversation: str | None = None, *, log: bool = True
    ) -> Iterator[Event]:
        """Answer one question, telling what is done and drafted on the way."""
        question = _clean(question)
        clock = _Clock()
        yield Status("understand")
        search = self.search()
        find = search.linker.find
        earlier = self._earlier(conversation)
        asked = understand(question, _questions(earlier), partial(take_apart, linker=search.linker))
        clock.lap("understand")

        yield Status("retrieve")
        asked, found, relevant = self._retrieve(search, asked)
        if not relevant and (newer := self.search()) is not search:
            # What was being read may have been collected: what came after it is asked instead.
            search, find = newer, newer.linker.find
            asked, found, relevant = self._retrieve(search, asked)
        pieces = prompts.pick(relevant, asked, self.writer.limits, find)
        clock.lap("retrieve")

        checked = None
        if pieces:
            checked = yield from self._answered(asked, pieces, earlier, find, clock)
            checked = _with_limits(checked, asked, pieces)
        answer = _answer(
            asked, checked, pieces or found, self._model(asked, checked), search, clock
        )
        yield Done(self._recorded(question, answer, conversation) if log else answer)

    def warm_up(self) -> None:
        """Load the index and the models now, so that the first question does not wait for them."""
        self.search().find("warm up", 1)
        if isinstance(self.writer.model, LocalWriter):
            self.writer.model.student()

    def search(self) -> Search:
        """Return the current generation; one that is open already is used again."""
        return open_search(self.engine, self.settings.home, embedding_of(self.settings))

    def _earlier(self, conversation: str | None) -> list[conversations.Message]:
        if conversation is None:
            return []
        return conversations.messages(
            self.engine, conversations.conversation(self.engine, conversation).id
        )

    def _retrieve(
        self, search: Search, asked: Asked
    ) -> tuple[Asked, list[Evidence], list[Evidence]]:
        """Look in the question's language, and in both where nothing there answers.

        Where nothing is known of "acute gout", what is known of gout answers.
        Returns the question as the evidence understands it, what was found, and what of it answers.
        """
        found: list[Evidence] = []
        wider = widened(asked, partial(take_apart, linker=search.linker))
        for question in (asked, wider) if wider else (asked,):
            for language in (asked.language, None):
                retriever = KnowledgeRetriever(
                    search=search, top=self.settings.top, language=language
                )
                found = evidence_of(retriever.invoke(question.question)) or found
                understood = relevance.about(question, found)
                relevant = relevance.relevant(found, understood, search.linker.find)
                if relevant:
                    return understood, found, relevant
        return understood, found, []

    def _answered(
        self,
        asked: Asked,
        pieces: list[Evidence],
        earlier: Sequence[conversations.Message],
        find: FindEntities,
        clock: _Clock,
    ) -> Generator[Event, None, Checked | None]:
        """Return the checked draft, or a quotation, or None where the writer finds no answer."""
        limits = self.writer.limits
        foreign = pieces[0].language != asked.language
        if self.writer.model is None or foreign:
            # the words of two languages cannot be compared, so only a quotation is sure to be right
            return _quotation(pieces, asked, find, foreign=foreign)
        yield Status("write")
        history = _history(earlier) if self.writer.remembers else []
        messages, read = prompts.compose(asked, pieces, limits, history)
        if not limits.fits(messages):
            return _quotation(pieces, asked, find)
        draft = ""
        for piece in write(self.writer, messages):
            if not draft:
                clock.mark("first_token")
            draft += piece
            yield Piece(piece)
        clock.lap("write")

        yield Status("check")
        keep = self.settings.unsupported == "mark"
        checked = answer_check.check(draft, read, find, keep_unsupported=keep)
        clock.lap("check")
        # the mini model declines too readily: what was found relevant before is quoted all the same
        return _settled(draft, checked, read, asked, find, trusted=self.writer.about.base != "mini")

    def _model(self, asked: Asked, checked: Checked | None) -> Model:
        """Return who wrote the answer: the writer, or nobody where evidence speaks for itself."""
        if checked is None or checked.verbatim:
            return replace(self.writer.about, note="")
        return replace(self.writer.about, note=self.writer.note(asked.language))

    def _recorded(self, question: str, answer: Answer, conversation: str | None) -> Answer:
        conversation, message = conversations.add(self.engine, conversation, question, answer)
        return replace(answer, conversation=conversation, message=message)


def open_chat(
    settings: Settings,
    *,
    writer: str | None = None,
    adapter: str | None = None,
    engine: Engine | None = None,
) -> Chat:
    """Open the database and the writer; models are loaded when they are first needed.

    Raises MedchatError, KnowledgeError or FinetuneError where one of them is not there.
    """
    from medchat.storage.database import open_engine

    return Chat(settings, engine or open_engine(settings), open_writer(settings, writer, adapter))


def _settled(
    draft: str,
    checked: Checked,
    read: Sequence[Evidence],
    asked: Asked,
    find: FindEntities,
    *,
    trusted: bool,
) -> Checked | None:
    """Decide between the checked draft, a quotation and an abstention.

    A small writer may say that the very facts asked for are not there, or pass them over: they
    are quoted all the same. Lists that it wrote down in part are told whole, and the best passage
    is quoted beside them.
    """
    exact = [piece for piece in read if relevance.is_exact(piece, asked, find)]
    if not trusted:  # a list of medicines is the answer where treatments as such are not told
        exact = exact or [piece for piece in read if relevance.accompanies(piece, asked)]
    declined = letters(uncited(draft).strip()) in map(letters, NOT_COVERED.values())
    if declined:
        return _quotation(read, asked, find) if exact or not trusted else None
    if not checked.sentences:
        return _quotation(read, asked, find)
    used = {citation.id for citation in checked.citations}
    if exact and not any(piece.id in used for piece in exact):
        return _quotation(read, asked, find)
    cited = [piece for piece in read if piece.kind == "fact" and piece.id in used]
    filled = answer_check.fill_in(checked, exact if trusted else cited)
    told = _told(read, asked, find)
    listed = all(citation.kind == "fact" for citation in filled.citations)
    if trusted or not (exact and told and listed):
        return filled
    return answer_check.beside(filled, told)


def _quotation(
    pieces: Sequence[Evidence], asked: Asked, find: FindEntities, *, foreign: bool = False
) -> Checked:
    """Quote the very facts asked for and the best passage beside them, else what was found best."""
    chosen = list(pieces[:QUOTED])
    exact = [piece for piece in pieces if relevance.is_exact(piece, asked, find)]
    facts = [p for p in pieces if p in exact or relevance.accompanies(p, asked)]
    if facts:
        told = _told(pieces, asked, find)
        chosen = facts[:QUOTED] + ([told] if told else [])
    quoted = answer_check.quoted(chosen)
    return _prefaced(quoted, SAID["foreign"][asked.language]) if foreign else quoted


def _told(pieces: Sequence[Evidence], asked: Asked, find: FindEntities) -> Evidence | None:
    """Return the best passage to quote beside a list, which names what but not when or how much.

    Its text must be one on the very subject, as its title says.
    """
    passages = (piece for piece in pieces if piece.kind == "passage")
    return next((piece for piece in passages if relevance.in_title(piece, asked, find)), None)


def _with_limits(checked: Checked | None, asked: Asked, read: Sequence[Evidence]) -> Checked | None:
    """Say so where what is cited speaks of none of the patients, or of the words, asked about."""
    if checked is None:
        return None
    cited = "\n".join(f"{citation.title}\n{citation.quote}" for citation in checked.citations)
    missed = [who for who in relevance.patients(asked) if not relevance.speaks_of(cited, who)]
    if missed:
        joint = "、" if asked.language == "zh" else " or "
        named = joint.join(PATIENTS[who][asked.language] for who in missed)
        return _prefaced(checked, SAID["general"][asked.language].format(patients=named))
    words = relevance.unspoken(asked, cited)
    in_its_language = all(piece.language == asked.language for piece in read)
    if not words or not in_its_language:
        return checked
    return _prefaced(checked, SAID["beside"][asked.language].format(words=words))


def _prefaced(checked: Checked, text: str) -> Checked:
    preface = Sentence(text, (), "none", 0.0)
    return replace(checked, sentences=(preface, *checked.sentences))


def _answer(
    asked: Asked,
    checked: Checked | None,
    read: Sequence[Evidence],
    model: Model,
    search: Search,
    clock: _Clock,
) -> Answer:
    abstained = checked is None
    checked = checked or _abstention(asked, read[:NEAREST])
    return Answer(
        text=checked.text,
        language=asked.language,
        sentences=checked.sentences,
        citations=checked.citations,
        abstained=abstained,
        model=model,
        generation=search.generation,
        evidence=tuple(piece.id for piece in read),
        seconds=clock.total(),
    )


def _abstention(asked: Asked, nearest: Sequence[Evidence]) -> Checked:
    sentences = [Sentence(SAID["nothing"][asked.language], (), "none", 0.0)]
    if nearest:
        separator, stop = ("；", "。") if asked.language == "zh" else ("; ", ".")
        named = separator.join(
            f"{piece.title.rstrip('.。')} [{number}]" for number, piece in enumerate(nearest, 1)
        )
        text = join_sentences([SAID["nearest"][asked.language], named + stop])
        numbers = tuple(range(1, len(nearest) + 1))
        sentences.append(Sentence(text, numbers, "none", 0.0))
    return Checked(tuple(sentences), answer_check.citations_of(nearest))


def _questions(earlier: Sequence[conversations.Message]) -> list[str]:
    return [message.text for message in earlier if message.role == "user"][-_TURNS:]


def _history(earlier: Sequence[conversations.Message]) -> list[Message]:
    return [{"role": message.role, "content": message.text} for message in earlier[-_TURNS:]]


def _clean(question: str) -> str:
    """Remove what no database and no model takes; refuse an empty question."""
    text = question.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
    if not text:
        raise MedchatError("The question is empty.", where="QUESTION", remedy="Write a question.")
    if len(text) > LONGEST:
        raise MedchatError(
            f"The question has {len(text):,} characters, more than {LONGEST:,}.",
            where="QUESTION",
            remedy="Ask a shorter one.",
        )
    return text
