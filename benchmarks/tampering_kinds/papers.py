"""Kinds of tampering with rows on papers: parts, lines and titles exchanged, silence claimed."""

import random
import re

from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import AppraisalWords, TwoPapersWords
from knowledge.records import Lesson, LessonMessage
from knowledge.text.sentences import sentence_spans
from tampering_kinds.row_changes import Change, Others, with_meta

_LINE = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_NAMED = {
    "en": re.compile(r"(?:on|about) ([^:?]+?) and ([^:?,]+?)(?:[?:,])"),
    "zh": re.compile(r"(?:关于|怎样说)([^，？]+?)[和与]([^，？]+?)(?:[，？]|的说法)"),
}
_QUOTED = re.compile(r"“([^“”]+)”")


def _on_papers(row: Lesson) -> bool:
    return row.style in ("appraisal", "two-papers")


def _with(row: Lesson, question: str | None = None, answer: str | None = None) -> Lesson:
    told = (question or row.messages[0].content, answer or row.messages[-1].content)
    messages = (LessonMessage("user", told[0]), LessonMessage("assistant", told[1]))
    return Lesson(
        row.id, messages, row.language, row.style, row.sources, row.entities, row.split_key,
        row.licence, row.meta,
    )  # fmt: skip


def _another_part(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Call what is quoted by the name of another part: a comparison an outcome, say."""
    if row.style != "appraisal":
        return None
    labels, answer = load(AppraisalWords, row.language).label, row.messages[-1].content
    named = [each for each in labels.values() if each in answer.lower()]
    if not named:
        return None
    old = pick.choice(named)
    new = pick.choice([each for each in labels.values() if each != old])
    return _with(row, answer=re.sub(re.escape(old), new, answer, count=1, flags=re.IGNORECASE))


def _silenced(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Say that the abstract is silent on what it tells, or leaves open."""
    if row.style != "appraisal":
        return None
    words, answer = load(AppraisalWords, row.language), row.messages[-1].content
    said = [text for each in words.silent.values() for text in each if "(" not in text]
    joint = " " if row.language == "en" else ""
    return _with(row, answer=f"{answer}{joint}{pick.choice(said)}")


def _another_line(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Quote another line of the abstract, citing it rightly."""
    answer = row.messages[-1].content
    lines = _LINE.findall(row.messages[0].content)
    quoted = _QUOTED.search(answer)
    if not _on_papers(row) or quoted is None or len(lines) < 2:
        return None
    number, line = pick.choice(lines)
    if quoted[1] in line:
        return None
    cited = re.search(r"\[\d+\]", answer[quoted.end() :])
    if cited is None:
        return None
    end = quoted.end() + cited.start()
    told = answer[: quoted.start(1)] + line.rstrip(".。") + answer[quoted.end(1) : end]
    return _with(row, answer=f"{told}[{number}]{answer[end + len(cited[0]) :]}")


def _line_out(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Leave out a line that is not cited, and number the others anew."""
    question, answer = row.messages[0].content, row.messages[-1].content
    lines = _LINE.findall(question)
    cited = {int(each) for each in re.findall(r"\[(\d+)\]", answer)}
    free = [place for place in range(max(cited, default=0) + 1, len(lines) + 1)]
    if not _on_papers(row) or not free:
        return None
    gone = pick.choice(free)
    kept = [text for number, text in lines if int(number) != gone]
    block = "\n".join(f"[{number}] {text}" for number, text in enumerate(kept, 1))
    start, end = question.index("[1] "), question.index(lines[-1][1]) + len(lines[-1][1])
    return _with(row, question=question[:start] + block + question[end:])


def _foreign_line(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Put a line of another abstract in the place of one that is not cited."""
    question, answer = row.messages[0].content, row.messages[-1].content
    cited = set(re.findall(r"\[(\d+)\]", answer))
    free = [text for number, text in _LINE.findall(question) if number not in cited]
    others_lines = [text for _, text in _LINE.findall(others.like(row, pick).messages[0].content)]
    if not _on_papers(row) or not free or not others_lines:
        return None
    new = pick.choice(others_lines)
    return (
        None if new in question else _with(row, question=question.replace(pick.choice(free), new))
    )


def _another_title(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Give the abstract the title of another paper."""
    sign = r"“(.+?)”" if row.language == "en" else r"《(.+?)》"
    own, new = (
        re.search(sign, each.messages[0].content.replace(_block(each), ""))
        for each in (row, others.like(row, pick))
    )
    if not _on_papers(row) or own is None or new is None or own[1] == new[1]:
        return None
    return _with(row, question=row.messages[0].content.replace(own[1], new[1]))


def _block(row: Lesson) -> str:
    return "\n".join(
        f"[{number}] {text}" for number, text in _LINE.findall(row.messages[0].content)
    )


def _verdict_changed(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Say that two papers agree where they do not, or the other way round."""
    if row.style != "two-papers":
        return None
    words, verdict = load(TwoPapersWords, row.language).verdict, str(row.meta["relation"])
    new = pick.choice([each for each in words if each != verdict])
    named = [each for each in words[new] if "(" not in each]
    answer, joint = row.messages[-1].content, " " if row.language == "en" else ""
    spans = sentence_spans(answer)
    cited = re.findall(r"\[\d+\]", answer[slice(*spans[-1])])
    asked = _NAMED[row.language].search(row.messages[0].content)
    if asked is None:
        return None
    said = pick.choice(named).replace("{x}", asked[1]).replace("{y}", asked[2])
    said = said[:-1] + joint + "".join(cited) + said[-1]
    changed = _with(row, answer=answer[: spans[-1][0]] + said)
    return with_meta(changed, relation=new) if pick.random() < 0.5 else changed


def _papers_exchanged(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Let the second paper say what the first does."""
    if row.style != "two-papers":
        return None
    quoted = _QUOTED.findall(row.messages[-1].content)
    if len(quoted) != 2:
        return None
    answer = row.messages[-1].content.replace(quoted[0], "\1").replace(quoted[1], quoted[0])
    return _with(row, answer=answer.replace("\1", quoted[1]))


KINDS: dict[str, Change] = {
    "part of a study called by another name": _another_part,
    "abstract called silent": _silenced,
    "another line quoted": _another_line,
    "line of an abstract left out": _line_out,
    "line of another abstract put in": _foreign_line,
    "title of another paper": _another_title,
    "verdict on two papers changed": _verdict_changed,
    "quotations of two papers exchanged": _papers_exchanged,
}
"""Each way to change a row on a paper; it returns None where a row does not carry it."""
