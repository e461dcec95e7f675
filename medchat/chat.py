"""Answer one question from evidence, and record the answer: the steps of one turn.

    question -> screen -> understand -> lead -> retrieve -> write -> check -> choose -> record

Emergencies are named before anything is searched, and what needs no search is answered without one.
What is worked out (a calculation, a medication check) leads. A draft is never shown as an answer
before the check. What no evidence carries is left out, and where nothing is found the answer says
so.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Engine

from finetune.templates.rendering import Message
from knowledge.search.searcher import Search, open_search
from knowledge.text.names import language_of
from medchat.answering import answer_check, prompts
from medchat.answering.answer import Answer, Evidence, Language, Model, Sentence
from medchat.answering.answer_check import CheckedAnswer
from medchat.answering.answer_choice import (
    Draft,
    abstain,
    choose_answer,
    quote,
    stalled_note,
    state_limits,
)
from medchat.answering.answer_parts import join_parts
from medchat.answering.calculation.calculator import answers_with_number, calculation
from medchat.answering.comparison import comparison
from medchat.answering.differential.differential import differential
from medchat.answering.leads import Lead, Step, Turn, lead
from medchat.answering.listed_items import name_listed
from medchat.answering.lookup import Retrieved, find_retracted, look, look_up_emergency
from medchat.answering.medication.medicine_lists import list_medicines
from medchat.answering.medication.step import check_answer, check_medication
from medchat.answering.medication.treatment_choice import choose_treatment
from medchat.answering.patient.card_parts import Card
from medchat.answering.patient.corrections import whole_words
from medchat.answering.patient.patient_card import parse_card
from medchat.answering.patient.patient_reading import read_message
from medchat.answering.patient.steps import about, acknowledge, say_changes
from medchat.answering.patient_state import PatientState
from medchat.answering.readings import tell_readings
from medchat.answering.retriever import embedding_of
from medchat.answering.screening import alerts
from medchat.answering.screening.private_details import PrivateDetails, find_private
from medchat.answering.screening.rules import Opening
from medchat.answering.screening.screen import Screening, screen
from medchat.answering.screening.titles import title
from medchat.answering.tool_calls import ToolContext, Used, add_results, use_tools
from medchat.answering.understanding import Question, understand_question
from medchat.answering.writer import Writer, open_writer, write
from medchat.errors import MedchatError, WriterStalled
from medchat.settings import Settings
from medchat.storage import conversations
from medchat.storage.conversations import StoredMessage
from medchat.turn_timer import TurnTimer

LONGEST = 4000
"""A question has at most this many characters."""

_DRAFTS = 3
"""A writer may ask for results so many times, less one, before it answers."""

_TURNS = 6
"""How many earlier messages are looked at for what a follow-up leaves out."""


@dataclass(frozen=True, slots=True)
class Status:
    """The step that begins now: understand, retrieve, write or check."""

    step: str


@dataclass(frozen=True, slots=True)
class DraftPiece:
    """A piece of the draft as it is written; the answer may leave it out."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The answer, checked and recorded."""

    answer: Answer


Event = Status | DraftPiece | Done

_OF_EVERY_KIND = ("How is gout treated?", "感冒发烧怎么办？")
"""Questions that load what is loaded once, in both languages."""

_STEPS: tuple[Step, ...] = (
    say_changes,
    choose_treatment,
    list_medicines,
    calculation,
    check_medication,
    comparison,
    differential,
    acknowledge,
)
"""What is worked out before anything is looked up, in this order."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Chat:
    """Answers from the current generation; between turns it keeps only what is recorded."""

    settings: Settings
    engine: Engine
    writer: Writer

    def ask(
        self,
        question: str,
        conversation: str | None = None,
        *,
        log: bool = True,
        card: PatientState | None = None,
    ) -> Answer:
        """Answer one question; a new conversation begins where none is given."""
        for event in self.stream(question, conversation, log=log, card=card):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a turn ends with Done")

    def stream(
        self,
        question: str,
        conversation: str | None = None,
        *,
        log: bool = True,
        card: PatientState | None = None,
    ) -> Iterator[Event]:
        """Answer one question, yielding each step and the draft on the way.

        A `card` takes the place of what the conversation has told of its patient.
        """
        question = _cleaned(question)
        timer = TurnTimer()

        yield Status("understand")
        earlier = self._earlier_messages(conversation)
        language = language_of(question)
        private = find_private(question, language)
        question = private.searched
        screened = screen(question, _questions(earlier), language)
        timer.lap("screen")
        last = _last_answer(earlier)
        before = card or (last.patient if last else PatientState())
        calculated = last.calculations if last else ()
        if screened.opening is not None and not answers_with_number(question, calculated):
            answer = replace(self._reply(screened.opening, language, timer), patient=before)
            urged = alerts.alerts(screened, language, self.settings)
            answer = replace(answer, alerts=(*urged, *alerts.privacy(private.kinds, language)))
            yield Done(self._recorded(private, answer, conversation) if log else answer)
            return

        search = self.search()
        listed = name_listed(question, last, search.parse, search.linker.find)
        question = listed.text if listed is not None else question
        read = read_message(search.read(whole_words(question)), before, search.linker.find)
        asked = understand_question(question, _questions(earlier), search.parse, read.state)
        asked = asked if listed is None else asked.reading_as(listed.written, listed.name)
        if asked.readings and not screened.names_one:  # "chst pian" is chest pain
            screened = screen(asked.question, _questions(earlier), language)
        urgent = screened.names_one and not (asked.relations and asked.mentions)
        timer.lap("understand")

        said_before = tuple(_questions(earlier)), calculated
        turn = Turn(question, language, asked, read.state, search, urgent, read, *said_before)
        led = lead(turn, _STEPS)
        timer.lap("lead")
        if led.complete and not (led.beside_papers or led.told_of):
            answer = self._led(asked, led, search, timer)
        else:
            yield Status("retrieve")
            retrieved = self._retrieve(search, asked, screened, urgent=urgent)
            if led.told_of:
                retrieved = retrieved.beside_treatment(led.told_of)
            elif led.complete:
                retrieved = retrieved.only_papers()
            answer = yield from self._answer_from(retrieved, led, turn, earlier, timer)
        named = () if led.complete else check_answer(answer, read.state, search, led.alerts)
        urged = alerts.alerts(screened, language, self.settings)
        answer = replace(answer, calculations=(*led.calculations, *answer.calculations))
        answer = replace(
            tell_readings(answer, asked),
            alerts=(*urged, *led.alerts, *named, *alerts.privacy(private.kinds, language)),
            patient=read.state,
            about=about(read.state, language, search),
        )
        yield Done(self._recorded(private, answer, conversation) if log else answer)

    def warm_up(self) -> None:
        """Load the index, its model, rules and tables now: no question waits for them."""
        quoting = replace(self, writer=open_writer(self.settings, "quote"))
        for question in _OF_EVERY_KIND:
            quoting.ask(question, log=False)

    def search(self) -> Search:
        """Return the search over the current generation; one that is open is used again."""
        return open_search(self.engine, self.settings.home, embedding_of(self.settings))

    def read_card(self, content: bytes) -> Card:
        """Return what a patient card tells: YAML or JSON, or a FHIR R4 bundle."""
        return parse_card(content, "patient card", self.search().linker.find)

    def _earlier_messages(self, conversation: str | None) -> list[StoredMessage]:
        if conversation is None:
            return []
        id = conversations.conversation(self.engine, conversation).id
        return conversations.messages(self.engine, id)

    def _retrieve(
        self, search: Search, asked: Question, screened: Screening, *, urgent: bool
    ) -> Retrieved:
        """Look for what answers; once more in the newest generation, where nothing does.

        A generation may be collected while it is read: the one that came after it has all. Of an
        emergency the treatment is looked up, where a message asks for nothing that is answered.
        """
        treatment = alerts.treatment_question(screened, asked.language)
        if urgent:
            return look_up_emergency(search, treatment, asked, self.settings.top)
        retrieved = look(search, asked, self.settings.top)
        if not retrieved.relevant and (newer := self.search()) is not search:
            retrieved = look(newer, retrieved.asked, self.settings.top)
        if not retrieved.relevant and treatment is not None:
            return look_up_emergency(search, treatment, asked, self.settings.top)
        return retrieved

    def _answer_from(
        self,
        retrieved: Retrieved,
        led: Lead,
        turn: Turn,
        earlier: Sequence[StoredMessage],
        timer: TurnTimer,
    ) -> Generator[Event, None, Answer]:
        """Return the answer that what was found gives, after what leads."""
        retrieved = retrieved.of_known({id for e in turn.patient.conditions for id in e.entities})
        asked, find = retrieved.asked, retrieved.search.linker.find
        evidence = prompts.select_pieces(retrieved.relevant, asked, self.writer.limits, find)
        timer.lap("retrieve")

        checked, stalled = None, False
        if evidence:
            try:
                checked = yield from self._written(retrieved, evidence, turn, earlier, timer)
            except WriterStalled:
                checked, stalled = quote(evidence, asked, find), True
                timer.lap("write")
        if checked is not None and not led.told_of:
            checked = state_limits(checked, asked, evidence, retrieved.retracted, retrieved.unheld)
        if led.told is not None:
            checked = join_parts([led.told, checked] if checked else [led.told])

        told = _say_alone(asked.language) if turn.urgent and checked is None else checked
        answer = self._answer(retrieved, told, evidence, timer)
        if stalled:
            answer = replace(answer, model=Model("quote", note=stalled_note(asked)))
        return answer

    def _led(self, asked: Question, led: Lead, search: Search, timer: TurnTimer) -> Answer:
        """Return what was worked out as the whole answer."""
        told = led.told or CheckedAnswer((), ())
        return Answer(
            text=told.text,
            language=asked.language,
            sentences=told.sentences,
            citations=told.citations,
            abstained=False,
            model=Model("rules"),
            generation=search.generation,
            evidence=tuple(citation.id for citation in told.citations),
            seconds=timer.total(),
        )

    def _written(
        self,
        retrieved: Retrieved,
        evidence: list[Evidence],
        turn: Turn,
        earlier: Sequence[StoredMessage],
        timer: TurnTimer,
    ) -> Generator[Event, None, CheckedAnswer | None]:
        """Return the checked draft, or a quotation, or None where the writer finds no answer."""
        asked, find = retrieved.asked, retrieved.search.linker.find
        foreign = evidence[0].language != asked.language
        if self.writer.model is None or foreign:
            # the words of two languages cannot be compared, so only a quotation is sure to be right
            return quote(evidence, asked, find, foreign=foreign)

        yield Status("write")
        history = _history(earlier) if self.writer.remembers else []
        limits, tools = self.writer.limits, self.writer.remembers
        messages, given = prompts.compose_messages(asked, evidence, limits, history, tools=tools)
        if not limits.fits(messages):
            return quote(evidence, asked, find)
        context = ToolContext(asked, turn, tuple(given))
        used = Used("")
        for _ in range(_DRAFTS):
            text = yield from self._draft(messages, timer)
            more = use_tools(text, context)
            used = used.add(more)
            if more.rest.strip() or not more.answers:
                break
            messages = prompts.bring_results(messages, text, more.answers)
        given = [*given, *used.evidence]

        yield Status("check")
        keep = self.settings.unsupported == "mark"
        exact = partial(retrieved.search.linker.find, correct=False)  # no name is read into another
        checked = answer_check.check_draft(
            used.rest, given, exact, keep_unsupported=keep, tell_again=True
        )
        timer.lap("check")
        reads_well = self.writer.about.base != "mini"
        return add_results(
            choose_answer(Draft(used.rest, checked, given, reads_well), asked, find), used
        )

    def _draft(self, messages: Sequence[Message], timer: TurnTimer) -> Generator[Event, None, str]:
        """Return a draft, telling its pieces as they come."""
        text = ""
        with closing(write(self.writer, messages)) as pieces:
            for piece in pieces:
                if "first_token" not in timer.seconds:
                    timer.mark("first_token")
                text += piece
                yield DraftPiece(piece)
        timer.lap("write")
        return text

    def _answer(
        self,
        retrieved: Retrieved,
        checked: CheckedAnswer | None,
        evidence: Sequence[Evidence],
        timer: TurnTimer,
    ) -> Answer:
        """Return what was chosen as an answer; where that is nothing, an abstention."""
        asked, read = retrieved.asked, evidence or retrieved.found
        gone = retrieved.retracted
        if checked is None and not gone:
            gone = tuple(find_retracted(retrieved.search, asked, self.settings.top))
        shown = checked or abstain(asked, read, gone)
        return Answer(
            text=shown.text,
            language=asked.language,
            sentences=shown.sentences,
            citations=shown.citations,
            abstained=checked is None,
            model=self._model(asked, checked),
            generation=retrieved.search.generation,
            evidence=tuple(piece.id for piece in read),
            seconds=timer.total(),
            dropped=shown.dropped,
            calculations=shown.calculations,
        )

    def _reply(self, opening: Opening, language: Language, timer: TurnTimer) -> Answer:
        """Return the fixed reply to a message that is answered without a search."""
        said = alerts.reply(opening, language, self.settings)
        return Answer(
            text=said,
            language=language,
            sentences=(Sentence(said, (), "none", 0.0),),
            citations=(),
            abstained=False,
            model=Model("reply"),
            generation=None,
            seconds=timer.total(),
        )

    def _model(self, asked: Question, checked: CheckedAnswer | None) -> Model:
        """Return who wrote the answer; the writer's limits concern only what it wrote itself."""
        wrote = checked is not None and not checked.verbatim
        return replace(self.writer.about, note=self.writer.note(asked.language) if wrote else "")

    def _recorded(self, asked: PrivateDetails, answer: Answer, conversation: str | None) -> Answer:
        begun = title(asked.searched, answer.language, fixed=answer.model.base == "reply")
        conversation, message = conversations.add(
            self.engine, conversation, asked.recorded, answer, begun
        )
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


def _say_alone(language: Language) -> CheckedAnswer:
    return CheckedAnswer((Sentence(alerts.alone(language), (), "none", 0.0),), ())


def _last_answer(earlier: Sequence[StoredMessage]) -> Answer | None:
    """Return the last answer, which tells what was known of the patient and worked out."""
    return next((each.answer for each in reversed(earlier) if each.answer is not None), None)


def _questions(earlier: Sequence[StoredMessage]) -> list[str]:
    return [message.text for message in earlier if message.role == "user"][-_TURNS:]


def _history(earlier: Sequence[StoredMessage]) -> list[Message]:
    return [{"role": message.role, "content": message.text} for message in earlier[-_TURNS:]]


def _cleaned(question: str) -> str:
    """Remove what no database and no model takes; refuse an empty question, and a long one."""
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
