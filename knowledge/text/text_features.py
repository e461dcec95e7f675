"""Reduce a text to features that can be compared: stems, Chinese pairs, relation words.

    text -> content words (English stems, pairs of Chinese characters) -> overlap, relations

Both languages, and texts that mix them. Words that only frame a statement are left out.
"""

import re
from collections.abc import Iterable
from functools import cache

from knowledge.text.characters import CJK, character_pairs
from knowledge.text.names import normalise
from knowledge.text.stop_words import STATEMENT_PHRASES_ZH, STATEMENT_WORDS_EN
from knowledge.vocabulary import RELATIONS, Relation

_CHINESE = re.compile(f"[{CJK}]+")
_LATIN = re.compile(rf"[^\W\d_{CJK}][^\W_{CJK}]*(?:['’][^\W_{CJK}]+)*")

_FRAME_ZH_PATTERN = re.compile(
    "|".join(map(re.escape, sorted(STATEMENT_PHRASES_ZH, key=len, reverse=True)))
)

_FAMILIES = (
    ("treat", "treatment", "therapy", "manag", "management"),
    ("diagnos", "diagnosis", "diagnostic"),
    ("prevent", "prevention"),
    ("recommend", "recommendation"),
    ("reduc", "reduction"),
    ("infect", "infection"),
    ("initial", "initially"),
)
_FAMILY = {word: group[0] for group in _FAMILIES for word in group}

NEGATIVE_RELATIONS = frozenset({"contraindication", "diet_avoided"})
"""Relations whose very label denies: their evidence speaks against, whatever its wording."""


def stems(text: str) -> list[str]:
    """Return the English content words of a text in order, spelling and endings folded.

    >>> stems("Treated patients with oedema should not stop diuretics")
    ['treat', 'edema', 'not', 'stop', 'diuretic']
    """
    found = (match[0].casefold() for match in _LATIN.finditer(text))
    return [_stem(word) for word in found if word not in STATEMENT_WORDS_EN]


def chinese(text: str) -> list[str]:
    """Return the Chinese runs of a text without the words that only frame a statement.

    >>> chinese("2型糖尿病的症状包括口渴和乏力。")
    ['型糖尿病', '症状', '口渴', '乏力']
    """
    runs = (match[0] for match in _CHINESE.finditer(text))
    pieces = (piece for run in runs for piece in _FRAME_ZH_PATTERN.split(run))
    return [piece for piece in pieces if piece and piece != "用"]  # what is left of 可用, 应用


def units(text: str) -> list[str]:
    """Return all that a text must find elsewhere: stems, and pairs of Chinese characters.

    >>> units("MRI检查头部")
    ['mri', '检查', '查头', '头部']
    """
    return stems(text) + [pair for run in chinese(text) for pair in character_pairs(run)]


def placed(text: str) -> list[tuple[str, int]]:
    """Return the units of a text, each with the place where it begins."""
    found = [
        (_stem(match[0].casefold()), match.start())
        for match in _LATIN.finditer(text)
        if match[0].casefold() not in STATEMENT_WORDS_EN
    ]
    for match in _CHINESE.finditer(text):
        start = match.start()
        for piece in chinese(match[0]):
            start = text.index(piece, start)
            found += [(pair, start + step) for step, pair in enumerate(character_pairs(piece))]
            start += len(piece)
    return sorted(found, key=lambda each: each[1])


def letters(text: str) -> str:
    """Return the letters and digits of a text alone, for comparing what is written.

    >>> letters("Type-2 Diabetes.")
    'type2diabetes'
    """
    return re.sub(r"[\W_]+", "", text.casefold())


def cued(relation: Relation, text: str) -> bool:
    """Say whether a text holds a word that names or asks for a relation."""
    lower = text.casefold()
    if any(cue in lower for cue in (*relation.cues_zh, relation.zh)):
        return True
    return any(_spoken(cue, lower) for cue in (*relation.cues_en, relation.en))


def families(word: str) -> frozenset[str]:
    """Return the relations of which an English stem or a Chinese word is a name or a cue."""
    return _CUE_FAMILIES.get(word, frozenset())


_FACT_WORDS: dict[str, tuple[str, ...]] = {
    "complication": ("lead",),
    "risk_factor": ("rais", "increas", "增加", "提高", "加大", "风险"),
    "test": ("做",),
}
"""What states a fact of a relation and is no cue of it: stems and Chinese words."""


def names_relation(word: str, relations: frozenset[str], *, of_fact: bool = False) -> bool:
    """Say whether a stem is but another word for one of some relations.

    `of_fact` where a fact states them: prose that "increases" something may speak of anything.
    """
    if of_fact and any(word in _FACT_WORDS.get(relation, ()) for relation in relations):
        return True
    return word not in _SPECIFIC and not relations.isdisjoint(families(word))


@cache
def relation_words(relations: frozenset[str], *, of_fact: bool = False) -> tuple[str, ...]:
    """Return the Chinese words that are but names of some relations, the longest first."""
    cues = {cue for id in relations for cue in (*RELATIONS[id].cues_zh, RELATIONS[id].zh)}
    if of_fact:
        cues |= {word for id in relations for word in _FACT_WORDS.get(id, ())}
    return tuple(sorted(cues - _SPECIFIC, key=lambda cue: (-len(cue), cue)))


def spoken_relations(text: str) -> frozenset[str]:
    """Return the relations of which a text speaks: those that one of its words names or cues."""
    spoken = [families(word) for word in stems(text)]
    spoken += [
        frozenset({relation.id})
        for relation in RELATIONS.values()
        if relation.id != "description" and any(cue in text for cue in relation.cues_zh)
    ]
    return frozenset().union(*spoken)


def overlap(wanted: Iterable[str], held: Iterable[str]) -> float:
    """Return which share of the wanted units is held."""
    wishes, given = set(wanted), set(held)
    return len(wishes & given) / len(wishes) if wishes else 0.0


def _stem(word: str) -> str:
    """Fold spelling and endings, more gently than search does: hepatitis is not hepatic."""
    folded = normalise(word).replace(" ", "")
    for ending, least in (("ing", 4), ("ed", 4), ("ally", 5), ("ly", 5), ("es", 4), ("e", 4)):
        if folded.endswith(ending) and len(folded) - len(ending) >= least:
            folded = folded[: -len(ending)]
            break
    if len(folded) > 4 and folded[-1] == folded[-2] and folded[-1] in "bdgmnprt":
        folded = folded[:-1]
    if len(folded) > 4 and folded.endswith("i"):
        folded = folded[:-1] + "y"
    return _FAMILY.get(folded, folded)


def _spoken(cue: str, lower: str) -> bool:
    place = lower.find(cue)
    while place >= 0:
        end = place + len(cue)
        open_before = place == 0 or not lower[place - 1].isalpha()
        if open_before and (end == len(lower) or not lower[end].isalpha()):
            return True
        place = lower.find(cue, place + 1)
    return False


_SPECIFIC = frozenset(
    stems(
        "breastfeeding pregnancy pregnant cure curable survival emergency urgent urgently danger "
        "vaccine imaging confirm maximum max limit age"
    )
) | {
    *("妊娠", "怀孕", "孕妇", "哺乳", "治愈", "能治好", "存活", "紧急", "急诊", "立即就医", "危急"),
    *("确诊", "化验", "最大", "上限", "最多", "年龄", "停用", "停药"),
}
"""Cues that ask for a relation but say more than its name: a claim's must be in the evidence."""


def _cue_families() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for relation in RELATIONS.values():
        if relation.id == "description":
            continue
        single = [cue for cue in relation.cues_en if " " not in cue]
        words = [stem for cue in (*single, relation.en) for stem in stems(cue)]
        for word in (*words, *relation.cues_zh, relation.zh):
            found.setdefault(word, set()).add(relation.id)
    return {word: frozenset(relations) for word, relations in found.items()}


_CUE_FAMILIES = _cue_families()
