"""Kinds of errors to plant in a sentence that tells a line of facts, in English and Chinese.

    Told (line, sentence, subject, what is listed) + names of the graph -> a wrong sentence, or None

Each kind makes one error. A kind gives None where a sentence has no place for its error.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.vocabulary import RELATIONS, base_relation
from medchat.answering.answer import Evidence, Language

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)")
_STOPS = ".。"


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that tells a line of facts, with what it names."""

    piece: Evidence
    text: str
    subject: str
    items: tuple[str, ...]
    is_text: bool

    @property
    def language(self) -> Language:
        """Return the language of both."""
        return self.piece.language


@dataclass(frozen=True, slots=True)
class World:
    """The names of the graph by language and kind of entity, and other lines of its facts."""

    names: Mapping[tuple[str, str], Sequence[str]]
    others: Mapping[str, Sequence[Told]]

    def other(self, told: Told, name: str, pick: random.Random) -> str | None:
        """Return another name of the language, of the kind of the line's subject or objects."""
        relation = RELATIONS[base_relation(told.piece.relation)]
        kind = relation.object or "condition"
        if name == told.subject:
            kind = told.piece.subject.partition(":")[0]
        kind = {"treatment_or_medicine": "medicine", "any": "condition"}.get(kind, kind)
        known = self.names.get((told.language, kind), ())
        found = pick.choice(known) if known else ""
        clear = found and not _alike(found, told.piece.text)
        return found if clear else None


Plant = Callable[[Told, World, random.Random], str | None]


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a text such as `old|new;old|new`."""
    return tuple((old, new) for old, _, new in (each.partition("|") for each in text.split(";")))


def _alike(name: str, text: str) -> bool:
    short = name.casefold()
    return short in text.casefold() or any(
        part in text.casefold() for part in re.findall(r"[a-z]{5,}", short)
    )


def _replaced(text: str, old: str, new: str) -> str | None:
    place = text.casefold().find(old.casefold())
    if place < 0 or not new or new.casefold() == old.casefold():
        return None
    changed = text[:place] + new + text[place + len(old) :]
    return changed[:1].upper() + changed[1:]


def _item(told: Told, pick: random.Random) -> str | None:
    return pick.choice(told.items) if told.items and not told.is_text else None


def _stem(told: Told) -> str:
    return told.text.rstrip(_STOPS)


def _ended(told: Told, more: str) -> str:
    return _stem(told) + more + ("。" if told.language == "zh" else ".")


def _spliced(one: str, other: str, pick: random.Random) -> str | None:
    """Return the beginning of one name with the end of another."""
    if min(len(one), len(other)) < 3:
        return None
    shortest = 2 if not one.isascii() else 3
    if len(one) <= shortest or len(other) <= shortest:
        return None
    made = (
        one[: pick.randint(shortest, len(one) - 1)]
        + other[-pick.randint(shortest, len(other) - 1) :]
    )
    return None if made.casefold() in (one.casefold(), other.casefold()) else made


# names


def hybrid_of_the_line(told: Told, world: World, pick: random.Random) -> str | None:
    """Put together two names of the line, or an item and the subject."""
    one = _item(told, pick)
    others = [name for name in (*told.items, told.subject) if name != one]
    made = _spliced(one, pick.choice(others), pick) if one and others else None
    if not made or made.casefold() in told.piece.text.casefold():
        return None
    return _replaced(told.text, one or "", made)


def hybrid_of_the_graph(told: Told, world: World, pick: random.Random) -> str | None:
    """Put a name of the line together with one of the graph."""
    one = _item(told, pick)
    other = world.other(told, one, pick) if one else None
    made = _spliced(one, other, pick) if one and other else None
    if not made or made.casefold() in told.piece.text.casefold():
        return None
    return _replaced(told.text, one or "", made)


def hybrid_subject(told: Told, world: World, pick: random.Random) -> str | None:
    """Put the subject together with another name of its kind."""
    other = world.other(told, told.subject, pick)
    made = _spliced(told.subject, other, pick) if other else None
    return _replaced(told.text, told.subject, made) if made else None


def cut_item(told: Told, world: World, pick: random.Random) -> str | None:
    """Cut a name short within a word."""
    one = _item(told, pick)
    if not one or len(one) < (4 if told.language == "zh" else 8):
        return None
    return _replaced(told.text, one, one[: -(1 if told.language == "zh" else 3)])


def doubled_syllable(told: Told, world: World, pick: random.Random) -> str | None:
    """Write a part of a name twice."""
    one = _item(told, pick)
    return _replaced(told.text, one, one[:3] + one[1:]) if one and len(one) > 3 else None


def changed_letters(told: Told, world: World, pick: random.Random) -> str | None:
    """Exchange two letters of a name."""
    one = _item(told, pick)
    if not one or len(one) < 5 or " " in one:
        return None
    place = pick.randint(1, len(one) - 3)
    made = one[:place] + one[place + 1] + one[place] + one[place + 2 :]
    return _replaced(told.text, one, made)


def invented_item(told: Told, world: World, pick: random.Random) -> str | None:
    """Name something that does not exist in place of an item."""
    one = _item(told, pick)
    made = pick.choice(("vexilomab", "tarudipine", "quorazole") if told.language == "en"
                       else ("维西洛单抗", "塔鲁地平", "夸拉唑"))  # fmt: skip
    return _replaced(told.text, one, made) if one else None


def invented_subject(told: Told, world: World, pick: random.Random) -> str | None:
    """Name something that does not exist in place of the subject."""
    made = "Vexilosis" if told.language == "en" else "维西洛症"
    return _replaced(told.text, told.subject, made)


def swapped_item(told: Told, world: World, pick: random.Random) -> str | None:
    """Name another thing of the same kind."""
    one = _item(told, pick)
    other = world.other(told, one, pick) if one else None
    return _replaced(told.text, one or "", other) if other else None


def added_item(told: Told, world: World, pick: random.Random) -> str | None:
    """Add another thing of the same kind to a list."""
    one = _item(told, pick)
    other = world.other(told, one, pick) if one else None
    joint = "、" if told.language == "zh" else " and "
    return _replaced(told.text, one or "", f"{one}{joint}{other}") if other else None


def swapped_subject(told: Told, world: World, pick: random.Random) -> str | None:
    """Say it of another subject of the same kind."""
    other = world.other(told, told.subject, pick)
    return _replaced(told.text, told.subject, other) if other else None


def subject_of_the_other_line(told: Told, world: World, pick: random.Random) -> str | None:
    """Say it of the subject of the other line that was given as evidence."""
    other = pick.choice(world.others[told.language])
    if _alike(other.subject, told.piece.text) or told.piece.subject == other.piece.subject:
        return None
    return _replaced(told.text, told.subject, other.subject)


def item_as_subject(told: Told, world: World, pick: random.Random) -> str | None:
    """Exchange the subject and an item."""
    one = _item(told, pick)
    if not one or told.text.casefold().count(one.casefold()) != 1 or len(told.items) > 1:
        return None
    if base_relation(told.piece.relation) in ("interaction", "associated_with", "cross_allergy"):
        return None
    marked = _replaced(told.text, one, "\x00")
    changed = _replaced(marked, told.subject, one) if marked else None
    return changed.replace("\x00", told.subject) if changed else None


def narrowed_item(told: Told, world: World, pick: random.Random) -> str | None:
    """Say of an item more than the line does."""
    one = _item(told, pick)
    words = (
        ("severe ", "chronic ", "congenital ")
        if told.language == "en"
        else ("重度", "慢性", "先天性")
    )
    word = pick.choice(words)
    if not one or word.strip() in told.piece.text.casefold():
        return None
    return _replaced(told.text, one, word + one)


def narrowed_subject(told: Told, world: World, pick: random.Random) -> str | None:
    """Say it of a kind of the subject."""
    word = pick.choice(("acute ", "neonatal ", "secondary ") if told.language == "en"
                       else ("急性", "新生儿", "继发性"))  # fmt: skip
    if word.strip() in told.piece.text.casefold():
        return None
    return _replaced(told.text, told.subject, word + told.subject)


def lost_qualifier(told: Told, world: World, pick: random.Random) -> str | None:
    """Leave out the word that narrows an item."""
    one = _item(told, pick)
    found = re.match(
        r"(?:severe|active|acute|chronic|untreated|advanced) |重度|严重|活动性|急性|慢性", one or ""
    )
    return _replaced(told.text, one or "", (one or "")[found.end() :]) if found else None


# polarity and certainty

_DENIALS_EN = _pairs(
    " include | do not include ; includes | does not include ;"
    " is | is not ; are | are not ; can | cannot ;"
    " interacts | does not interact ; raises | does not raise "
)
_DENIALS_ZH = _pairs(
    "包括|不包括;属于|不属于;用于|不用于;可引起|不会引起;会增加|不会增加;可见于|不见于;有相互|没有相互;是|不是"
)


def _swapped_words(told: Told, pairs: Sequence[tuple[str, str]]) -> str | None:
    for old, new in pairs:
        if old in told.text:
            return told.text.replace(old, new, 1)
    return None


def denied(told: Told, world: World, pick: random.Random) -> str | None:
    """Deny what the line states."""
    return _swapped_words(told, _DENIALS_ZH if told.language == "zh" else _DENIALS_EN)


def never(told: Told, world: World, pick: random.Random) -> str | None:
    """Say that it never holds."""
    if told.language == "zh":
        return _swapped_words(told, [(old, f"从不{old}") for old, _ in _DENIALS_ZH])
    return _swapped_words(told, [(old, f"{old.rstrip()} never ") for old, _ in _DENIALS_EN[2:]])


def no_longer(told: Told, world: World, pick: random.Random) -> str | None:
    """Say that it is not known to hold."""
    opening = "It is not true that {}." if told.language == "en" else "并非{}。"
    stem = _stem(told)
    return opening.format(stem[:1].lower() + stem[1:] if told.language == "en" else stem)


def excepted(told: Told, world: World, pick: random.Random) -> str | None:
    """Add an exception."""
    en, zh = (
        (" except in older people", " unless symptoms are mild"),
        ("，老年人除外", "，轻症除外"),
    )
    return _ended(told, pick.choice(en if told.language == "en" else zh))


def only(told: Told, world: World, pick: random.Random) -> str | None:
    """Say that nothing else holds."""
    pairs = [(" include ", " are only "), (" is ", " is only "), (" are ", " are only ")]
    zh = [("包括", "只有"), ("用于", "仅用于"), ("可见于", "只见于"), ("可引起", "只引起")]
    return _swapped_words(told, zh if told.language == "zh" else pairs)


def always(told: Told, world: World, pick: random.Random) -> str | None:
    """Say that it holds in every case."""
    return _ended(told, " in every case" if told.language == "en" else "，每个患者都如此")


def most(told: Told, world: World, pick: random.Random) -> str | None:
    """Say how often it holds."""
    return _ended(told, " in 40% of cases" if told.language == "en" else "，占40%")


def best(told: Told, world: World, pick: random.Random) -> str | None:
    """Compare with what the line does not speak of."""
    more = " better than surgery" if told.language == "en" else "，优于手术"
    return _ended(told, more)


def safe(told: Told, world: World, pick: random.Random) -> str | None:
    """Say that what is forbidden is safe."""
    if base_relation(told.piece.relation) != "contraindication" or told.is_text:
        return None
    one = pick.choice(told.items)
    if told.language == "zh":
        return f"{told.subject}可用于{one}患者。"
    return f"{told.subject} can be used in {one}."


# relations

_OTHERS: Mapping[str, tuple[str, str]] = {
    "symptom": ("Causes of {s} include {o}.", "{s}的病因包括{o}。"),
    "sign": ("Complications of {s} include {o}.", "{s}的并发症包括{o}。"),
    "cause": ("Symptoms of {s} include {o}.", "{s}的症状包括{o}。"),
    "risk_factor": ("Treatments for {s} include {o}.", "{s}的治疗包括{o}。"),
    "test": ("Treatments for {s} include {o}.", "{s}的治疗包括{o}。"),
    "treatment": ("First-line treatments for {s} include {o}.", "{s}的一线治疗包括{o}。"),
    "medicine": ("First-line treatments for {s} include {o}.", "{s}的一线治疗包括{o}。"),
    "first_line": ("Contraindications in {s} include {o}.", "{s}禁用{o}。"),
    "complication": ("Risk factors for {s} include {o}.", "{s}的危险因素包括{o}。"),
    "side_effect": ("{s} is used for {o}.", "{s}用于治疗{o}。"),
    "contraindication": ("{s} is used for {o}.", "{s}用于治疗{o}。"),
    "interaction": ("{s} is replaced by {o}.", "{s}可用{o}代替。"),
}


def other_relation(told: Told, world: World, pick: random.Random) -> str | None:
    """State another relation of the same two."""
    forms = None if told.is_text else _OTHERS.get(told.piece.relation)
    return _formed(told, forms, pick) if forms else None


_TURNED: Mapping[str, tuple[str, str]] = {
    "symptom": ("{o} can cause {s}.", "{o}可引起{s}。"),
    "complication": ("{o} can lead to {s}.", "{o}可引起{s}。"),
    "cause": ("{s} can cause {o}.", "{s}可引起{o}。"),
    "risk_factor": ("{s} raises the risk of {o}.", "{s}会增加{o}的风险。"),
    "side_effect": ("{o} can cause {s}.", "{o}可引起{s}。"),
    "medicine": ("{s} is used for {o}.", "{s}用于治疗{o}。"),
    "first_line": ("{s} is a first-line treatment of {o}.", "{s}是{o}的一线治疗。"),
    "contraindication": ("{o} is contraindicated in {s}.", "{o}禁用于{s}患者。"),
}


def turned_round(told: Told, world: World, pick: random.Random) -> str | None:
    """Exchange what causes, treats or forbids what."""
    forms = None if told.is_text else _TURNED.get(told.piece.relation)
    return _formed(told, forms, pick) if forms else None


def _formed(told: Told, forms: tuple[str, str], pick: random.Random) -> str:
    text = forms[told.language == "zh"].format(s=told.subject, o=pick.choice(told.items))
    return text[:1].upper() + text[1:]


# numbers


def _number(told: Told, pick: random.Random) -> re.Match[str] | None:
    found = list(_NUMBER.finditer(told.text)) if told.is_text else []
    return pick.choice(found) if found else None


def _with_number(told: Told, found: re.Match[str], new: str) -> str:
    return told.text[: found.start()] + new + told.text[found.end() :]


def changed_number(told: Told, world: World, pick: random.Random) -> str | None:
    """Change a number."""
    found = _number(told, pick)
    if not found:
        return None
    new = f"{float(found[0]) + pick.choice((1, 2, 5)):g}"
    return None if new in told.piece.text else _with_number(told, found, new)


def moved_point(told: Told, world: World, pick: random.Random) -> str | None:
    """Move the point of a number."""
    found = _number(told, pick)
    if not found:
        return None
    new = f"{float(found[0]) * pick.choice((0.1, 10)):g}"
    return (
        None
        if re.search(rf"(?<!\d){re.escape(new)}(?!\d)", told.piece.text)
        else _with_number(told, found, new)
    )


_UNITS = _pairs(
    "mg|g; g| mg;micrograms|mg;µg|mg;"
    "μg|mg;"
    "mL|L;hours|days;days|weeks;weeks|months;months|years;years|months;"
    "小时|天;天|周;周|月;个月|年;岁|个月;"
    "%| mg"
)


def changed_unit(told: Told, world: World, pick: random.Random) -> str | None:
    """Change the unit of a number."""
    fits = [
        (old, new)
        for old, new in _UNITS
        if told.is_text and re.search(rf"\d ?{re.escape(old.strip())}(?![a-z])", told.text)
    ]
    if not fits:
        return None
    old, new = pick.choice(fits)
    pattern = rf"(\d ?){re.escape(old.strip())}(?![a-z])"
    return re.sub(pattern, lambda match: match[1] + new.strip(), told.text, count=1)


_COMPARED = _pairs(
    "below|above;above|below;less than|more than;at least|at most;"
    "more than|less than;under|over;up to|at least;before|after;"
    "after|before;"
    "低于|高于;高于|低于;小于|大于;大于|小于;不足|超过;以下|以上;以上|以下;不超过|不少于;至少|至多"
)
_OFTEN = _pairs(
    "once|twice;twice|once;every six months|every six weeks;daily|weekly;"
    "weekly|daily;a day|a week;"
    "每日|每周;每周|每日;1次|2次;2次|1次"
)
_WHOM = _pairs(
    "adults|children;children|adults;women|men;"
    "third trimester|first trimester;early pregnancy|late pregnancy;"
    "first trimester|third trimester;older|younger;"
    "成人|儿童;儿童|成人;女性|男性;妊娠晚期|妊娠早期;妊娠早期|妊娠晚期"
)
_ROUTES = _pairs(
    "by mouth|into a vein;under the skin|into a muscle;inhaled|swallowed;"
    "eye|ear;"
    "口服|静脉注射;皮下|肌内;吸入|口服;静脉|皮下"
)


def _changed(pairs: Sequence[tuple[str, str]], told: Told, pick: random.Random) -> str | None:
    fits = [
        (old, new)
        for old, new in pairs
        if told.is_text and old in told.text and new not in told.piece.text
    ]
    if not fits:
        return None
    old, new = pick.choice(fits)
    return told.text.replace(old, new, 1)


def changed_comparison(told: Told, world: World, pick: random.Random) -> str | None:
    """Turn a comparison or an order in time round."""
    return _changed(_COMPARED, told, pick)


def changed_frequency(told: Told, world: World, pick: random.Random) -> str | None:
    """Change how often something is done."""
    return _changed(_OFTEN, told, pick)


def changed_patients(told: Told, world: World, pick: random.Random) -> str | None:
    """Change of whom something holds."""
    return _changed(_WHOM, told, pick)


def changed_route(told: Told, world: World, pick: random.Random) -> str | None:
    """Change how something is given."""
    return _changed(_ROUTES, told, pick)


def added_dose(told: Told, world: World, pick: random.Random) -> str | None:
    """Add a dose."""
    one = _item(told, pick)
    more = f"{one} {pick.choice((5, 50, 500))} mg"
    return _replaced(told.text, one, more) if one else None


def added_schedule(told: Told, world: World, pick: random.Random) -> str | None:
    """Add how often something is done."""
    return _ended(
        told, " twice a day for ten days" if told.language == "en" else "，每日2次，连用10天"
    )


def added_patients(told: Told, world: World, pick: random.Random) -> str | None:
    """Add of whom it holds."""
    pairs = (" in children", " in pregnant women", " in older adults")
    zh = ("，适用于儿童", "，适用于孕妇", "，适用于老年人")
    more = pick.choice(zh if told.language == "zh" else pairs)
    return None if more.split()[-1].strip("，适用于") in told.piece.text else _ended(told, more)


def lost_patients(told: Told, world: World, pick: random.Random) -> str | None:
    """Leave out of whom a text holds."""
    english = r"\b(?:for|in) (?:adults|children|women|older people)\b ?"
    pattern = rf"{english}|(?:成人|儿童|女性|老年人)(?:患者)?"
    changed = re.sub(pattern, "", told.text, count=1) if told.is_text else told.text
    return " ".join(changed.split()) if changed != told.text else None


def lost_denial(told: Told, world: World, pick: random.Random) -> str | None:
    """Leave out a denial of a text."""
    pattern = r" not\b| never\b|\bnot to be |不宜|不应|不可|禁(?=用)|避免"
    changed = re.sub(pattern, "", told.text, count=1) if told.is_text else told.text
    return changed if changed != told.text else None


# form


def question(told: Told, world: World, pick: random.Random) -> str | None:
    """Ask what the line states."""
    return _stem(told) + ("？" if told.language == "zh" else "?")


def asked_label(told: Told, world: World, pick: random.Random) -> str | None:
    """Ask by the relation's name alone."""
    label = RELATIONS[base_relation(told.piece.relation)].label(told.language)
    if told.language == "zh":
        return f"{told.subject}的{label}？"
    return f"{label[:1].upper()}{label[1:]} of {told.subject}?"


def echo(told: Told, world: World, pick: random.Random) -> str | None:
    """Repeat the question as a statement."""
    label = RELATIONS[base_relation(told.piece.relation)].label(told.language)
    if told.language == "zh":
        return f"{told.subject}的{label}是什么。"
    return f"What are the {label} of {told.subject}."


def label_alone(told: Told, world: World, pick: random.Random) -> str | None:
    """Name the relation and the subject, and state nothing."""
    label = RELATIONS[base_relation(told.piece.relation)].label(told.language)
    if told.language == "zh":
        return f"{told.subject}的{label}。"
    return f"{label[:1].upper()}{label[1:]} of {told.subject}."


def subject_alone(told: Told, world: World, pick: random.Random) -> str | None:
    """Name the subject, and state nothing."""
    return told.subject + ("。" if told.language == "zh" else ".")


def item_alone(told: Told, world: World, pick: random.Random) -> str | None:
    """Name an item, and state nothing."""
    one = _item(told, pick)
    return one + ("。" if told.language == "zh" else ".") if one else None


def no_object(told: Told, world: World, pick: random.Random) -> str | None:
    """Break off before what is listed."""
    start = min((told.text.casefold().find(each.casefold()) for each in told.items), default=-1)
    if told.is_text or start <= len(told.subject) or "~" in told.piece.relation:
        return None
    return told.text[:start].rstrip(" 、") + ("。" if told.language == "zh" else ".")


def no_subject(told: Told, world: World, pick: random.Random) -> str | None:
    """Leave the subject out."""
    for around in (" of {}", " for {}", " to {}", "{} ", "{}的", "{}"):
        written = around.format(told.subject)
        place = told.text.casefold().find(written.casefold())
        if place >= 0 and not told.is_text:
            changed = (told.text[:place] + told.text[place + len(written) :]).strip()
            return changed[:1].upper() + changed[1:]
    return None


def shuffled(told: Told, world: World, pick: random.Random) -> str | None:
    """Put the words in another order."""
    if told.language == "zh" or len(told.text.split()) < 5:
        return None
    words = _stem(told).split()
    start = list(words)
    pick.shuffle(words)
    return " ".join(words) + "." if words != start else None


def repeated(told: Told, world: World, pick: random.Random) -> str | None:
    """Say a name again and again."""
    one = _item(told, pick)
    joint = "" if told.language == "zh" else " "
    return _replaced(told.text, one, joint.join([one] * 3)) if one else None


def crossed_lines(told: Told, world: World, pick: random.Random) -> str | None:
    """Say of the subject what the other line lists."""
    one = _item(told, pick)
    fits = [each for each in world.others[told.language] if not each.is_text and each.items]
    if not fits or not one:
        return None
    other = pick.choice(pick.choice(fits).items)
    return None if _alike(other, told.piece.text) else _replaced(told.text, one, other)


def mixed_script(told: Told, world: World, pick: random.Random) -> str | None:
    """Write on behind the sentence in signs that say nothing."""
    return _ended(
        told,
        pick.choice((" zhqx", " [the]", " ## ##", " ]]")) if told.language == "en" else "的的了是",
    )


KINDS: Sequence[Plant] = (
    hybrid_of_the_line, hybrid_of_the_graph, hybrid_subject, cut_item, doubled_syllable,
    changed_letters, invented_item, invented_subject, swapped_item, added_item, swapped_subject,
    subject_of_the_other_line, item_as_subject, narrowed_item, narrowed_subject, lost_qualifier,
    denied, never, no_longer, excepted, only, always, most, best, safe, other_relation,
    turned_round, changed_number, moved_point, changed_unit, changed_comparison, changed_frequency,
    changed_patients, changed_route, added_dose, added_schedule, added_patients, lost_patients,
    lost_denial, question, asked_label, echo, label_alone, subject_alone, item_alone, no_object,
    no_subject, shuffled, repeated, crossed_lines, mixed_script,
)  # fmt: skip
"""Every kind of error."""
