"""Define an answer with its sentences, its citations and the evidence behind them.

    chat -> Answer -> store, command line, web

`Answer.document()` is the shape that people script against.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from knowledge.text import citations
from knowledge.text.citations import Marker
from knowledge.text.scripts import fold_script
from medchat.answering.patient_state import PatientState

Language = Literal["en", "zh"]
Support = Literal["supported", "unsupported", "none"]
AlertKind = Literal[
    "emergency",
    "privacy",
    "interaction",
    "duplicate",
    "allergy",
    "contraindication",
    "pregnancy",
    "breastfeeding",
    "age",
    "kidney",
    "liver",
    "dose",
]
Severity = Literal["critical", "serious", "caution", "info"]
Part = Literal["", "answer", "action", "caution", "escalation", "evidence", "candidate", "note"]
"""Parts of an answer in their order; what belongs to none, such as a preface, has an empty one.

A candidate is one condition of a differential, a note says what an answer is."""

_SUPPORT: dict[str, Support] = {
    "supported": "supported",
    "unsupported": "unsupported",
    "none": "none",
}
_KINDS: dict[str, AlertKind] = {kind: kind for kind in get_args(AlertKind)}
_PARTS: dict[str, Part] = {part: part for part in get_args(Part)}
_SEVERITIES: dict[str, Severity] = {severity: severity for severity in get_args(Severity)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence: `text` as the knowledge base holds it, and the part that is quoted.

    A passage's `text` is the whole passage; a fact's is its line. `subject` and `relation` are
    known for facts only; `context` are words that say what the text is about, such as its title,
    `section` the name of a part of a document and `cosine` how near it is in meaning. `asked` says
    that the question is about this very document, of which the part that answers is cut out.
    """

    kind: Literal["passage", "fact"]
    id: str
    title: str
    text: str
    start: int
    end: int
    language: Language
    year: int | None = None
    type: str = ""
    score: float = 0.0
    facts: tuple[str, ...] = ()
    subject: str = ""
    relation: str = ""
    context: str = ""
    section: str = ""
    cosine: float = 0.0
    asked: bool = False

    @property
    def quote(self) -> str:
        """Return the part of the text that is shown and cited."""
        return self.text[self.start : self.end]

    @property
    def reading(self) -> str:
        """Return what says what the piece is about, and its text, in simplified characters."""
        return fold_script(f"{self.context}\n{self.text}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer with the numbers that it cites and how well they carry it.

    `part` is the part of the answer to which it belongs.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    score: float
    part: Part = ""

    @classmethod
    def of(cls, document: Mapping[str, object]) -> "Sentence":
        """Return the sentence that a stored document describes."""
        numbers, score = document["citations"], document["score"]
        return cls(
            text=str(document["text"]),
            citations=tuple(int(n) for n in numbers) if isinstance(numbers, list) else (),
            support=_SUPPORT[str(document["support"])],
            score=float(score) if isinstance(score, int | float) else 0.0,
            part=_PARTS.get(str(document.get("part", "")), ""),
        )

    def markers(self) -> list[Marker]:
        """Return the citation markers in the text, in order."""
        return citations.markers(self.text)

    def uncited(self) -> str:
        """Return the text without its citation markers."""
        return citations.uncited(self.text)


@dataclass(frozen=True, slots=True)
class Citation:
    """One numbered citation; `quote` is exactly the evidence's text from `start` to `end`.

    `type` is the kind of evidence that a passage is ("randomized controlled trial"), where its
    source or its words say so; it is told with an answer and not recorded.
    """

    n: int
    kind: Literal["passage", "fact"]
    id: str
    title: str
    year: int | None
    quote: str
    start: int
    end: int
    facts: tuple[str, ...] = ()
    type: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning that stands before an answer, with what it is founded on.

    `critical` is an emergency, `serious` says avoid, `caution` take care; `info` is said as well.
    """

    kind: AlertKind
    severity: Severity
    text: str
    source: str

    @classmethod
    def of(cls, document: Mapping[str, object]) -> "Alert":
        """Return the alert that a stored document describes."""
        kind, severity = str(document["kind"]), str(document["severity"])
        return cls(
            _KINDS.get(kind, "emergency"),
            _SEVERITIES.get(severity, "critical"),
            str(document["text"]),
            str(document["source"]),
        )


@dataclass(frozen=True, slots=True)
class CalculationResult:
    """What a calculator gave: a formula's name, its inputs as they are read, result and meaning.

    Where inputs are missing, or beyond what the formula holds for, `result` is empty.
    """

    name: str
    inputs: tuple[tuple[str, str], ...]
    formula: str = ""
    result: str = ""
    band: str = ""
    source: str = ""
    missing: tuple[str, ...] = ()
    refused: str = ""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "CalculationResult":
        """Return the calculation that a stored document describes."""
        inputs = tuple((str(name), str(value)) for name, value in document["inputs"])
        return cls(**{**document, "inputs": inputs, "missing": tuple(document["missing"])})


@dataclass(frozen=True, slots=True)
class Model:
    """What wrote the answer, and what a reader must know of its limits."""

    base: str
    adapter: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, every sentence with its support; `evidence` are the ids that were read.

    `alerts` stand before it: they are said whatever the knowledge base holds. `patient` is what was
    known of the patient after this turn, `about` says it in a line; `dropped` counts the sentences
    that the check left out.
    """

    text: str
    language: Language
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    abstained: bool
    model: Model
    generation: int | None
    evidence: tuple[str, ...] = ()
    conversation: str | None = None
    message: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()
    calculations: tuple[CalculationResult, ...] = ()
    patient: PatientState = PatientState()
    about: str = ""
    dropped: int = 0

    def unsaid_alerts(self) -> tuple[Alert, ...]:
        """Return the alerts that the text of the answer does not say itself."""
        said = citations.uncited(self.text)
        return tuple(alert for alert in self.alerts if alert.text.rstrip(".。") not in said)

    def paragraphs(self) -> list[tuple[Part, tuple[Sentence, ...]]]:
        """Return the sentences by the parts of the answer; a preface stands with what follows.

        Each candidate stands alone.
        """
        grouped: list[tuple[Part, tuple[Sentence, ...]]] = []
        for sentence in self.sentences:
            part = sentence.part or "answer"
            if grouped and grouped[-1][0] == part != "candidate":
                grouped[-1] = (part, (*grouped[-1][1], sentence))
            else:
                grouped.append((part, (sentence,)))
        return grouped

    def document(self) -> dict[str, object]:
        """Return the shape of `ask --json`."""
        return {
            "answer": self.text,
            "language": self.language,
            "sentences": [
                {
                    "text": sentence.text,
                    "citations": list(sentence.citations),
                    "support": sentence.support,
                    "score": round(sentence.score, 3),
                    "part": sentence.part,
                }
                for sentence in self.sentences
            ],
            "citations": [
                {
                    "n": citation.n,
                    "kind": citation.kind,
                    "id": citation.id,
                    "title": citation.title,
                    "year": citation.year,
                    "type": citation.type,
                    "quote": citation.quote,
                    "start": citation.start,
                    "end": citation.end,
                    "facts": list(citation.facts),
                }
                for citation in self.citations
            ],
            "alerts": [asdict(alert) for alert in self.alerts],
            "abstained": self.abstained,
            "calculations": [asdict(calculation) for calculation in self.calculations],
            "patient": self.patient.document(),
            "about": self.about,
            "dropped": self.dropped,
            "model": {
                "base": self.model.base,
                "adapter": self.model.adapter,
                "note": self.model.note,
            },
            "generation": self.generation,
            "conversation": self.conversation,
            "message": self.message,
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
        }
