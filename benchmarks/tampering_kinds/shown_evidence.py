"""Change calls and their results, lines of evidence, citations and quotations."""

import random
import re

from knowledge.records import Lesson
from tampering_kinds.row_changes import Change, Others, answer_of, put, said_instead


def _result(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Change what a call gave."""
    places = [
        place
        for place, each in enumerate(row.messages)
        if each.role == "user" and each.content.startswith(("RESULT: ", "查询结果：", "计算结果："))
    ]
    if not places:
        return None
    place = pick.choice(places)
    text = row.messages[place].content
    if row.style == "tools":
        new = re.sub(r"(\d+)(?!.*\d)", lambda found: str(int(found[1]) + 1), text)
        return put(row, place, new)
    apart = "；" if row.language == "zh" else "; "
    return put(row, place, text[:-1] + apart + ("头痛。" if row.language == "zh" else "headache."))


def _call(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    places = [
        place
        for place, each in enumerate(row.messages)
        if each.role == "assistant" and each.content.startswith(("lookup(", "calculate("))
    ]
    other = others.like(row, pick)
    if not places or other.split_key == row.split_key:
        return None
    called = [
        each.content
        for each in other.messages
        if each.role == "assistant" and each.content.startswith(("lookup(", "calculate("))
    ]
    return put(row, pick.choice(places), pick.choice(called)) if called else None


def _evidence(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Put another name into a line of evidence."""
    text = row.messages[0].content
    lines = list(re.finditer(r"^\[\d+\] (.+)$", text, re.MULTILINE))
    listed = [(line, part) for line in lines for part in _parts(line[1])]
    if not listed:
        return None
    line, old = pick.choice(listed)
    pool = [
        part
        for each in others.by_style[row.style, row.language][:80]
        for found in re.finditer(r"^\[\d+\] (.+)$", each.messages[0].content, re.MULTILINE)
        for part in _parts(found[1])
    ]
    new = pick.choice(pool)
    if new in line[1]:
        return None
    return put(row, 0, text[: line.start(1)] + line[1].replace(old, new, 1) + text[line.end(1) :])


def _parts(line: str) -> list[str]:
    """Return what a line of evidence lists, if it lists several things."""
    rest = re.split(r": |：", line, maxsplit=1)[-1].rstrip(".。")
    return rest.split("；" if "；" in rest else "; ") if "；" in rest or "; " in rest else []


def _renumbered(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    text = row.messages[0].content
    if "[2] " not in text:
        return None
    text = text.replace("[1] ", "[\0] ", 1).replace("[2] ", "[1] ", 1).replace("[\0] ", "[2] ", 1)
    return put(row, 0, text)


def _line_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    lines = re.findall(r"^\[\d+\] .+$\n", row.messages[0].content, re.MULTILINE)
    if not lines or row.style != "grounded":
        return None
    return put(row, 0, row.messages[0].content.replace(pick.choice(lines), "", 1))


def _cited(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    found = re.search(r"\[(\d+)\]", answer_of(row))
    if not found or row.style != "grounded":
        return None
    new = f"[{int(found[1]) + pick.choice((1, 2, 5))}]"
    return said_instead(row, answer_of(row)[: found.start()] + new + answer_of(row)[found.end() :])


def _uncited(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if row.style != "grounded" or "[" not in answer_of(row):
        return None
    return said_instead(row, re.sub(r" ?\[\d+\]", "", answer_of(row), count=1))


def _misquoted(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if row.style != "literature":
        return None
    place = pick.choice(range(1, len(row.messages), 2))
    text = row.messages[place].content
    if pick.random() < 0.5:
        wrong = re.sub(
            r"“(.)",
            lambda found: f"“{'Not ' if row.language == 'en' else '并非'}{found[1]}",
            text,
            count=1,
        )
    else:
        words = text.split("“")[-1].split("”")[0]
        wrong = text.replace(words, words[: len(words) // 2] + words[len(words) // 2 + 3 :], 1)
    return put(row, place, wrong)


KINDS: dict[str, Change] = {
    "result of a call changed": _result,
    "call changed": _call,
    "evidence changed": _evidence,
    "evidence renumbered": _renumbered,
    "evidence left out": _line_gone,
    "citation changed": _cited,
    "citation left out": _uncited,
    "quotation changed": _misquoted,
}

SOUND = ("evidence left out",)
"""Lines beside the evidence may be any: a row may still hold without one of them."""
