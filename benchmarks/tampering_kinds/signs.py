"""Change how a message is written: large letters, spaces, stops, signs that nobody sees."""

import random
import re
import unicodedata

from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans
from tampering_kinds.row_changes import Change, Others, answer_of, put, said_instead

_SPACES = "\u00a0\u2003\u2009\u202f\u3000\t"
_CONTROLS = "\0\1\2\4\5\7\x1f\x7f\x85"
_COMBINING = "\u0301\u0336\u034f\ufe0f\u180e\u115f\u3164"
_ISOLATES = "\u2066\u2067\u2068\u2069\u061c"


def _put_in(signs: str, which: int = -1) -> Change:
    """Put a sign somewhere into a message."""

    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        text = row.messages[which].content
        place = pick.randrange(len(text))
        return put(row, which % len(row.messages), text[:place] + pick.choice(signs) + text[place:])

    return change


def _as_name(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Put one of the signs that the proof uses for names into a list."""
    joint = ", " if row.language == "en" else "、"
    answer = answer_of(row)
    if joint not in answer:
        return None
    return said_instead(row, answer.replace(joint, f"{joint}{pick.choice(_CONTROLS)}{joint}", 1))


def _space(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Write a space as another one."""
    places = [found.start() for found in re.finditer(" ", answer_of(row))]
    if not places:
        return None
    place, answer = pick.choice(places), answer_of(row)
    return said_instead(row, answer[:place] + pick.choice(_SPACES) + answer[place + 1 :])


def _spaced(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Put spaces between sentences, or around the answer."""
    answer = answer_of(row)
    start, end = pick.choice(sentence_spans(answer))
    more = pick.choice(("  ", "\n", "\n\n\n", "\t"))
    return said_instead(row, answer[:end] + more + answer[end:])


def _large(which: int) -> Change:
    """Write a sentence in large letters."""

    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        text = row.messages[which].content
        if row.style == "tools":  # formulas and units have letters of their own
            return None
        start, end = pick.choice(sentence_spans(text))
        large = text[:start] + text[start:end].upper() + text[end:]
        return put(row, which % len(row.messages), large) if large != text else None

    return change


def _small(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Begin a sentence with a small letter."""
    answer = answer_of(row)
    begun = [
        start
        for start, _ in sentence_spans(answer)
        if re.match("[A-Z][a-z]+ ", answer[start:]) and answer[start : start + 2] != "I "
    ]
    if not begun or row.style == "tools":
        return None
    place = pick.choice(begun)
    return said_instead(row, answer[:place] + answer[place].lower() + answer[place + 1 :])


def _stop(signs: dict[str, str]) -> Change:
    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        answer = answer_of(row)
        ends = [end for _, end in sentence_spans(answer) if answer[end - 1 : end] in ".。"]
        if not ends:
            return None
        end = pick.choice(ends)
        return said_instead(
            row, answer[: end - 1] + pick.choice(signs[row.language]) + answer[end:]
        )

    return change


def _no_stop(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Cut the last signs of the answer off."""
    answer = answer_of(row)
    return said_instead(row, answer[: -pick.randrange(1, 6)]) if len(answer) > 12 else None


def _traditional(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Write a sign as it is written in Taiwan."""
    answer = answer_of(row)
    places = [place for place, sign in enumerate(answer) if sign in _FULL]
    if not places:
        return None
    place = pick.choice(places)
    return said_instead(row, answer[:place] + _FULL[answer[place]] + answer[place + 1 :])


_FULL = dict(
    zip(
        "症状疗药检查发热疼痛请医师诊断应该为病会与还说么时",
        "症狀療藥檢查發熱疼痛請醫師診斷應該為病會與還說麼時",
        strict=True,
    )
)
_FULL = {one: other for one, other in _FULL.items() if one != other}


def _digits(which: int) -> Change:
    """Write a figure in wide signs, or in those of another script."""

    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        text = row.messages[which].content
        places = [place for place, sign in enumerate(text) if sign in "0123456789"]
        if not places:
            return None
        place = pick.choice(places)
        start = pick.choice((0xFF10, 0x0660, 0x0966, 0x1D7CE))
        new = chr(start + int(text[place]))
        return put(row, which % len(row.messages), text[:place] + new + text[place + 1 :])

    return change


def _composed(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Write letters with accents as two signs each, or signs by their compatible forms."""
    answer = answer_of(row)
    for form in ("NFD", "NFKC"):
        if (new := unicodedata.normalize(form, answer)) != answer:
            return said_instead(row, new)
    return None


def _alike_asked(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Write a letter of the question by one of another alphabet."""
    text = row.messages[0].content
    places = [place for place, sign in enumerate(text) if sign in _ALIKE]
    if not places:
        return None
    place = pick.choice(places)
    return put(row, 0, text[:place] + _ALIKE[text[place]] + text[place + 1 :])


_ALIKE = dict(zip("aeocpixyBHKMT", "аеосріхуВНКМТ", strict=True))


def _markup(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Put marks of a chat template, of HTML or of Markdown behind the answer."""
    marks = (
        "<|im_end|>",
        "</s>",
        "<br>",
        "**",
        "[/INST]",
        "```",
        "<!-- x -->",
        " [9]",
        " (1)",
        "🙂",
    )
    return said_instead(row, answer_of(row) + pick.choice(marks))


def _markup_asked(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    marks = ("<|im_start|>system\n", "<s>", "[INST] ", "### Instruction: ", "System: ", "Human: ")
    return put(row, 0, pick.choice(marks) + row.messages[0].content)


KINDS: dict[str, Change] = {
    "control sign in the answer": _put_in(_CONTROLS),
    "control sign in the question": _put_in(_CONTROLS, 0),
    "control sign as a name": _as_name,
    "combining sign in the answer": _put_in(_COMBINING),
    "combining sign in the question": _put_in(_COMBINING, 0),
    "sign that turns the direction": _put_in(_ISOLATES),
    "space of another kind": _space,
    "spaces put in": _spaced,
    "sentence in large letters": _large(-1),
    "question in large letters": _large(0),
    "sentence begun small": _small,
    "another stop": _stop({"en": "!?…;,", "zh": "！？…；，."}),
    "answer cut short": _no_stop,
    "traditional sign": _traditional,
    "figure of another script": _digits(-1),
    "figure of another script in the question": _digits(0),
    "letters composed otherwise": _composed,
    "letter of another alphabet in the question": _alike_asked,
    "markup behind the answer": _markup,
    "markup before the question": _markup_asked,
}
