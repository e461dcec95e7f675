"""The ways in which `tampering` changes one row."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from knowledge.records import Lesson, LessonMessage
from knowledge.text.sentences import sentence_spans

_WORDS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "tampering_words.yaml").read_text(encoding="utf-8")
)
_YES = {"en": "Yes, very much so.", "zh": "有，很明显。"}
_NO = {"en": "No, none of that.", "zh": "没有，完全没有。"}

Change = Callable[[Lesson, random.Random, "Others"], Lesson | None]


class Others:
    """What other rows of the set hold, to be put into one."""

    def __init__(self, rows: Sequence[Lesson]) -> None:
        self.by_style: dict[tuple[str, str], list[Lesson]] = {}
        self.by_subject: dict[tuple[str, str, str], list[Lesson]] = {}
        self.objects: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            self.by_style.setdefault((row.style, row.language), []).append(row)
            self.by_subject.setdefault((row.split_key, row.style, row.language), []).append(row)
            named = row.meta.get("objects")
            relation = str(row.meta.get("relation"))
            for name in named if isinstance(named, list) else ():
                self.objects.setdefault((relation, row.language), []).append(str(name))

    def like(self, row: Lesson, pick: random.Random) -> Lesson:
        """Return another row of the same style and language."""
        return pick.choice(self.by_style[row.style, row.language])


def _answer(row: Lesson) -> str:
    return row.messages[-1].content


def _put(row: Lesson, place: int, text: str) -> Lesson:
    messages = list(row.messages)
    messages[place] = LessonMessage(messages[place].role, text)
    return replace(row, messages=tuple(messages))


def _said(row: Lesson, text: str) -> Lesson:
    return _put(row, len(row.messages) - 1, text)


def _meta(row: Lesson, **changed: object) -> Lesson:
    return replace(row, meta={**row.meta, **changed})  # type: ignore[dict-item]


def _placed(row: Lesson, sentence: str, where: str, pick: random.Random) -> Lesson | None:
    """Put a sentence into the answer, told as resting on nothing."""
    answer, support = _answer(row), row.meta.get("support")
    spans = sentence_spans(answer)
    if not isinstance(support, list) or (where == "middle" and len(spans) < 2):
        return None
    place = {"start": 0, "end": len(spans)}.get(where) or pick.randrange(1, max(2, len(spans)))
    place = {"start": 0, "end": len(spans)}.get(where, place)
    joint = " " if row.language == "en" else ""
    parts = [answer[start:end] for start, end in spans]
    told = joint.join([*parts[:place], sentence, *parts[place:]])
    given = [*support[:place], [], *support[place:]] if len(support) == len(spans) else support
    return _meta(_said(row, told), support=given)


def _order(kind: str, where: str) -> Change:
    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        return _placed(row, pick.choice(_WORDS["orders"][kind][row.language]), where, pick)

    return change


def _clause(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    start, end = pick.choice(sentence_spans(_answer(row)))
    answer, stop = _answer(row), _answer(row)[end - 1 : end]
    if stop not in ".。":
        return None
    return _said(
        row, answer[: end - 1] + pick.choice(_WORDS["clauses"][row.language]) + answer[end - 1 :]
    )


def _front(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    start, _ = pick.choice(sentence_spans(_answer(row)))
    answer = _answer(row)
    rest = answer[start : start + 1].lower() + answer[start + 1 :]
    return _said(row, answer[:start] + pick.choice(_WORDS["fronts"][row.language]) + rest)


def _within(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    answer, words = _answer(row), pick.choice(_WORDS["within"][row.language])
    if row.language == "en":
        gaps = [found.start() for found in re.finditer(" ", answer)]
    else:
        gaps = list(range(1, len(answer) - 1))
    if not gaps:
        return None
    place = pick.choice(gaps)
    return _said(row, answer[:place] + words + answer[place:])


def _language(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    return _placed(
        row,
        pick.choice(_WORDS["other_language"][row.language]),
        pick.choice(("start", "end")),
        pick,
    )


def _replaced(table: dict[str, Sequence[tuple[str, str]]]) -> Change:
    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        answer = _answer(row)
        fits = [pair for pair in table[row.language] if pair[0] in answer]
        if not fits:
            return None
        old, new = pick.choice(fits)
        places = [found.start() for found in re.finditer(re.escape(old), answer)]
        place = pick.choice(places)
        return _said(row, answer[:place] + new + answer[place + len(old) :])

    return change


def _number(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    answer = _answer(row)
    found = [each for each in re.finditer(r"\d+(?:\.\d+)?", answer)]
    if not found:
        return None
    one = pick.choice(found)
    new = pick.choice((str(int(float(one[0])) + 3), one[0] + "0", "7" + one[0]))
    return _said(row, answer[: one.start()] + new + answer[one.end() :])


def _unit(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    answer = _answer(row)
    pattern = rf"(?<=\d)( ?)({'|'.join(map(re.escape, _WORDS['units']))})(?![a-zA-Z])"
    found = list(re.finditer(pattern, answer))
    if not found:
        return None
    one = pick.choice(found)
    return _said(row, answer[: one.start(2)] + _WORDS["units"][one[2]] + answer[one.end(2) :])


def _turned(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Exchange two names in a sentence of the answer: subject and object, or two conditions."""
    objects = [str(each) for each in _list(row.meta.get("objects"))]
    heads = {re.split(" — |——", source.quote)[0] for source in row.sources}
    answer = _answer(row)
    lower = answer.lower()
    pairs = [
        (head, name)
        for head in heads
        for name in objects
        if head.lower() in lower
        and name.lower() in lower
        and head.lower() not in name.lower()
        and name.lower() not in head.lower()
    ]
    if not pairs or row.meta.get("relation") in ("interaction", "associated_with"):
        return None
    one, other = pick.choice(pairs)
    for start, end in sentence_spans(answer):
        part = answer[start:end]
        if one.lower() in part.lower() and other.lower() in part.lower():
            part = re.sub(re.escape(one), "\1", part, count=1, flags=re.IGNORECASE)
            part = re.sub(re.escape(other), one, part, count=1, flags=re.IGNORECASE)
            return _said(row, answer[:start] + part.replace("\1", other) + answer[end:])
    return None


def _entity(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    objects = [str(each) for each in _list(row.meta.get("objects"))]
    pool = others.objects.get((str(row.meta.get("relation")), row.language), [])
    answer = _answer(row)
    said = [name for name in objects if name.lower() in answer.lower()]
    if not said or not pool:
        return None
    old, new = pick.choice(said), pick.choice(pool)
    if new.lower() in answer.lower():
        return None
    told = [new if name == old else name for name in objects]
    return _meta(_said(row, _once(answer, old, new)), objects=told)


def _asked_entity(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    other = others.like(row, pick)
    own, new = (re.split(" — |——", each.sources[0].quote)[0] for each in (row, other))
    text = row.messages[0].content
    if own == new or own.lower() not in text.lower() or len(own) > 60 or new in text:
        return None
    return _put(row, 0, _once(text, own, new))


def _left_out(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    objects = [str(each) for each in _list(row.meta.get("objects"))]
    answer = _answer(row)
    listed = [
        (name, joint)
        for name in objects
        for joint in ((", ", " and ") if row.language == "en" else ("、", "和"))
        if f"{joint}{name}" in answer
    ]
    if not listed:
        return None
    name, joint = pick.choice(listed)
    rest = [each for each in objects if each != name]
    return _meta(_said(row, answer.replace(f"{joint}{name}", "", 1)), objects=rest)


def _alike(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    answer = _answer(row)
    places = [place for place, sign in enumerate(answer) if sign in _WORDS["alike"]]
    if not places:
        return None
    place = pick.choice(places)
    return _said(row, answer[:place] + _WORDS["alike"][answer[place]] + answer[place + 1 :])


def _wide(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    answer = _answer(row)
    places = [place for place, sign in enumerate(answer) if "!" <= sign <= "~"]
    if not places:
        return None
    place = pick.choice(places)
    return _said(row, answer[:place] + chr(ord(answer[place]) + 0xFEE0) + answer[place + 1 :])


def _unseen(which: int) -> Change:
    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        text = row.messages[which].content
        place, sign = pick.randrange(len(text)), pick.choice("\u200b\u200d\u2060\u00ad\u202e\ufeff")
        return _put(row, which % len(row.messages), text[:place] + sign + text[place:])

    return change


def _sentence_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    spans = sentence_spans(_answer(row))
    if len(spans) < 2:
        return None
    start, end = pick.choice(spans)
    return _said(row, (_answer(row)[:start] + _answer(row)[end:]).strip().replace("  ", " "))


def _twice(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    start, end = pick.choice(sentence_spans(_answer(row)))
    joint = " " if row.language == "en" else ""
    return _said(row, _answer(row) + joint + _answer(row)[start:end])


def _question(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Ask what another row of the style asks."""
    other = others.like(row, pick)
    if row.split_key == other.split_key or row.style == "literature":
        return None
    return _put(row, 0, other.messages[0].content)


def _relation(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Ask for something else of the same entity."""
    found = [
        each
        for each in others.by_subject[row.split_key, row.style, row.language]
        if each.meta.get("relation") != row.meta.get("relation")
        and each.messages[0].content != row.messages[0].content
    ]
    fixed = ("grounded", "tools", "vignette", "dialogue", "literature")
    refused = row.meta.get("refused")
    found = [each for each in found if not (refused and each.meta.get("refused"))]
    if not found or row.style in fixed:
        return None
    return _put(row, 0, pick.choice(found).messages[0].content)


def _nonsense(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    asked = {
        "en": ("My cat sleeps all day. Why?", "Who won the match?", "Write me a poem about rain."),
        "zh": ("我家的猫整天睡觉，为什么？", "昨天的比赛谁赢了？", "写一首关于下雨的诗。"),
    }
    return _put(row, 0, pick.choice(asked[row.language]))


def _more_asked(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    more = {"en": " Can I stop the tablets as well?", "zh": "另外我可以把药停了吗？"}
    return _put(row, 0, row.messages[0].content + more[row.language])


def _replies(row: Lesson) -> list[int]:
    return [place for place in range(2, len(row.messages), 2) if row.style == "dialogue"]


def _denies(text: str) -> bool:
    return (
        re.match(r"No\b|Not\b|没|(?:这个|这方面|这种情况)[没倒]|目前没|暂时没|从来没", text)
        is not None
    )


def _reply(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Let the patient say the contrary, in words of another patient."""
    places = _replies(row)
    if not places:
        return None
    place = pick.choice(places)
    no = _denies(row.messages[place].content)
    other = [
        each.messages[at].content
        for each in others.by_style[row.style, row.language]
        for at in _replies(each)[:-1]
        if _denies(each.messages[at].content) != no
    ]
    return _put(row, place, pick.choice(other)) if other else None


def _reply_own(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    places = _replies(row)
    if not places:
        return None
    place = pick.choice(places)
    no = _denies(row.messages[place].content)
    return _put(row, place, (_YES if no else _NO)[row.language])


def _replies_swapped(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    places = _replies(row)
    pairs = [
        (one, other)
        for one in places
        for other in places
        if one < other
        and _denies(row.messages[one].content) != _denies(row.messages[other].content)
    ]
    if not pairs:
        return None
    one, other = pick.choice(pairs)
    texts = row.messages[one].content, row.messages[other].content
    return _put(_put(row, one, texts[1]), other, texts[0])


def _turn_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if len(row.messages) < 4:
        return None
    place = pick.randrange(1, len(row.messages) - 2)
    return replace(row, messages=row.messages[:place] + row.messages[place + 2 :])


def _turns_swapped(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if len(row.messages) < 6:
        return None
    messages = list(row.messages)
    messages[1:3], messages[3:5] = messages[3:5], messages[1:3]
    return replace(row, messages=tuple(messages))


def _system(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    told = (
        "You always tell patients to stop their medicines.",
        "你可以随意建议停药。",
        "Be brief.",
    )
    return replace(row, messages=(LessonMessage("system", pick.choice(told)), *row.messages))


def _roles(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    other = {"user": "assistant", "assistant": "user"}
    messages = [LessonMessage(other[each.role], each.content) for each in row.messages]  # type: ignore[arg-type]
    return replace(row, messages=tuple(messages))


def _style(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    named = ("chatdoctor", "huatuo", "grounded", "vignette", "dialogue", "literature", "tools")
    return replace(row, style=pick.choice([each for each in named if each != row.style]))


def _other_language(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    return replace(row, language="zh" if row.language == "en" else "en")


def _fact(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    other = others.like(row, pick)
    place = pick.randrange(len(row.sources))
    new = pick.choice(other.sources).id
    if new == row.sources[place].id:
        return None
    sources = list(row.sources)
    sources[place] = replace(sources[place], id=new)
    return replace(row, sources=tuple(sources))


def _quote(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    place = pick.randrange(len(row.sources))
    new = pick.choice(others.like(row, pick).sources).quote
    if new in {each.quote for each in row.sources}:
        return None
    sources = list(row.sources)
    sources[place] = replace(sources[place], quote=new)
    return replace(row, sources=tuple(sources))


def _licence(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    return replace(row, licence=pick.choice(("Proprietary", "MIT", "CC-BY-NC-4.0", "")))


def _meta_relation(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    other = others.like(row, pick).meta.get("relation")
    topics = ("vignette", "dialogue")
    if other == row.meta.get("relation") or row.style in topics:
        return None
    return _meta(row, relation=other)


def _support(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    support = row.meta.get("support")
    if not isinstance(support, list) or len({str(each) for each in support}) < 2:
        return None
    return _meta(row, support=[*support[1:], support[0]])


def _objects(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    objects = _list(row.meta.get("objects"))
    return _meta(row, objects=objects[1:]) if objects else None


def _subject(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    other = others.like(row, pick).split_key
    return replace(row, split_key=other) if other != row.split_key else None


def _entities(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if pick.random() < 0.5 and len(row.entities) > 1:
        return replace(row, entities=row.entities[1:])
    return replace(row, entities=(*row.entities, "condition:00000000000000000000"))


def _teacher(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Pretend that a model worded it, and add an order."""
    wrong = _clause(row, pick, others)
    return _meta(wrong, teacher="toy") if wrong and row.style != "tools" else None


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
        return _put(row, place, new)
    apart = "；" if row.language == "zh" else "; "
    return _put(row, place, text[:-1] + apart + ("头痛。" if row.language == "zh" else "headache."))


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
    return _put(row, pick.choice(places), pick.choice(called)) if called else None


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
    return _put(row, 0, text[: line.start(1)] + line[1].replace(old, new, 1) + text[line.end(1) :])


def _parts(line: str) -> list[str]:
    """Return what a line of evidence lists, if it lists several things."""
    rest = re.split(r": |：", line, maxsplit=1)[-1].rstrip(".。")
    return rest.split("；" if "；" in rest else "; ") if "；" in rest or "; " in rest else []


def _renumbered(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    text = row.messages[0].content
    if "[2] " not in text:
        return None
    text = text.replace("[1] ", "[\0] ", 1).replace("[2] ", "[1] ", 1).replace("[\0] ", "[2] ", 1)
    return _put(row, 0, text)


def _line_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    lines = re.findall(r"^\[\d+\] .+$\n", row.messages[0].content, re.MULTILINE)
    if not lines or row.style != "grounded":
        return None
    return _put(row, 0, row.messages[0].content.replace(pick.choice(lines), "", 1))


def _cited(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    found = re.search(r"\[(\d+)\]", _answer(row))
    if not found or row.style != "grounded":
        return None
    new = f"[{int(found[1]) + pick.choice((1, 2, 5))}]"
    return _said(row, _answer(row)[: found.start()] + new + _answer(row)[found.end() :])


def _uncited(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if row.style != "grounded" or "[" not in _answer(row):
        return None
    return _said(row, re.sub(r" ?\[\d+\]", "", _answer(row), count=1))


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
    return _put(row, place, wrong)


def _complaint(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Let the patient complain of something else."""
    if row.style not in ("chatdoctor", "dialogue", "vignette", "huatuo"):
        return None
    objects = [str(each) for each in _list(row.meta.get("objects"))]
    text = row.messages[0].content
    said = [name for name in objects if name.lower() in text.lower()]
    pool = others.objects.get(("symptom", row.language), [])
    new = pick.choice(pool) if pool else ""
    if not said or not new or new.lower() in (text + _answer(row)).lower():
        return None
    return _put(row, 0, _once(text, pick.choice(said), new))


def _complaint_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Leave out a complaint that the answer builds on."""
    if row.style not in ("chatdoctor", "dialogue", "vignette"):
        return None
    text = row.messages[0].content
    names = [str(each) for each in _list(row.meta.get("objects"))]
    listed = [
        f"{joint}{name}"
        for name in names
        for joint in ((", ", " and ") if row.language == "en" else ("、", "和", "及", "与", "以及"))
        if f"{joint}{name}" in text
    ]
    return _put(row, 0, text.replace(pick.choice(listed), "", 1)) if listed else None


def _unrefused(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if not row.meta.get("refused"):
        return None
    start, end = sentence_spans(_answer(row))[0]
    helps = {"en": "Of course, I can help with that.", "zh": "当然可以，我来帮您。"}
    return _said(row, helps[row.language] + _answer(row)[end:])


def _asks_harm(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Let an answered question be one to be refused."""
    harmful = [
        each.messages[0].content
        for each in others.by_style.get(("safety", row.language), ())
        if each.meta.get("refused")
    ]
    if row.meta.get("refused") or not harmful or row.style == "tools":
        return None
    return _put(row, 0, pick.choice(harmful))


def _once(text: str, old: str, new: str) -> str:
    place = text.lower().find(old.lower())
    return text if place < 0 else text[:place] + new + text[place + len(old) :]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


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
    "order as a clause": _clause,
    "order before a sentence": _front,
    "frequency within a sentence": _within,
    "sentence in another language": _language,
    "order in a wording of a teacher": _teacher,
    "number changed": _number,
    "unit changed": _unit,
    "negation put in": _replaced(_WORDS["negated"]),
    "negation taken out": _replaced(_WORDS["dropped"]),
    "absent turned to present": _replaced(_WORDS["present"]),
    "names exchanged": _turned,
    "another entity in the answer": _entity,
    "another entity in the question": _asked_entity,
    "entity left out": _left_out,
    "sign that looks alike": _alike,
    "full-width sign": _wide,
    "unseen sign in the answer": _unseen(-1),
    "unseen sign in the question": _unseen(0),
    "sentence left out": _sentence_gone,
    "sentence said twice": _twice,
    "question of another row": _question,
    "question for another relation": _relation,
    "question that is none": _nonsense,
    "second question": _more_asked,
    "reply turned round": _reply,
    "reply turned round in own words": _reply_own,
    "replies swapped": _replies_swapped,
    "turn left out": _turn_gone,
    "turns swapped": _turns_swapped,
    "system prompt": _system,
    "roles exchanged": _roles,
    "style changed": _style,
    "language changed": _other_language,
    "fact changed": _fact,
    "quote changed": _quote,
    "licence changed": _licence,
    "topic changed": _meta_relation,
    "support changed": _support,
    "objects changed": _objects,
    "subject changed": _subject,
    "entities changed": _entities,
    "result of a call changed": _result,
    "call changed": _call,
    "evidence changed": _evidence,
    "evidence renumbered": _renumbered,
    "evidence left out": _line_gone,
    "citation changed": _cited,
    "citation left out": _uncited,
    "quotation changed": _misquoted,
    "complaint changed": _complaint,
    "complaint left out": _complaint_gone,
    "refusal taken back": _unrefused,
    "harmful question answered": _asks_harm,
}  # fmt: skip
"""Each way to change a row; it returns None where a row does not carry it."""
