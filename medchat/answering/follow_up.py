"""Complete a follow-up: what a message leaves out, from the messages before it and the patient.

"first-line treatment of hypertension?", "and in pregnancy?"
    -> "first-line treatment of hypertension in pregnancy?"
"I have a patient on amiodarone", "can I add simvastatin?"
    -> "Can simvastatin be taken with amiodarone?"
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from knowledge.graph.linker import EntityMention
from knowledge.search.query_parser import AskedRelation, ParsedQuery
from knowledge.vocabulary import RELATIONS
from medchat.answering.answer import Language
from medchat.answering.patient.cues import cue
from medchat.answering.patient_state import PatientState
from medchat.answering.screening.rules import cue as screen_cue

QueryParser = Callable[[str], ParsedQuery]
"""What finds the mentions and cues of a question: the query parser with a linker."""

_POSSESSIVE = re.compile("its|their", re.IGNORECASE)
_PRONOUN_EN = re.compile(
    r"\b(?:its|their)\b|\b(?:it|they|them|(?:this|that|the) "
    r"(?:disease|condition|drug|medicine|illness)|this|that)\b",
    re.IGNORECASE,
)
_PRONOUN_ZH = re.compile(
    "它们|它|这个病|该病|此病|这种病|这病|这个药|该药|此药|这种药|这药|这个|那个"
)
_OPENING_EN = re.compile(
    r"^\s*(?:and|but|so|then|also|ok|okay|what about|how about|and what about)\b[\s,]*",
    re.IGNORECASE,
)
_OPENING_ZH = re.compile("^(?:那么|那|还有|另外|然后|请问)[，,]?")
_ENDING_ZH = re.compile("呢[？?]?$")
_SUBJECT_KINDS = ("condition", "medicine", "symptom", "treatment", "test")
_POPULATION = re.compile("pregnan|breast-?feeding|lactation|妊娠|怀孕|哺乳|孕", re.IGNORECASE)
_LISTS = re.compile(r"\bwhich\b|\b(?:what|any) \w+s\b|哪些|什么药|哪种", re.IGNORECASE)
"""Words that ask for things of a kind, so that nothing is left out."""

_PATIENTS = re.compile("的?(?:患者|病人|人)$")

_SHORT = 6
"""A follow-up without an opening has at most so many words: "treatment in dialysis patients?"."""

_MOST = 3
"""A medicine is asked about together with at most so many others."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """The last question that stands alone, and whether it asks or only tells."""

    text: str
    parts: ParsedQuery

    @property
    def asks(self) -> bool:
        """Say whether it asks for a relation."""
        return bool(_clear(self.parts.asks)) or self.parts.permission


@dataclass(frozen=True, slots=True)
class _Talk:
    """What was said before: the messages, what reads them, and what is known of the patient."""

    earlier: Sequence[str]
    parse: QueryParser
    patient: PatientState


def complete(
    text: str, parts: ParsedQuery, earlier: Sequence[str], parse: QueryParser, patient: PatientState
) -> str | None:
    """Return a message with what it leaves out, or None where it stands alone."""
    talk = _Talk(_since_cleared(earlier), parse, patient)
    standing = _last_standing(talk)
    return _added(text, parts, standing, patient) or _completed(text, parts, standing, talk)


def _since_cleared(earlier: Sequence[str]) -> Sequence[str]:
    """Return the messages since the patient was last to be forgotten."""
    for n in range(len(earlier), 0, -1):
        if screen_cue("clear").search(earlier[n - 1].casefold()):
            return earlier[n:]
    return earlier


def _last_standing(talk: _Talk) -> _Standing | None:
    """Return the last question with what it left out, but without of whom it asked last."""
    standing: _Standing | None = None
    for n, message in enumerate(talk.earlier):
        before = replace(talk, earlier=talk.earlier[:n])
        parts = talk.parse(message)
        if _modifier(message, parts, standing) is not None:
            continue
        whole = _added(message, parts, standing, talk.patient) or (
            _completed(message, parts, standing, before)
        )
        if whole is not None:
            message, parts = whole, talk.parse(whole)
        if (parts.mentions or parts.asks) and not (standing and _is_bare(message, parts)):
            standing = _Standing(message, parts)
    return standing


def _is_bare(text: str, parts: ParsedQuery) -> bool:
    """Say whether a message is but one name."""
    said = text.strip(" ?？.。!！").casefold()
    return len(parts.mentions) == 1 and parts.mentions[0].text.casefold() == said


def _completed(
    text: str, parts: ParsedQuery, standing: _Standing | None, talk: _Talk
) -> str | None:
    """Return a message completed by what was said before, or None where it stands alone."""
    language = parts.language
    modifier = _modifier(text, parts, standing)
    if modifier is not None and standing is not None:
        return _modified(standing, modifier[language], language, talk)
    named = [each for each in parts.mentions if not _POPULATION.search(each.text)]
    if (
        (not parts.mentions and _leaves_out(text, parts))
        or (parts.mentions and _stands_for(text, named))
        or _lacks_subject(text, parts, named)
    ):
        subject = _subject(parts, talk)
        return _with_subject(text, subject, language) if subject else None
    follows = _opens_like_follow_up(text, language) or (
        _is_bare(text, parts) and text.rstrip().endswith(("?", "？"))
    )
    if parts.mentions and not _clear(parts.asks) and follows:
        return _of_another(parts.mentions[0], standing, language) if standing else None
    return None


def _of_another(mention: EntityMention, standing: _Standing, language: Language) -> str | None:
    """Return the question before, asked of what a message names."""
    same = [each for each in standing.parts.mentions if _kind(each) == _kind(mention)]
    asks = _clear(standing.parts.asks)
    whole = not asks or len(standing.parts.mentions) > 1
    if whole and same and standing.parts.language == language and _is_asked(standing):
        old = same[-1 if language == "zh" else 0]
        text = standing.parts.text
        return text[: old.start] + mention.text + text[old.end :]
    return _with_relation(mention.text, asks[0], language) if asks else None


def _is_asked(standing: _Standing) -> bool:
    return standing.asks or cue("request").search(standing.text.casefold()) is not None


def _added(
    text: str, parts: ParsedQuery, standing: _Standing | None, patient: PatientState
) -> str | None:
    """Return whether a medicine may be taken with what is taken, where a message asks that."""
    named = [each for each in parts.mentions if each.entities[0].startswith("medicine:")]
    kinds = {each.entities[0].partition(":")[0] for each in parts.mentions}
    against = {"interaction", "contraindication"} if parts.permission else {"interaction"}
    asks = set(_clear(parts.asks)) - against
    if len(named) != 1 or kinds != {"medicine"} or asks:
        return None
    adds = _data()["adds"][parts.language].search(text.casefold())
    if not adds and not (parts.permission and not _names_population(text.casefold(), parts)):
        return None
    if not (parts.permission or cue("request").search(text.casefold())):
        return None
    name, ids = named[0].text, set(named[0].entities)
    names = [each.text for each in patient.medicines if not ids & set(each.entities)][:_MOST]
    if not names and standing and _data()["joins"][parts.language].search(text.casefold()):
        names = [
            each.text
            for each in standing.parts.mentions
            if _kind(each) == "medicine" and not ids & set(each.entities)
        ][:1]
    if names:
        if parts.language == "zh":
            return f"{name}能和{'、'.join(names)}一起用吗？"
        return f"Can {name} be taken with {' and '.join(names)}?"
    if not patient.conditions or not parts.permission:
        return None
    conditions = [each.text for each in patient.conditions][:_MOST]
    if parts.language == "zh":
        return f"{'、'.join(conditions)}患者能用{name}吗？"
    return f"Can {name} be taken in {' and '.join(conditions)}?"


def _names_population(text: str, parts: ParsedQuery) -> bool:
    """Say whether a message says of whom it asks, so that nobody else is meant."""
    return any(
        written[parts.language] in text or (parts.language == "zh" and pattern.match(text))
        for pattern, written in _data()["populations"]
    )


def _population(text: str, language: Language) -> Mapping[Language, str] | None:
    """Return how those are written of whom a message asks and of nothing else; None for no such."""
    said = _stripped(text, language)
    for pattern, written in _data()["populations"]:
        if pattern.fullmatch(said):
            found: Mapping[Language, str] = written
            return found
    return None


def _modifier(
    text: str, parts: ParsedQuery, standing: _Standing | None
) -> Mapping[Language, str] | None:
    """Return of whom a message asks what was asked before, and nothing else; None for no such."""
    population = _population(text, parts.language)
    if population is not None or standing is None:
        return population
    condition = _qualifier(text, parts, standing)
    if condition:
        return {"en": f"in {condition}", "zh": f"{condition}患者"}
    said = _stripped(text, parts.language)
    if not standing.asks or _clear(parts.asks) or parts.permission:
        return None
    if not _data()["circumstance"][parts.language].match(said):
        return None
    return {"en": said, "zh": f"{said}，"}


def _qualifier(text: str, parts: ParsedQuery, standing: _Standing) -> str | None:
    """Return the condition by which a message qualifies the question before, and only that."""
    language = parts.language
    if len(parts.mentions) != 1 or _clear(parts.asks) or not standing.asks:
        return None
    if not _opens_like_follow_up(text, language) and not text.rstrip().endswith(("?", "？")):
        return None
    mention = parts.mentions[0]
    said = _stripped(text, language)
    led = _data()["qualifies"][language].match(said)
    bare = _PATIENTS.sub("", said[led.end() :] if led else said)
    if bare.strip() != mention.text.casefold():
        return None
    subjects = [_kind(each) for each in standing.parts.mentions]
    other = _kind(mention) in ("condition", "factor") and _kind(mention) not in subjects
    return mention.text if led or (other and subjects) else None


def _modified(standing: _Standing, written: str, language: Language, talk: _Talk) -> str | None:
    """Return the question before, of those whom a message names."""
    if _is_asked(standing) and standing.parts.language == language:
        question = _without_population(standing.text.rstrip(" ?？.。!！"), language)
        return f"{written}{question}？" if language == "zh" else f"{question} {written}?"
    relations = _clear(standing.parts.asks)
    wanted = RELATIONS[relations[0]].subjects if relations else _SUBJECT_KINDS
    subject = _last_named([*talk.earlier, standing.text], talk.parse, wanted, set())
    if subject is None:
        return None
    if not relations:
        return f"{written}{subject}？" if language == "zh" else _sentence(f"{subject} {written}")
    whole = _with_relation(subject, relations[0], language).rstrip("?？")
    return f"{written}{whole}？" if language == "zh" else f"{whole} {written}?"


def _without_population(question: str, language: Language) -> str:
    """Return a question without of whom it asks, where that stands at its beginning or end."""
    for _, written in _data()["populations"]:
        said = written[language]
        if language == "zh" and question.startswith(said):
            return question.removeprefix(said)
        if language == "en" and question.casefold().endswith(f" {said}"):
            return question[: -len(said) - 1]
    if language == "zh":
        for pattern, _ in _data()["populations"]:
            found = pattern.match(question)
            if found and found.end() < len(question):
                return question[found.end() :]
    return question


def _stripped(text: str, language: Language) -> str:
    """Return what a follow-up says without its opening and ending, in small letters."""
    said = _data()["opening"][language].sub("", text.casefold().strip(), count=1)
    return str(_data()["ending"][language].sub("", said)).strip()


def _clear(asks: Sequence[AskedRelation]) -> list[str]:
    return [ask.relation for ask in asks if ask.is_clear]


def _kind(mention: EntityMention) -> str:
    return mention.entities[0].partition(":")[0]


def _stands_for(text: str, named: Sequence[EntityMention]) -> bool:
    """Say whether a word stands for what was spoken of before, and not for what it names itself."""
    bare = _data()["expletive"].sub(lambda match: "#" * len(match[0]), text.casefold())
    word = _data()["stands_for"].search(bare)
    return word is not None and not any(each.start < word.start() for each in named)


def _lacks_subject(text: str, parts: ParsedQuery, named: Sequence[EntityMention]) -> bool:
    """Say whether a follow-up asks for what none of its names can have: "and the dose in CKD?"."""
    relations = [each for each in _clear(parts.asks) if each != "pregnancy"]
    if _data()["omits"]["zh"].search(text) and not named:
        return True
    short = len(text.split()) <= _SHORT and not _data()["asks_itself"].match(text.casefold())
    follows = (
        _opens_like_follow_up(text, parts.language)
        or not (named or parts.rest or _LISTS.search(text))
        or (parts.language == "en" and short)
    )
    if not relations or not follows or not parts.mentions:
        return False
    subjects = RELATIONS[relations[0]].subjects
    return not any(_kind(each) in subjects for each in named)


def _leaves_out(text: str, parts: ParsedQuery) -> bool:
    """Say whether a question without an entity leans on an earlier one."""
    pronoun = (_PRONOUN_ZH if parts.language == "zh" else _PRONOUN_EN).search(text)
    if pronoun or _opens_like_follow_up(text, parts.language):
        return True
    # "side effects?" is a follow-up; a question with words of its own is a subject of its own
    return bool(parts.asks) and not set(parts.rest) - _data()["bare"]


def _opens_like_follow_up(text: str, language: Language) -> bool:
    if language == "zh":
        return bool(_OPENING_ZH.search(text) or _ENDING_ZH.search(text))
    return bool(_OPENING_EN.search(text))


def _subject(parts: ParsedQuery, talk: _Talk) -> str | None:
    """Return the name of what was spoken of last that has what is asked; else of the last at all.

    A condition or medicine comes before all else, and what was said before what is known.
    """
    relations = _clear(parts.asks)
    wanted = RELATIONS[relations[0]].subjects if relations else ()
    own = {id for each in parts.mentions for id in each.entities}
    kinds = [kind for kind in _SUBJECT_KINDS if kind in wanted]
    known = {"condition": talk.patient.conditions, "medicine": talk.patient.medicines}
    for some in (kinds, _SUBJECT_KINDS):
        found = _last_named(talk.earlier, talk.parse, some, own)
        found = found or next((each.text for kind in some for each in known.get(kind, ())), None)
        if found:
            return found
    return None


def _last_named(
    earlier: Sequence[str], parse: QueryParser, kinds: Sequence[str], own: set[str]
) -> str | None:
    for question in reversed(earlier):
        mentions = [each for each in parse(question).mentions if not own & set(each.entities)]
        for kind in kinds:
            for mention in mentions:
                if _kind(mention) == kind and not _POPULATION.search(mention.text):
                    return mention.text
    return None


def _with_subject(text: str, name: str, language: Language) -> str:
    """Write the subject where the pronoun stood, or where it was left out."""
    if language == "zh":
        rest = _ENDING_ZH.sub("？", _OPENING_ZH.sub("", text))
        if _PRONOUN_ZH.search(rest):
            return _PRONOUN_ZH.sub(name, rest, count=1)
        omitted = _data()["omits"]["zh"].search(rest)
        return f"{rest[: omitted.end()]}{name}{rest[omitted.end() :]}" if omitted else name + rest
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


@cache
def _data() -> Mapping[str, Any]:
    """Return the words of `follow_up.yaml`, compiled."""
    document = yaml.safe_load((files(__package__) / "follow_up.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = {
        "populations": [
            (re.compile(f"(?:{row['patterns']})"), row["write"]) for row in document["populations"]
        ]
    }
    for name, text in document.items():
        if isinstance(text, str):
            found[name] = re.compile(text)
        elif name == "bare":
            found[name] = frozenset(text)
        elif isinstance(text, dict):
            found[name] = {language: re.compile(each) for language, each in text.items()}
    return found
