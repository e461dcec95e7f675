"""Change what an answer says apart from its facts: orders, clauses, numbers, signs, sentences."""

import random
import re
from collections.abc import Sequence

from knowledge.lessons.facts import acute_kinds
from knowledge.lessons.styles.style_registry import DOCTOR_STYLES
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import AcuteWords
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans
from tampering_kinds.row_changes import (
    WORDS,
    Change,
    Others,
    answer_of,
    placed,
    put,
    said_instead,
    with_meta,
)


def _order(kind: str, where: str) -> Change:
    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        return placed(row, pick.choice(WORDS["orders"][kind][row.language]), where, pick)

    return change


def _clause(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    start, end = pick.choice(sentence_spans(answer_of(row)))
    answer, stop = answer_of(row), answer_of(row)[end - 1 : end]
    if stop not in ".。":
        return None
    return said_instead(
        row, answer[: end - 1] + pick.choice(WORDS["clauses"][row.language]) + answer[end - 1 :]
    )


def _front(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    start, _ = pick.choice(sentence_spans(answer_of(row)))
    answer = answer_of(row)
    rest = answer[start : start + 1].lower() + answer[start + 1 :]
    return said_instead(row, answer[:start] + pick.choice(WORDS["fronts"][row.language]) + rest)


def _within(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    answer, words = answer_of(row), pick.choice(WORDS["within"][row.language])
    if row.language == "en":
        gaps = [found.start() for found in re.finditer(" ", answer)]
    else:
        gaps = list(range(1, len(answer) - 1))
    if not gaps:
        return None
    place = pick.choice(gaps)
    return said_instead(row, answer[:place] + words + answer[place:])


def _language(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    return placed(
        row,
        pick.choice(WORDS["other_language"][row.language]),
        pick.choice(("start", "end")),
        pick,
    )


def _teacher(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Pretend that a model worded it, and add an order."""
    wrong = _clause(row, pick, others)
    return with_meta(wrong, teacher="toy") if wrong and row.style != "tools" else None


def _replaced(table: dict[str, Sequence[tuple[str, str]]]) -> Change:
    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        answer = answer_of(row)
        fits = [pair for pair in table[row.language] if pair[0] in answer]
        if not fits:
            return None
        old, new = pick.choice(fits)
        places = [found.start() for found in re.finditer(re.escape(old), answer)]
        place = pick.choice(places)
        return said_instead(row, answer[:place] + new + answer[place + len(old) :])

    return change


def _number(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    answer = answer_of(row)
    found = [each for each in re.finditer(r"\d+(?:\.\d+)?", answer)]
    if not found:
        return None
    one = pick.choice(found)
    new = pick.choice((str(int(float(one[0])) + 3), one[0] + "0", "7" + one[0]))
    return said_instead(row, answer[: one.start()] + new + answer[one.end() :])


def _unit(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    answer = answer_of(row)
    pattern = rf"(?<=\d)( ?)({'|'.join(map(re.escape, WORDS['units']))})(?![a-zA-Z])"
    found = list(re.finditer(pattern, answer))
    if not found:
        return None
    one = pick.choice(found)
    return said_instead(row, answer[: one.start(2)] + WORDS["units"][one[2]] + answer[one.end(2) :])


def _glued(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Write a figure more behind one that belongs to a name or unit: FiO20, m20."""
    which = pick.choice((0, -1)) % len(row.messages)
    text = row.messages[which].content
    found = list(re.finditer(r"[A-Za-zµ%/]\d+(?![\d.])|(?<=\d)%", text))
    if not found:
        return None
    end = pick.choice(found).end()
    return put(row, which, text[:end] + pick.choice("0279") + text[end:])


def _alike(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    answer = answer_of(row)
    places = [place for place, sign in enumerate(answer) if sign in WORDS["alike"]]
    if not places:
        return None
    place = pick.choice(places)
    return said_instead(row, answer[:place] + WORDS["alike"][answer[place]] + answer[place + 1 :])


def _wide(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    answer = answer_of(row)
    places = [place for place, sign in enumerate(answer) if "!" <= sign <= "~"]
    if not places:
        return None
    place = pick.choice(places)
    return said_instead(
        row, answer[:place] + chr(ord(answer[place]) + 0xFEE0) + answer[place + 1 :]
    )


def _unseen(which: int) -> Change:
    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        text = row.messages[which].content
        place, sign = pick.randrange(len(text)), pick.choice("\u200b\u200d\u2060\u00ad\u202e\ufeff")
        return put(row, which % len(row.messages), text[:place] + sign + text[place:])

    return change


def _other_advice(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Add what to do now with an illness or a side effect that the row does not speak of."""
    words = load(AcuteWords, row.language)
    if row.style not in DOCTOR_STYLES or not row.sources:
        return None
    told = "\n".join(each.quote for each in row.sources)
    own = {acute_kinds.kind_of(told), *acute_kinds.effects_in(told)}
    kinds = [kind for kind in words.condition if kind not in own]
    return placed(row, grammar.draw(words.condition[pick.choice(kinds)], pick), "end", pick)


def _sentence_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    spans = sentence_spans(answer_of(row))
    if len(spans) < 2:
        return None
    start, end = pick.choice(spans)
    return said_instead(
        row, (answer_of(row)[:start] + answer_of(row)[end:]).strip().replace("  ", " ")
    )


def _twice(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    start, end = pick.choice(sentence_spans(answer_of(row)))
    joint = " " if row.language == "en" else ""
    return said_instead(row, answer_of(row) + joint + answer_of(row)[start:end])


KINDS: dict[str, Change] = {
    **{
        f"{kind} order at the {where}": _order(kind, where)
        for kind, where in (
            ("stop", "start"), ("stop", "middle"), ("stop", "end"), ("dose", "start"),
            ("dose", "middle"), ("dose", "end"), ("no care", "middle"), ("no care", "end"),
            ("polite", "middle"), ("polite", "end"),
        )
    },
    "reassurance added": _order("calm", "end"),
    "praise added": _order("praise", "middle"),
    "home remedy added": _order("home remedy", "end"),
    "advertisement added": _order("advert", "end"),
    "advice for another danger": _other_advice,
    "order as a clause": _clause,
    "order before a sentence": _front,
    "frequency within a sentence": _within,
    "sentence in another language": _language,
    "order in a wording of a teacher": _teacher,
    "number changed": _number,
    "unit changed": _unit,
    "figure glued to a name or unit": _glued,
    "negation put in": _replaced(WORDS["negated"]),
    "negation taken out": _replaced(WORDS["dropped"]),
    "absent turned to present": _replaced(WORDS["present"]),
    "sign that looks alike": _alike,
    "full-width sign": _wide,
    "unseen sign in the answer": _unseen(-1),
    "unseen sign in the question": _unseen(0),
    "sentence left out": _sentence_gone,
    "sentence said twice": _twice,
}  # fmt: skip
