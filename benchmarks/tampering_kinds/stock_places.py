"""Put stock sentences where they speak of something else, and exchange how a row is told."""

import random
import re

from knowledge.lessons.styles.style_registry import DOCTOR_STYLES
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ChatdoctorWords, ConsultationWords, SafetyWords
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans
from knowledge.vocabulary import base_relation
from tampering_kinds.row_changes import Change, Others, answer_of, placed, with_meta

_TALKING = ("chatdoctor", "huatuo")
_LABELS = {
    "en": {"test": "test", "prevention": "prevent", "transmission": "transm", "dose_limit": "dose"},
    "zh": {"test": "检查", "prevention": "预防", "transmission": "传播", "dose_limit": "剂量"},
}
"""Words of the lines of evidence of some relations."""


def _other_reason(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Say why something matters that the answer does not tell."""
    if row.style not in _TALKING:
        return None
    told = " ".join(each.quote for each in row.sources)
    asked = base_relation(str(row.meta.get("relation")))
    word = _LABELS[row.language]
    free = [each for each in word if each != asked and word[each] not in told.lower()]
    if not free:
        return None
    lines = load(ConsultationWords, row.language).why[pick.choice(free)]
    return placed(row, grammar.draw(lines, pick), pick.choice(("middle", "end")), pick)


def _other_kind(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Say of an illness what is said of a medicine, or the other way round."""
    words, own = load(ChatdoctorWords, row.language), load(ConsultationWords, row.language)
    if row.style != "chatdoctor":
        return None
    lines = own.seen_in_weeks
    if row.split_key.startswith("condition:"):
        lines = (*words.medicine_closing, *own.heard_medicine)
    return placed(row, grammar.draw([each for each in lines if each], pick), "end", pick)


def _refusing(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Offer other help than what was asked for, though nothing is refused."""
    if row.style != "safety" or row.meta.get("refused"):
        return None
    words = load(SafetyWords, row.language)
    ways = (words.offer_of_help, *words.honest_way.values())
    return placed(row, grammar.draw(pick.choice(ways), pick), pick.choice(("middle", "end")), pick)


def _unwarned(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Say what such a sign needs where no sign was told."""
    flags = {"en": "red flag", "zh": "警示"}[row.language]
    told = any(flags in each.quote for each in row.sources)
    if row.style not in _TALKING or told or row.meta.get("relation") == "red_flag":
        return None
    words = load(ConsultationWords, row.language)
    return placed(row, grammar.draw(words.at_once, pick), pick.choice(("middle", "end")), pick)


def _register(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Record the other register of an answer that says that somebody was heard."""
    if "register" not in row.meta:
        return None
    words = load(ConsultationWords, row.language)
    heard = re.compile(any_of((words.heard, words.heard_named), row.language, {}))
    answer = answer_of(row)
    says = any(heard.fullmatch(answer[a:b].strip().lower()) for a, b in sentence_spans(answer))
    if not says and row.style not in ("safety", "vignette"):
        return None
    plain = row.meta["register"] == "plain"
    return with_meta(row, register="professional" if plain else "plain")


def _difficulty(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Record another difficulty than the form of the question has."""
    if row.style not in DOCTOR_STYLES or "difficulty" not in row.meta:
        return None
    own = row.meta["difficulty"]
    free = ("easy",) if row.style in ("vignette", "dialogue") else ("easy", "medium", "hard")
    return with_meta(row, difficulty=pick.choice([each for each in free if each != own]))


KINDS: dict[str, Change] = {
    "reason of another relation": _other_reason,
    "stock sentence on a medicine or an illness exchanged": _other_kind,
    "other help offered without a refusal": _refusing,
    "sign spoken of that was not told": _unwarned,
    "register exchanged": _register,
    "difficulty exchanged": _difficulty,
}
