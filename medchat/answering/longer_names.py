"""Find the longer names in a question of which the base knows but a part.

    question + its known names -> "bone cancer" beside cancer, 霉菌性阴道炎 beside 阴道炎

What is known of the part is not an answer: it is said first that it is of something broader, where
the part names the kind of disease, and not said at all where it does not ("diabetes insipidus",
"digoxin poisoning"). Names of which the base knows no part must stand in a text as they are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from knowledge.graph.linker import EntityMention
from knowledge.index import lexical
from knowledge.text.sentence_support import EntitySpan
from knowledge.text.stop_words import EVERYDAY_EN
from medchat.answering.answer import Language
from medchat.answering.name_limits import limits
from medchat.answering.understanding import Question

_OTHER_KINDS = ("medicine:", "test:", "treatment:")
"""Kinds of entities beside whose names a word makes no other disease."""

_PART = "body_part:"
"""The kind of entities whose names make another disease of a name: bone cancer, 肝癌."""

_MOST_WORDS = 4
"""A name has at most so many words more on one side of what is known."""

_MOST_CHARACTERS = 12
"""The same in Chinese characters."""

_SUFFIX_ZH = re.compile("[性型期样源状]")
"""What ends a word that says of what sort a disease is, and begins none."""

_AFTER_ZH = re.compile("..?.?后")
"""What says after what a disease came: 产后, 术后."""

_GERM_ZH = re.compile("菌$|病毒$|虫$")
"""What ends the name of a germ that begins as a disease does."""

_PATIENTS_ZH = frozenset({"妊娠", "怀孕", "哺乳", "月经"})
"""Names beside which a time of life is no sort of a disease."""

_ONE_ZH = "我你他她它有是对得患被把给让从由于为不没会要能和与跟或及的了"
"""Single characters that stand beside a name and neither begin nor end one."""

_PLACES_ZH = ("上", "里")
"""What stands after a part of the body and begins no name of a disease."""

_LEADS = frozenset({"for", "of", "with", "against"})
"""Words that stand before the name of what is asked about."""

_NEAR = 3
"""A word that makes another name of a name stands at most so many words from it."""

_WORD = re.compile(r"[A-Za-z0-9][\w'’]*")
_DIPHTHONG = re.compile("[ao]?e")
_PLURAL = re.compile("(?<![iu])s$")
_ILLNESS = ("condition:", "symptom:")


@dataclass(frozen=True, slots=True)
class LongerName:
    """A name as the question writes it, what of it is known, and the terms that are not.

    `is_kind` says that what is known names the kind of disease: "bone cancer" is a cancer. `near`
    says that the terms make this name only where they stand beside the known part; `cause` is what
    else is known of it, such as lumbar puncture of a headache after it, and `causes` its ids. One
    of `terms` is enough where they are `alike`.
    """

    text: str
    mention: EntitySpan
    terms: frozenset[str]
    is_kind: bool
    near: bool = False
    cause: EntitySpan | None = None
    causes: frozenset[str] = frozenset()
    alike: bool = False

    @property
    def is_loose(self) -> bool:
        """Say whether what is known of the kind answers, where the name is spoken of anywhere."""
        return bool(self.causes) or (self.is_kind and self.alike)

    def is_in(self, text: str) -> bool:
        """Say whether a text speaks of what the known part lacks."""
        held = lexical.distinct_terms(text)
        return not held.isdisjoint(self.terms) if self.alike else held >= self.terms

    def is_spelled_in(self, text: str) -> bool:
        """Say whether a text has the words of an illness that has a cause: "dry cough" has cough.

        Of Chinese words half the characters are enough: 干咳 is a 咳嗽.
        """
        if not self.causes:
            return False
        known, low = self.mention.text.casefold(), text.casefold()
        chinese = [sign for sign in known if sign > "\u3000"]
        shared = sum(sign in low for sign in chinese)
        return known in low or (bool(chinese) and 2 * shared >= len(chinese))

    def stands_at(self, text: str, start: int, end: int) -> bool:
        """Say whether the known part, which stands in a text there, has the rest of the name."""
        if not self.near:
            return self.is_in(text)
        before = [match[0] for match in _WORD.finditer(text, 0, start)][-_NEAR:]
        after = [match[0] for match in _WORD.finditer(text, end)][:_NEAR]
        return self.is_in(" ".join([*before, *after]))


def words_that_matter(text: str, *, chinese: bool) -> list[str]:
    """Return the words of a part of a question that are no verbs and say neither who nor when.

    English ones stand as they follow each other; a single Chinese character is no word.
    """
    if chinese:
        return [part for part in limits().stops_zh.split(text) if len(part) > 1]
    runs: list[list[str]] = [[]]
    for word in text.split():
        if word.lower() in limits().words or word.lower().endswith("ly"):
            runs.append([])
        else:
            runs[-1].append(word)
    return [" ".join(run) for run in runs if run]


def find_longer_names(asked: Question) -> list[LongerName]:
    """Return the names of which a mention of the question is but a part."""
    found = _of_causes(asked)
    for mention in asked.mentions:
        if not mention.entities[0].startswith((*_OTHER_KINDS, _PART)):
            name = _chinese(asked, mention) if asked.language == "zh" else _english(asked, mention)
            if name is not None:
                found.append(name)
    return [*found, *_of_substances(asked), *_of_parts(asked)]


@lru_cache(maxsize=64)
def unknown_names(question: str, language: Language) -> tuple[re.Pattern[str], ...]:
    """Return what finds each word of a question that is the name of a disease by its ending.

    For a question of whose names the base knows none: "vaginitis" is not found in "vaginal".
    """
    bounds = limits()
    if language == "zh":
        runs = [run.strip(_ONE_ZH) for run in bounds.long_stops_zh.split(question)]
        return tuple(re.compile(run) for run in runs if bounds.unknown["zh"].search(run))
    words = [_PLURAL.sub("", word.lower()) for word in _WORD.findall(question)]
    return tuple(
        re.compile(rf"\b{_DIPHTHONG.sub('[ao]?e', word)}(?:e?s)?\b", re.IGNORECASE)
        for word in words
        if bounds.unknown["en"].search(word)
    )


def _of_causes(asked: Question) -> list[LongerName]:
    """Return the illnesses that are named by what they come from: "headache after a fall"."""
    found = []
    joint = limits().causes[asked.language]
    for first, second in zip(asked.mentions, asked.mentions[1:], strict=False):
        between = asked.question[first.end : second.start]
        head, cause = (second, first) if asked.language == "zh" else (first, second)
        if asked.language == "zh" and not between:
            joined = cause.entities[0].startswith("factor:")
        else:
            joined = joint.fullmatch(between) is not None
        if joined and head.entities[0].startswith(_ILLNESS):
            text = (asked.written or asked.question)[first.start : second.end]
            ids = asked.members if cause.text in asked.classes else ()
            causes = frozenset([*cause.entities, *ids])
            name = LongerName(text, head, frozenset(), is_kind=True, cause=cause, causes=causes)
            found.append(name)
    return found


def _of_substances(asked: Question) -> list[LongerName]:
    """Return the illnesses that are named by a substance: its poisoning, its deficiency."""
    spans: list[EntitySpan] = [m for m in asked.mentions if m.entities[0].startswith(_OTHER_KINDS)]
    for text in asked.classes:
        start = asked.question.find(text)
        if start >= 0 and all(mention.text != text for mention in spans):
            spans.append(EntityMention(start, start + len(text), text, ("medicine:",)))
    found = []
    for span in spans:
        for terms, before, after in limits().substances:
            led = before.search(asked.question[: span.start])
            tail = after[asked.language].match(asked.question, span.end)
            if led is None and (tail is None or _is_known(tail.end() - 1, asked)):
                continue
            start = led.start() if led else span.start
            end = span.end if led or tail is None else tail.end()
            text = (asked.written or asked.question)[start:end]
            found.append(LongerName(text, span, terms, is_kind=False, alike=True))
    return found


def _led_zh(asked: Question, mention: EntitySpan, led: EntitySpan) -> LongerName | None:
    """Return the name of a disease that is of a sort that another one makes: 绝经期尿失禁."""
    if led.text in _PATIENTS_ZH:
        return None
    written = (asked.written or asked.question)[led.start : mention.end]
    terms = frozenset(lexical.distinct_terms(led.text))
    return LongerName(written, mention, terms, is_kind=True, cause=led)


def _of_parts(asked: Question) -> Iterator[LongerName]:
    """Yield names of which only a part of the body is known: "kidney failure", 卵巢破裂.

    What is said of the part is no answer; it is one where the question names anything else.
    """
    if not asked.relations or not asked.mentions or _without_parts(asked):
        return
    for mention in asked.mentions:
        name = _part_zh(asked, mention) if asked.language == "zh" else _part_en(asked, mention)
        if name is not None and name.terms:
            yield name


def _part_zh(asked: Question, mention: EntitySpan) -> LongerName | None:
    left = limits().stops_zh.split(asked.question[: mention.start])[-1]
    right = limits().stops_zh.split(asked.question[mention.end :])[0]
    right = "" if right[:1] in _PLACES_ZH else right
    start, end = mention.start - len(left), mention.end + len(right)
    if not left + right or len(left + right) > _MOST_CHARACTERS:
        return None
    terms = frozenset(lexical.distinct_terms(asked.question[start:end]))
    text = (asked.written or asked.question)[start:end]
    return LongerName(text, mention, terms, is_kind=False)


def _part_en(asked: Question, mention: EntitySpan) -> LongerName | None:
    text, plain = asked.question, limits().plain
    tokens = [
        _Token(match[0], match.start(), match.end(), match[0].lower() not in plain)
        for match in _WORD.finditer(text)
    ]
    before = [token for token in reversed(tokens) if token.end <= mention.start]
    after = [token for token in tokens if token.start >= mention.end]
    left = _names_beside(before, text, mention.start, back=True)
    right = _names_beside(after, text, mention.end, back=False)
    start = left[-1].start if left else mention.start
    end = right[-1].end if right else mention.end
    joined = limits().joins_part.search(text[:start])
    prior: list[_Token] = []
    if joined is not None:
        earlier = [token for token in before if token.end <= joined.start()]
        prior = _names_beside(earlier, text, joined.start() + 1, back=True)
        start = prior[-1].start if prior else start
    own = [token.text.lower() for token in (*left, *right, *prior)]
    if limits().general.issuperset(own):
        return None
    terms = frozenset(term for word in own for term in lexical.distinct_terms(word))
    return LongerName(text[start:end], mention, terms, is_kind=False, near=not prior)


def _is_part(mention: EntitySpan) -> bool:
    return mention.entities[0].startswith(_PART)


def _without_parts(asked: Question) -> list[EntitySpan]:
    """Return what a question mentions but parts of the body."""
    return [mention for mention in asked.mentions if not _is_part(mention)]


def _is_known(place: int, asked: Question) -> bool:
    """Say whether a name of the base stands at a place."""
    return any(mention.start <= place < mention.end for mention in asked.mentions)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    is_own: bool
    """A word of its own that no name of the base holds."""

    @property
    def is_course(self) -> bool:
        """Say whether it is how a disease runs, which a text need not say beside its name."""
        return self.text.lower() in limits().courses


def _english(asked: Question, mention: EntitySpan) -> LongerName | None:
    before, after = _tokens(asked, mention)
    left = _names_beside(list(reversed(before)), asked.question, mention.start, back=True)
    left = left or _read_over(before, asked.question, mention.start)
    start = left[-1].start if left else mention.start
    prior = _before_connector(asked.question[:start], before)
    right = _names_beside(after, asked.question, mention.end, back=False)
    end = right[-1].end if right else mention.end
    narrowing = [] if right else _after_connector(asked.question, end, after)
    own = [*left, *right, *prior, *narrowing]
    terms = frozenset(term for token in own for term in lexical.distinct_terms(token.text))
    if not terms or not any(token.is_own for token in own):
        return None
    joint = asked.question[end : narrowing[0].start].split()[:1] if narrowing else []
    near = not prior and joint in ([], ["of"])
    start = prior[0].start if prior else start
    end = narrowing[-1].end if narrowing else end
    is_kind = not right and not prior
    text = asked.question[start:end]
    if all(token.is_course for token in own):  # an attack is acute, whether it says so or not
        return LongerName(text, mention, limits().episodes, is_kind, alike=True)
    return LongerName(text, mention, terms, is_kind, near=near)


def _tokens(asked: Question, mention: EntitySpan) -> tuple[list[_Token], list[_Token]]:
    """Return the words before and after a mention; those in other mentions are no own ones."""
    rest = frozenset(asked.rest)
    known = [(each.start, each.end) for each in _without_parts(asked)]
    parts = [(each.start, each.end) for each in asked.mentions if _is_part(each)]
    tokens = [
        _Token(
            match[0],
            match.start(),
            match.end(),
            not any(start <= match.start() < end for start, end in known)
            and (
                match[0].lower() in limits().courses
                or any(start <= match.start() < end for start, end in parts)
                or not lexical.distinct_terms(match[0]).isdisjoint(rest)
            ),
        )
        for match in _WORD.finditer(asked.question)
    ]
    before = [token for token in tokens if token.end <= mention.start]
    return before, [token for token in tokens if token.start >= mention.end]


def _names_beside(tokens: Sequence[_Token], text: str, edge: int, *, back: bool) -> list[_Token]:
    """Return the own words that stand right beside a place, the nearest first."""
    found: list[_Token] = []
    for token in tokens:
        gap = text[token.end : edge] if back else text[edge : token.start]
        word = re.sub("['’]s?$", "", token.text.lower())
        stops = word in limits().words or word.endswith("ly")
        if gap not in (" ", "-", "") or not token.is_own or stops or len(found) == _MOST_WORDS:
            break
        found.append(token)
        edge = token.start if back else token.end
    return found


def _read_over(before: Sequence[_Token], text: str, edge: int) -> list[_Token]:
    """Return what is read as asking between "for" and a name: "what works for brittle asthma"."""
    plain = limits().plain | EVERYDAY_EN
    tokens = [replace(token, is_own=token.text.lower() not in plain) for token in reversed(before)]
    found = _names_beside(tokens, text, edge, back=True)
    led = tokens[len(found)].text.lower() if len(tokens) > len(found) else ""
    return found if led in _LEADS else []


def _before_connector(text: str, before: Sequence[_Token]) -> list[_Token]:
    """Return the own words that the words "of the" join to what follows."""
    joined = limits().joins_after.search(text)
    if joined is None:
        return []
    earlier = [token for token in before if token.end <= joined.start()]
    edge = joined.start() + 1
    if earlier and earlier[-1].text.lower() in limits().heads and not earlier[-1].is_own:
        edge = earlier[-1].start
        earlier = earlier[:-1]
    return list(reversed(_names_beside(list(reversed(earlier)), text, edge, back=True)))


def _after_connector(text: str, end: int, after: Sequence[_Token]) -> list[_Token]:
    """Return the own words that "of the" joins to a name that ends here."""
    joined = limits().joins_before.match(text, end)
    if joined is None:
        return []
    later = [token for token in after if token.start >= joined.end()]
    return _names_beside(later, text, joined.end() - 1, back=False)


def _chinese(asked: Question, mention: EntitySpan) -> LongerName | None:
    text, known = asked.question, _without_parts(asked)
    bounds = limits()
    first = max((m.end for m in known if m.end <= mention.start), default=0)
    last = min((m.start for m in known if m.start >= mention.end), default=len(text))
    left = bounds.stops_zh.split(text[first : mention.start])[-1]
    before = text[first : mention.start]
    long = bounds.long_stops_zh.split(before)[-1]
    if _SUFFIX_ZH.match(left) or (not left and _AFTER_ZH.fullmatch(long.lstrip(_ONE_ZH))):
        left = long.lstrip(_ONE_ZH)  # a stop within a word: 胆碱能性荨麻疹, 产后发热
    led = next((m for m in known if m.end == first and _SUFFIX_ZH.fullmatch(before)), None)
    if led is not None:  # 痛风性发热
        return _led_zh(asked, mention, led)
    joined = bounds.joins_zh.match(text, mention.end, last)
    right = bounds.stops_zh.split(text[joined.end() if joined else mention.end : last])[0]
    if _GERM_ZH.search(right) and mention.end + len(right) == last < len(text):
        terms = frozenset(lexical.distinct_terms(text[mention.start : last]))  # 流感杆菌肺炎
        return LongerName(text[mention.start : last], mention, terms, is_kind=False)
    if not bounds.endings.search(right) and not (_SUFFIX_ZH.match(right) and len(right) > 1):
        right = ""
    extra = [part for part in (left, right) if part]
    if not extra or any(len(part) > _MOST_CHARACTERS for part in extra):
        return None
    terms = frozenset(term for part in extra for term in lexical.distinct_terms(part))
    start, end = mention.start - len(left), mention.end + len(right)
    if joined and right:
        end = joined.end() + len(right)
    written = asked.written or text
    is_kind = not right or joined is not None
    return LongerName(written[start:end], mention, terms, is_kind) if terms else None
