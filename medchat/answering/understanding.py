"""Understand a question: its entities and relations, and what a follow-up leaves out.

    question + earlier questions -> Question (one that stands alone)

"And its side effects?" after a question on metformin asks for the side effects of metformin.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from knowledge.search.query_parser import AskedRelation, ParsedQuery
from knowledge.search.reading.question_reading import Reading
from knowledge.text.exact_names import ExactName, find_exact_names, name_of_words
from knowledge.text.scripts import is_traditional
from knowledge.text.sentence_support import EntitySpan
from knowledge.vocabulary import RELATIONS
from medchat.answering.answer import Language

QueryParser = Callable[[str], ParsedQuery]
"""What finds the mentions and cues of a question: the query parser with a linker."""

_PRONOUN_EN = re.compile(
    r"\b(?:its|their|his|her)\b|\b(?:it|they|them|this (?:disease|condition|drug|medicine|illness)"
    r"|that (?:disease|condition|drug|medicine|illness)|this|that)\b",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"its|their|his|her", re.IGNORECASE)
_COURSE_EN = re.compile(
    r"(?:(?:sub)?acute|chronic|recurrent|mild|moderate|severe|early|advanced|uncomplicated)[\s-]+",
    re.IGNORECASE,
)
_COURSE_ZH = re.compile("亚?急性|慢性|复发性|反复|轻度|中度|重度|重症|早期|晚期")
_OPENING_EN = re.compile(
    r"^\s*(?:and|but|so|then|also|ok|okay|what about|how about|and what about)\b[\s,]*",
    re.IGNORECASE,
)
_PRONOUN_ZH = re.compile(
    "它们|它|这个病|该病|此病|这种病|这病|这个药|该药|此药|这种药|这药|这个|那个"
)
_OPENING_ZH = re.compile("^(?:那么|那|还有|另外|然后|请问)[，,]?")
_ENDING_ZH = re.compile("呢[？?]?$")
_SUBJECT_KINDS = ("condition", "medicine", "symptom", "treatment", "test")


@dataclass(frozen=True, slots=True)
class Question:
    """A question that stands alone, and what it asks for.

    `entities` are the ids of what it mentions, `relations` those it clearly asks for, the clearest
    first; `rest` holds words that are neither. `follows` says that something was carried over
    from the questions before, `permission` that it is whether somebody may have a medicine.

    `question` is in simplified characters; `written` is as it was asked, each of its characters in
    the same place, and empty where nothing differs. `exact` are words that name one thing, such
    as an allele or a medicine that the base does not know: only what holds them is the answer.
    `readings` are words that were read otherwise than they are written, `members` what may
    answer for a name of which nothing is recorded: medicines of a class, kinds of a condition.
    """

    question: str
    language: Language
    mentions: tuple[EntitySpan, ...] = ()
    relations: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    follows: bool = False
    permission: bool = False
    written: str = ""
    traditional: bool = False
    exact: tuple[ExactName, ...] = ()
    readings: tuple[Reading, ...] = ()
    members: tuple[str, ...] = ()

    @property
    def entities(self) -> frozenset[str]:
        """Return the ids of what the question mentions."""
        return frozenset(id for mention in self.mentions for id in mention.entities)

    @property
    def subjects(self) -> frozenset[str]:
        """Return the ids of what the question mentions, and of the members of its classes."""
        return self.entities.union(self.members)


def understand_question(question: str, earlier: Sequence[str], parse: QueryParser) -> Question:
    """Return what a question asks, completed by the questions before it, the last one last."""
    text = " ".join(question.split())
    parts = parse(text)
    completed = _completed(text, parts, earlier, parse) if earlier else None
    traditional = is_traditional(text)
    if completed is None:
        written = text if len(text) == len(parts.text) and not parts.readings else ""
        written = written if text != parts.text else ""
        return replace(_asked(parts), written=written, traditional=traditional)
    return replace(_asked(parse(completed), follows=True), traditional=traditional)


def widen(asked: Question, parse: QueryParser) -> Question | None:
    """Return the question about gout where it asks about acute gout, or None.

    Only what says how a condition runs is left out, and only where the name of one remains.
    """
    text = asked.question
    for mention in sorted(asked.mentions, key=lambda each: -each.start):
        course = (_COURSE_ZH if asked.language == "zh" else _COURSE_EN).match(mention.text)
        rest = mention.text[course.end() :] if course else ""
        if rest and any(
            each.text == rest and each.entities[0].startswith("condition:")
            for each in parse(rest).mentions
        ):
            text = text[: mention.start] + rest + text[mention.end :]
    if text == asked.question:
        return None
    return replace(
        _asked(parse(text)),
        follows=asked.follows,
        traditional=asked.traditional,
        readings=asked.readings,
    )


def _asked(parts: ParsedQuery, *, follows: bool = False) -> Question:
    # "What is sepsis?" asks for nothing clearer
    bare = len(parts.mentions) == 1 and not parts.rest and not _clear(parts.asks)
    asks = [ask.relation for ask in parts.asks if bare or ask.is_clear]
    # "what is" opens questions of every kind
    clearer = [relation for relation in asks if relation != "description"]
    relations = tuple(dict.fromkeys(clearer if bare and clearer else asks))
    exact = find_exact_names(parts.text, ((each.start, each.end) for each in parts.mentions))
    exact += tuple(name_of_words(name) for name in parts.unknown)
    return Question(
        parts.text,
        parts.language,
        parts.mentions,
        relations,
        parts.rest,
        follows,
        parts.permission,
        exact=exact,
        readings=parts.readings,
        members=parts.members,
    )


def _completed(
    text: str, parts: ParsedQuery, earlier: Sequence[str], parse: QueryParser
) -> str | None:
    """Return the question with what it leaves out, or None where it stands alone."""
    language = parts.language
    if not parts.mentions and _leaves_out(text, parts):
        subject = _last_subject(earlier, parse)
        return _with_subject(text, subject, language) if subject else None
    if parts.mentions and not _clear(parts.asks) and _opens_like_follow_up(text, language):
        before = _clear(parse(earlier[-1]).asks)
        return _with_relation(parts.mentions[0].text, before[0], language) if before else None
    return None


def _clear(asks: Sequence[AskedRelation]) -> list[str]:
    return [ask.relation for ask in asks if ask.is_clear]


def _leaves_out(text: str, parts: ParsedQuery) -> bool:
    """Say whether a question without an entity leans on an earlier one."""
    pronoun = (_PRONOUN_ZH if parts.language == "zh" else _PRONOUN_EN).search(text)
    if pronoun or _opens_like_follow_up(text, parts.language):
        return True
    # "side effects?" is a follow-up; a question with words of its own is a subject of its own
    return bool(parts.asks) and not parts.rest


def _opens_like_follow_up(text: str, language: Language) -> bool:
    if language == "zh":
        return bool(_OPENING_ZH.search(text) or _ENDING_ZH.search(text))
    return bool(_OPENING_EN.search(text))


def _last_subject(earlier: Sequence[str], parse: QueryParser) -> str | None:
    """Return the name of what was spoken of last: a condition or medicine before all else."""
    for question in reversed(earlier):
        mentions = parse(question).mentions
        for kind in _SUBJECT_KINDS:
            for mention in mentions:
                if mention.entities[0].startswith(f"{kind}:"):  # ids begin with the kind
                    return mention.text
        if mentions:
            return mentions[0].text
    return None


def _with_subject(text: str, name: str, language: Language) -> str:
    """Write the subject where the pronoun stood, or where it was left out."""
    if language == "zh":
        rest = _ENDING_ZH.sub("？", _OPENING_ZH.sub("", text))
        return _PRONOUN_ZH.sub(name, rest, count=1) if _PRONOUN_ZH.search(rest) else name + rest
    rest = _OPENING_EN.sub("", text).rstrip(" ?.!")
    match = _PRONOUN_EN.search(rest)
    if match:
        owned = f"{name}'s" if _POSSESSIVE.fullmatch(match[0]) else name
        return _sentence(rest[: match.start()] + owned + rest[match.end() :])
    return _sentence(f"{rest} of {name}" if len(rest.split()) <= 4 else f"{name}: {rest}")


def _with_relation(name: str, relation: str, language: Language) -> str:
    label = RELATIONS[relation].label(language)
    if language == "zh":
        return f"{name}的{label}是什么？"
    return _sentence(f"What are the {label} of {name}")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "?"
