"""Check how a row says that it is told: its register by its words, its difficulty by its question.

words of the answer that only one register has -> register; form of the question -> difficulty

An answer without such words may be told in either register.
"""

from collections.abc import Collection, Mapping, Sequence

from knowledge.lessons.facts.manner import REGISTERS
from knowledge.lessons.verify import question_patterns
from knowledge.lessons.verify.row_facts import RowFacts
from knowledge.lessons.verify.stock_sentences import Origins

_PLAIN, _PROFESSIONAL = REGISTERS
_OF_ONE = {"safety": _PLAIN, "vignette": _PROFESSIONAL}
"""Styles that know one register."""

_TO_PATIENTS = (
    "consultation.heard", "consultation.heard_named", "consultation.heard_medicine",
    "consultation.why", "consultation.why_named", "consultation.next_tested",
    "chatdoctor.closing", "chatdoctor.case_closing", "chatdoctor.prognosis_closing",
    "huatuo.heard", "huatuo.why",
)  # fmt: skip
_AMONG_CLINICIANS = ("vignette.closing",)
"""Tables of stock sentences that are said in one register alone, in styles that know both."""

_STATED: Mapping[tuple[str, str], str] = {
    ("chatdoctor", "patients.likely"): _PLAIN,
    ("chatdoctor", "vignette.supports"): _PROFESSIONAL,
}
"""Tables by which a style says in one register what the complaints point to."""


def fault(
    row: RowFacts, keys: Collection[str], stock: Sequence[Origins], asked: Collection[str]
) -> str:
    """Return what is wrong with how a row records that it is told, or an empty text.

    `keys` are the tables that word the answer, `stock` those of its stock sentences, `asked` the
    frames of its question.
    """
    meta = row.lesson.meta
    if "register" not in meta or meta.get("teacher"):
        return ""
    if meta["register"] not in _registers(row, keys, stock):
        return "the row records another register than its answer has"
    if meta.get("difficulty") not in _difficulties(row, asked):
        return "the row records another difficulty than its question has"
    return ""


def _registers(row: RowFacts, keys: Collection[str], stock: Sequence[Origins]) -> Collection[str]:
    """Return the registers in which an answer may be told."""
    if one := _OF_ONE.get(row.lesson.style):
        return (one,)
    told = {_STATED[row.lesson.style, key] for key in keys if (row.lesson.style, key) in _STATED}
    if _has_one_of(stock, _TO_PATIENTS):
        told.add(_PLAIN)
    if _has_one_of(stock, _AMONG_CLINICIANS):
        told.add(_PROFESSIONAL)
    return told if len(told) == 1 else () if told else REGISTERS


def _has_one_of(stock: Sequence[Origins], tables: Collection[str]) -> bool:
    return any(each and all(key in tables for key, _ in each) for each in stock)


def _difficulties(row: RowFacts, asked: Collection[str]) -> Collection[str]:
    """Return how hard the question of a row may be."""
    style, language = row.lesson.style, row.language
    if style in ("vignette", "dialogue"):  # hard where another illness is weighed
        rival = any(pole != row.subject for pole in row.poles)
        return ("medium", "hard") if rival else ("medium",)
    if row.lesson.meta.get("refused"):
        return ("medium",)
    relation = str(row.lesson.meta.get("relation", ""))
    return {
        "medium" if infers else "easy"
        for text in asked
        for infers in question_patterns.inferring(style, language, relation, text)
    }
