"""Change the path of a row: its choice, what rules a medicine out, and its steps of reasoning."""

import random
from dataclasses import replace

from knowledge.datasets import reasoning
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans
from tampering_kinds.row_changes import (
    Change,
    Others,
    answer_of,
    as_list,
    put,
    said_instead,
    with_meta,
)

_CHOICES = ("contraindication", "interaction")


def _steps(row: Lesson) -> list[list[str]]:
    return [list(step) for step in reasoning.steps(row)]


def _steps_swapped(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    steps = _steps(row)
    if len(steps) < 2:
        return None
    one, other = pick.sample(range(len(steps)), 2)
    steps[one], steps[other] = steps[other], steps[one]
    return with_meta(row, trace=steps)


def _step_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    steps = _steps(row)
    if not steps:
        return None
    del steps[pick.randrange(len(steps))]
    return with_meta(row, trace=steps)


def _step_twice(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    steps = _steps(row)
    return with_meta(row, trace=[*steps, steps[-1]]) if steps else None


def _step_of_another(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    steps, theirs = _steps(row), _steps(others.like(row, pick))
    if not steps or not theirs:
        return None
    place = pick.randrange(len(steps))
    new = pick.choice(theirs)
    if new[1] == steps[place][1]:
        return None
    steps[place] = [steps[place][0], new[1]]
    return with_meta(row, trace=steps)


def _step_on_another_fact(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    steps, theirs = _steps(row), _steps(others.like(row, pick))
    if not steps or not theirs:
        return None
    place = pick.randrange(len(steps))
    new = pick.choice(theirs)[0]
    if new == steps[place][0]:
        return None
    steps[place] = [new, steps[place][1]]
    return with_meta(row, trace=steps)


def _step_with_more(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    steps = _steps(row)
    if not steps:
        return None
    more = {"en": " This is safe for everyone.", "zh": "这对所有人都安全。"}[row.language]
    steps[pick.randrange(len(steps))][1] += more
    return with_meta(row, trace=steps)


def _step_denied(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    steps = _steps(row)
    if not steps:
        return None
    place = pick.randrange(len(steps))
    told = steps[place][1]
    denied = told.replace(" is ", " is not ", 1).replace(" are ", " are not ", 1)
    denied = denied if row.language == "en" else "并非" + told
    steps[place][1] = denied
    return with_meta(row, trace=steps) if denied != told else None


def _trace_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if "trace" not in row.meta:
        return None
    return replace(row, meta={key: value for key, value in row.meta.items() if key != "trace"})


def _trace_put_in(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if "trace" in row.meta or row.style in ("literature", "tools"):
        return None
    return with_meta(row, trace=[[source.id, source.quote] for source in row.sources])


def _pair(row: Lesson) -> tuple[str, str] | None:
    """Return the two medicines of a choice, as the answer names them."""
    names = [str(each) for each in as_list(row.meta.get("objects"))]
    chooses = row.style == "multi-hop" and row.meta.get("relation") in _CHOICES
    return (names[0], names[1]) if chooses and len(names) > 2 else None


def _choice_turned(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Let each of two medicines stand for the other in what follows the list."""
    pair = _pair(row)
    if not pair:
        return None
    answer = answer_of(row)
    places = sentence_spans(answer)
    start = next((begin for begin, end in places if pair[0] in answer[begin:end]), 0)
    start = next((end for begin, end in places if begin == start), 0)
    head, rest = answer[:start], answer[start:]
    turned = rest.replace(pair[0], "\1").replace(pair[1], pair[0]).replace("\1", pair[1])
    return said_instead(row, head + turned) if turned != rest else None


def _warning_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Leave out what rules a medicine out, with its fact."""
    pair, support = _pair(row), row.meta.get("support")
    trace = _steps(row)
    if not pair or not isinstance(support, list):
        return None
    labels = (" — contraindications: ", " — interactions: ", "——禁忌", "——相互作用")
    gone = [n for n, source in enumerate(row.sources) if any(x in source.quote for x in labels)]
    spans = sentence_spans(answer_of(row))
    if len(gone) != 1 or gone[0] != len(row.sources) - 1:
        return None
    kept = [place for place, facts in enumerate(support) if gone[0] not in as_list(facts)]
    joint = " " if row.language == "en" else ""
    told = joint.join(answer_of(row)[start:end] for start, end in (spans[n] for n in kept))
    less = replace(said_instead(row, told), sources=row.sources[:-1], entities=row.entities[:-1])
    return with_meta(
        less,
        support=[support[n] for n in kept],
        trace=trace[:-1],
        objects=as_list(row.meta.get("objects"))[:-1],
    )


def _unasked(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Ask about something else than what the warning names."""
    if not _pair(row):
        return None
    own = str(as_list(row.meta.get("objects"))[-1])
    other = others.like(row, pick)
    if not _pair(other):
        return None
    new = str(as_list(other.meta.get("objects"))[-1])
    text = row.messages[0].content
    if own not in text or new == own:
        return None
    return put(row, 0, text.replace(own, new))


def _unrecorded_elsewhere(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Say in a row of another style that nothing is recorded against a medicine."""
    names = [str(each) for each in as_list(row.meta.get("objects"))]
    relation = row.meta.get("relation")
    head = row.sources[0].quote.split(" — ")[0].split("——")[0]
    if row.style == "multi-hop" or relation not in ("medicine", "first_line") or not names:
        return None
    told = {
        "en": f"As for {names[0]}, the other medicine for {head}, no interaction with {names[-1]} "
        "is recorded here.",
        "zh": f"同样用于{head}的药物还有{names[0]}，这里没有它与{names[-1]}相互作用的记录。",
    }[row.language]
    support = row.meta.get("support")
    if not isinstance(support, list):
        return None
    joint = " " if row.language == "en" else ""
    return with_meta(
        said_instead(row, answer_of(row) + joint + told), support=[*support, support[0]]
    )


def _called_safe(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Turn "nothing is recorded" into "it is safe"."""
    answer = answer_of(row)
    if not _pair(row):
        return None
    for old, new in (
        ("is recorded here", "is known"),
        ("is recorded here", "exists"),
        ("这里没有它", "它没有"),
        ("时的禁忌记录", "时的禁忌"),
        ("相互作用的记录", "相互作用"),
    ):
        if old in answer and pick.random() < 0.5:
            return said_instead(row, answer.replace(old, new))
    return None


KINDS: dict[str, Change] = {
    "steps of the reasoning swapped": _steps_swapped,
    "step of the reasoning left out": _step_gone,
    "step of the reasoning twice": _step_twice,
    "step of another row": _step_of_another,
    "step on another fact": _step_on_another_fact,
    "step that says more": _step_with_more,
    "step denied": _step_denied,
    "reasoning left out": _trace_gone,
    "reasoning put in": _trace_put_in,
    "choice turned round": _choice_turned,
    "warning left out": _warning_gone,
    "question without what rules out": _unasked,
    "nothing recorded, in another style": _unrecorded_elsewhere,
    "called safe": _called_safe,
}
