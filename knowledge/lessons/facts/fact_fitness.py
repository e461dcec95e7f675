"""Decide which facts of scraped sources may be told.

    name + kind + relation -> may it be told; names of a list -> is it the treatment

Scraped tables hold vitamins among the tests, devices among the medicines, names turned round for
an index, and lists of medicines without the one that matters. What is not fit stays in the graph
and out of lessons. The patterns stand in `fitness.yaml`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple, cast

from knowledge.lessons.facts import rule_files
from knowledge.lessons.facts.obsolete_uses import is_obsolete
from knowledge.records import Language

_OFTEN = 15
_TOGETHER = 0.5
_AS_OFTEN = 1.5
"""From how many lists on a complication may count as filler, and how often another must stand
beside it, one that is not much commoner: a source fills its lists with pairs."""

_INVERTED = re.compile(r"^[^,()]+, (?!.*\b(?:and|or|with)\b)[a-z][^,]*$")
_INVERTED_TERM = re.compile(
    r"^[^,()]+, (?!(?:with|due|caused)\b)(?:[A-Z]-)?[A-Za-z][a-z]{2}[a-z -]*(?:,.*)?$"
)
"""A term of a thesaurus, as in "Anemia, Refractory, with Excess of Blasts"."""

_SMALL_WORDS = "of|in|on|to|from|with|without|by|not|or|and|the|at|for|as|is|are|looks?"
_LIST = re.compile(r"\b(?:and|or)\b|/")
_SIGNS = re.compile(r"\([^A-Za-z\u3400-\u9fff]*\)")
_PATH = re.compile("[\u3400-\u9fff][-—/][\u3400-\u9fff]")
"""Within the name of a test: where it stands in a catalogue, as in 脑脊液检查-化学检查."""

_OF_ANY_CASE = (
    "harms_unborn",
    "harms_unborn_names",
    "lasting_medicines",
    "speaks_against",
    "lifelong",
    "natural",
    "measure_turned_round",
    "no_medicine_en",
    "known_effects",
)
_SHOUTED = re.compile(r"^[A-Z][A-Z' -]{6,}$")
_ILLNESS = ("condition", "symptom", "medicine")


@lru_cache(maxsize=1 << 16)
def is_speakable(name: str, kind: str) -> bool:
    """Say whether a name can stand in a sentence: not turned round for an index, not shouted.

    >>> is_speakable("Arthritis, rheumatoid", "condition"), is_speakable("gout", "condition")
    (False, True)
    """
    if _SIGNS.search(name) or _SHOUTED.match(name):
        return False
    if kind == "test" and _PATH.search(name):
        return False
    inverted = _INVERTED.match(name) or _INVERTED_TERM.match(name)
    if kind in _ILLNESS and inverted and not _LIST.search(name):
        return False
    if kind == "medicine" and _matches("formula_name", name):
        return False
    if kind == "condition" and _matches("measure_turned_round", name):
        return False
    if kind in ("condition", "symptom") and _matches("kind_last", name):
        return False
    return kind != "symptom" or not (_matches("turned_round", name) or _matches("vague_en", name))


@lru_cache(maxsize=1 << 16)
def is_tellable(relation: str, kind: str, name: str, language: Language) -> bool:
    """Say whether the object of a scraped fact is of the kind that its relation promises."""
    if language == "en":
        return True
    if relation == "test":
        return _matches("test_zh", name) and not _matches("no_test_zh", name)
    if kind == "medicine":
        return not _matches("no_medicine_zh", name)
    if relation in ("treatment", "first_line"):
        empty = _matches("empty_treatment_zh", name) or _matches("no_treatment_zh", name)
        return not empty and _matches("treatment_zh", name)
    return True


@lru_cache(maxsize=1 << 16)
def is_use(medicine: str, condition: str) -> bool:
    """Say whether a scraped use is one: of a medicine, and for more than an organ or a state.

    >>> is_use("Mercury Diiodide", "gout"), is_use("colchicine", "joint disorder")
    (False, False)
    >>> is_use("cefixime", "Chronic Bronchitis"), is_use("cefixime", "gonorrhea")
    (False, True)
    """
    vague = _matches("no_use_en", condition) or _matches("no_use_zh", condition)
    vague = vague or _matches("no_medicine_en", medicine)
    given_up = is_obsolete(medicine, condition)
    return not (vague or given_up or _is_half(medicine, condition))


def _is_half(medicine: str, condition: str) -> bool:
    """Say whether a use holds only with what a table leaves out."""
    return any(
        given.search(medicine) and illness.search(condition) for given, illness in _half_uses()
    )


@cache
def _half_uses() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    pairs = cast(Sequence[Sequence[str]], _rules()["half_uses"])
    return tuple(
        (re.compile(given, re.IGNORECASE), re.compile(illness, re.IGNORECASE))
        for given, illness in pairs
    )


def are_telling_effects(names: Collection[str]) -> bool:
    """Say whether a scraped list of side effects can stand as an answer.

    A short list is what is left of a longer one: it has to hold an effect that is widely known.

    >>> are_telling_effects(["Myalgia"]), are_telling_effects(["Rash", "Myalgia"])
    (False, True)
    """
    if len(names) >= _ENOUGH:
        return True
    return len(names) > 1 and any(is_known_effect(name) for name in names)


def is_known_effect(name: str) -> bool:
    """Say whether a side effect is one that is widely known, or that nobody may miss."""
    return _matches("known_effects", name)


def harms_unborn(text: str) -> bool:
    """Say whether a text tells that a medicine makes children be born with defects.

    >>> harms_unborn("It can cause birth defects."), harms_unborn("May be used in pregnancy.")
    (True, False)
    """
    return _matches("harms_unborn", text)


def speaks_against_use(text: str) -> bool:
    """Say whether a text on the use of a medicine in somebody speaks against it.

    >>> speaks_against_use("Avoided near birth."), speaks_against_use("Used where needed.")
    (True, False)
    """
    return _matches("speaks_against", text)


def is_known_to_harm_unborn(name: str) -> bool:
    """Say whether a medicine is known to harm an unborn child, whatever a source leaves out.

    >>> is_known_to_harm_unborn("Valproate"), is_known_to_harm_unborn("阿莫西林")
    (True, False)
    """
    return _matches("harms_unborn_names", name)


def is_taken_for_long(name: str) -> bool:
    """Say whether a medicine is one that people take for months or years.

    >>> is_taken_for_long("candesartan"), is_taken_for_long("amoxicillin")
    (True, False)
    """
    return _matches("lasting_medicines", name)


def is_lifelong(name: str) -> bool:
    """Say whether a condition is one that somebody is born with and that does not get worse.

    >>> is_lifelong("Asperger syndrome"), is_lifelong("asthma")
    (True, False)
    """
    return _matches("lifelong", name)


def is_definition(text: str, names: Collection[str]) -> bool:
    """Say whether an English text tells in words what something is.

    Not one in the code of an ontology, one that begins with another thing's name, or one that
    says no more than the name does.

    >>> is_definition("A lung cancer that occurs in adults.", ["adult lung cancer"])
    False
    """
    if _matches("ontology_en", text) or _matches("addressed_en", text):
        return False
    own = {stem for name in names for stem in stems(name)}
    first = _FIRST_SENTENCE.match(text)
    said = stems(first[0]) if first else set()
    if not said - own and len(text) <= len(first[0] if first else "") + 1:
        return False
    named = _DEFINED.match(text)
    return named is None or not own or bool(own & said)


_ENOUGH = 4
"""So many side effects can stand alone."""

_FIRST_SENTENCE = re.compile(r"^.*?(?:\.(?= [A-Z])|$)", re.DOTALL)
_DEFINED = re.compile(
    r"(?!An? [^.]*?\b(?:that|which|with|characteri[sz]ed|caused|involving|of|where|in)\b)"
    r"[^.]*?\b(?:is|are|was|refers?|means|describes?|occurs?)\b"
)
"""A definition that names what it defines, unlike "A cancer that ..."."""

_NO_CONTENT = re.compile(
    r"^(?:that|which|with|from|this|have|located|found|presents?|occurs?|occurring|during|begins?|"
    r"involves?|involving|affects?|affecting|characteri[sz]ed|disease|disorder|condition)$"
)


def stems(text: str) -> set[str]:
    """Return the beginnings of the words of a text that tell anything."""
    words = re.findall(r"[a-z]{3,}", text.lower())
    small = {"the", "and", "for", "has", "are", "was", "its", "can", "not", "who"}
    return {
        word[:5].rstrip("s") for word in words if word not in small if not _NO_CONTENT.match(word)
    }


@lru_cache(maxsize=1 << 16)
def has_core(condition: str, names: tuple[str, ...]) -> bool:
    """Say whether a list of treatments has what a condition is treated with at heart.

    True where nothing is known of what that would be.

    >>> has_core("蛔虫病", ("维C片",)), has_core("蛔虫病", ("阿苯达唑片",)), has_core("冻疮", ())
    (False, True, True)
    """
    for given in _classes():
        if given.condition.search(condition):
            return any(given.core.search(name) for name in names)
    return True


def filler(lists: Mapping[str, Collection[str]], alike: Callable[[str, str], bool]) -> set[str]:
    """Return the objects with which a source fills lists whose content it does not know.

    Those stand in the lists of many subjects, and half of the time beside one and the same other
    object that is about as common; `alike` says of two that they go together by their names.
    """
    counts = Counter(one for each in lists.values() for one in each)
    often = {one for one, count in counts.items() if count >= _OFTEN}
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    for each in lists.values():
        known = often.intersection(each)
        for one in known:
            beside[one].update(known)
    found: set[str] = set()
    for one in often:
        for other, count in beside[one].items():
            more, fewer = sorted((counts[one], counts[other]), reverse=True)
            paired = other != one and more <= _AS_OFTEN * fewer
            if paired and count >= _TOGETHER * counts[one] and not alike(one, other):
                found |= {one, other}
    return found


@cache
def same_findings() -> tuple[tuple[str, ...], ...]:
    """Return the groups of words for one and the same finding."""
    return tuple(tuple(group) for group in _rules()["same_findings"])


@lru_cache(maxsize=1 << 15)
def is_patients_word(name: str) -> bool:
    """Say whether a Chinese finding is one that a patient would name in these words."""
    return _matches("felt_zh", name) and not _matches("said_by_clinicians_zh", name)


class _CoreTreatment(NamedTuple):
    """Conditions of one class, and what they are treated with."""

    condition: re.Pattern[str]
    core: re.Pattern[str]


@cache
def _classes() -> tuple[_CoreTreatment, ...]:
    return tuple(
        _CoreTreatment(
            re.compile(each["condition"], re.IGNORECASE), re.compile(each["core"], re.IGNORECASE)
        )
        for each in _rules()["core_treatment"]
    )


def _matches(key: str, name: str) -> bool:
    return _pattern(key).search(name) is not None


@cache
def _pattern(key: str) -> re.Pattern[str]:
    alternatives = "|".join(cast(Sequence[str], _rules()[key]))
    if key == "turned_round":
        return re.compile(rf"^[\w'’-]+(?: [\w'’-]+)* (?:{alternatives})$", re.IGNORECASE)
    if key == "kind_last":
        before = rf"(?:(?!(?:{_SMALL_WORDS})\b)[\w'’-]+ )+"
        return re.compile(rf"^{before}(?:{alternatives})$", re.IGNORECASE)
    if key in ("vague_en", "no_use_en"):
        return re.compile(rf"^(?:{alternatives})$", re.IGNORECASE)
    return re.compile(alternatives, re.IGNORECASE if key in _OF_ANY_CASE else 0)


@cache
def _rules() -> Mapping[str, Any]:
    return cast(Mapping[str, Any], rule_files.read("fitness"))


_SAYS_NOTHING = {
    "transmission": re.compile(
        r"^(?:无|非|没有|不)|\b(?:not|cannot be|never) (?:contagious|infectious|passed|caught|"
        r"spread)|\b(?:does|do|can) ?not (?:spread|pass|infect)|^no (?:spread|transmission)",
        re.IGNORECASE,
    ),
    "population": re.compile("无|所有|均可|任何|不限|不详|人群$"),
}
"""Texts that nobody would add unasked: that it does not spread, or that all may get it."""

_SPREADS = re.compile(r"\b(?:spread|pass|transmit|caught|catch|contagious|infect)", re.IGNORECASE)
_CHINESE = re.compile("[\u4e00-\u9fff]")
"""What an English text says of spreading, which a mere word such as "droplets" does not."""


def says_something(relation: str, text: str) -> bool:
    """Say whether a text is worth telling beside what was asked for.

    >>> says_something("transmission", "无传染性"), says_something("transmission", "呼吸道传播")
    (False, True)
    >>> says_something("transmission", "it is an allergy and cannot be passed on")
    False
    >>> says_something("transmission", "droplets"), says_something("transmission", "spreads by air")
    (False, True)
    """
    if relation == "transmission" and not (_SPREADS.search(text) or _CHINESE.search(text)):
        return False
    found = _SAYS_NOTHING.get(relation)
    return found is None or not found.search(text)


_WIDE = re.compile(
    "^(?:全身|血液血管|心理|免疫系统|其他|体表|内分泌系统|男性生殖|女性生殖|女性盆骨)$"
)


def is_natural(name: str) -> bool:
    """Say whether a name is that of a time of life, which nobody falls ill with.

    >>> is_natural("绝经"), is_natural("绝经后出血"), is_natural("menopause")
    (True, False, True)
    """
    return _matches("natural", name)


def is_news(name: str, place: str) -> bool:
    """Say whether the part of the body that a condition befalls is not plain from its name.

    >>> is_news("肛裂", "肛门"), is_news("白塞病", "口"), is_news("血清病", "全身")
    (False, True, False)
    """
    return not _WIDE.match(place) and not set(name).intersection(place)
