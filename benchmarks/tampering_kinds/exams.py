"""Change letters, options, judgements and blanks of exam questions, with all that records them."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ExamWords
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans
from tampering_kinds.row_changes import (
    Change,
    Others,
    answer_of,
    as_list,
    put,
    replaced_once,
    said_instead,
    with_meta,
)

_LETTERS = "ABCD"


def _lines(row: Lesson) -> list[str]:
    """Return the names under the letters, or nothing."""
    return re.findall(r"^[A-D]\. (.+)$", row.messages[0].content, re.MULTILINE)


def _with_options(row: Lesson, names: Sequence[str], ids: Sequence[object]) -> Lesson:
    """Return a row with other options under its letters."""
    stem = row.messages[0].content.split("\n")[0]
    listed = [f"{letter}. {name}" for letter, name in zip(_LETTERS, names, strict=True)]
    return with_meta(put(row, 0, "\n".join([stem, *listed])), options=list(ids))


def _letter(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Answer with another letter and its name."""
    names = _lines(row)
    if row.style != "exam" or not names:
        return None
    old = str(row.meta["answer"])
    new = pick.choice([letter for letter in _LETTERS if letter != old])
    head, _, rest = answer_of(row).partition("\n")
    name = names[_LETTERS.index(old)]
    told = re.sub(rf"(?<![A-Za-z]){old}(?![A-Za-z])", new, head.replace(name, "\0", 1), count=1)
    told = told.replace("\0", names[_LETTERS.index(new)])
    return with_meta(said_instead(row, f"{told}\n{rest}"), answer=new)


def _letter_alone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if row.style != "exam" or not _lines(row):
        return None
    new = pick.choice([letter for letter in _LETTERS if letter != row.meta["answer"]])
    return with_meta(row, answer=new)


def _moved(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Move what is right to another letter."""
    names, ids = _lines(row), as_list(row.meta.get("options"))
    if row.style != "exam" or not names:
        return None
    place = _LETTERS.index(str(row.meta["answer"]))
    other = pick.choice([each for each in range(4) if each != place])
    names[place], names[other] = names[other], names[place]
    moved = list(ids)
    moved[place], moved[other] = moved[other], moved[place]
    return _with_options(row, names, moved)


def _told(row: Lesson) -> list[tuple[str, str]]:
    """Return the names and ids of what the reason of a row tells to be right."""
    named = [str(each) for each in as_list(row.meta.get("objects"))]
    ids = list(dict.fromkeys(id for id in row.entities if id != row.split_key))
    return list(zip(named, ids, strict=False)) if len(named) == len(ids) else []


def _two_right(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Put a second right name among the options."""
    names, ids = _lines(row), as_list(row.meta.get("options"))
    spare = [(name, id) for name, id in _told(row) if id not in ids]
    if row.style != "exam" or row.meta.get("form") != "which" or not spare:
        return None
    place = _LETTERS.index(str(row.meta["answer"]))
    other = pick.choice([each for each in range(4) if each != place])
    name, id = pick.choice(spare)
    kept = list(ids)
    names[other], kept[other] = name, id
    return _with_options(row, names, kept)


def _option_renamed(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Offer another name than that of what the row records."""
    names = _lines(row)
    pool = [
        name for each in others.by_style.get(("exam", row.language), ()) for name in _lines(each)
    ]
    if row.style != "exam" or not names:
        return None
    place = pick.choice([each for each in range(4) if _LETTERS[each] != row.meta["answer"]])
    names[place] = pick.choice([name for name in pool if name not in names] or [""])
    return _with_options(row, names, as_list(row.meta["options"]))


def _option_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    names = _lines(row)
    if row.style != "exam" or not names or row.meta["answer"] == "D":
        return None
    text = row.messages[0].content.rpartition("\n")[0]
    return with_meta(put(row, 0, text), options=as_list(row.meta["options"])[:3])


def _judged(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Turn a judgement round, and record it so."""
    form = row.meta.get("form")
    if row.style != "exam" or form not in ("right", "wrong"):
        return None
    words = load(ExamWords, row.language)
    new = "wrong" if form == "right" else "right"
    start, end = sentence_spans(answer_of(row))[0]
    said = grammar.draw(words.wrong if new == "wrong" else words.right, pick)
    turned = said_instead(row, said + answer_of(row)[end:])
    return with_meta(turned, form=new, answer=new)


def _claimed(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Ask about what is right, and call it wrong all the same."""
    if row.style != "exam" or row.meta.get("form") != "wrong":
        return None
    wrong = next((o for o in as_list(row.meta["options"])), "")
    name = next(
        (
            line
            for each in others.by_style["exam", row.language]
            for line, id in zip(_lines(each), as_list(each.meta["options"]), strict=False)
            if id == wrong and line.lower() in row.messages[0].content.lower()
        ),
        "",
    )
    told = _told(row)
    if not name or not told:
        return None
    new, id = pick.choice(told)
    asked = replaced_once(row.messages[0].content, name, new)
    return with_meta(
        said_instead(put(row, 0, asked), replaced_once(answer_of(row), name, new)), options=[id]
    )


def _undenied(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Leave out the sentence that says what the sources do not record."""
    if row.style != "exam" or row.meta.get("form") not in ("wrong", "which-not"):
        return None
    support = as_list(row.meta["support"])
    spans = sentence_spans(answer_of(row))
    last = max(place for place, each in enumerate(support) if each)
    return with_meta(
        said_instead(row, answer_of(row)[: spans[last][1]]), support=support[: last + 1]
    )


def _filled(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Fill the blank with what another row's blank holds, and accept its names."""
    like = [
        each
        for each in others.by_style.get(("exam", row.language), ())
        if each.meta.get("form") == "gap" and each.meta.get("relation") == row.meta.get("relation")
    ]
    if row.style != "exam" or row.meta.get("form") != "gap" or not like:
        return None
    other = pick.choice(like)
    old, new = str(row.meta["answer"]), str(other.meta["answer"])
    if old.lower() == new.lower():
        return None
    told = with_meta(row, answer=new, accepted=other.meta["accepted"])
    return said_instead(told, replaced_once(answer_of(row), old, new))


def _accepted(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Accept a further name, or one fewer."""
    names = as_list(row.meta.get("accepted"))
    if row.style != "exam" or not names:
        return None
    if len(names) > 1 and pick.random() < 0.5:
        return with_meta(row, accepted=names[1:])
    other = as_list(others.like(row, pick).meta.get("accepted"))
    return with_meta(row, accepted=[*names, other[0]]) if other and other[0] not in names else None


def _form(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    forms = ("which", "which-not", "right", "wrong", "gap")
    if row.style != "exam":
        return None
    return with_meta(row, form=pick.choice([each for each in forms if each != row.meta["form"]]))


def _stem(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Ask for the exception instead of what is right, or the other way round."""
    if row.style != "exam" or not _lines(row):
        return None
    words = load(ExamWords, row.language)
    which = row.meta["form"] == "which"
    name = re.split(" — |——", row.sources[0].quote)[0]
    role = words.role[str(row.meta["relation"])]
    said = grammar.draw(words.which_not if which else words.which, pick).replace("{role}", role)
    if "[" in said or "<" in said:
        return None
    lines = row.messages[0].content.split("\n")[1:]
    return replace(put(row, 0, "\n".join([said.format(s=name), *lines])))


KINDS: dict[str, Change] = {
    "letter of an exam changed": _letter,
    "letter changed in the record alone": _letter_alone,
    "right option moved": _moved,
    "second right option": _two_right,
    "option with another name": _option_renamed,
    "option left out": _option_gone,
    "judgement turned round": _judged,
    "right statement called wrong": _claimed,
    "denial of an exam left out": _undenied,
    "blank filled otherwise": _filled,
    "accepted names changed": _accepted,
    "form of an exam changed": _form,
    "question of an exam turned round": _stem,
}
