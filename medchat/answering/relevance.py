"""Keep of what search found only the evidence that answers the question.

    question + pieces of evidence -> the pieces that speak of its subject and of what is asked

Search finds what is near; near is not enough to answer a clinician with. Where nothing is left,
chat abstains.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from knowledge.index import lexical
from knowledge.text import text_features
from knowledge.text.denial import DenialKind, is_denied
from knowledge.text.numbers import find_quantities
from knowledge.text.scripts import fold_script
from knowledge.text.sentence_support import EntitySpan, FindEntities
from knowledge.text.sentences import sentence_spans, split_sentences
from knowledge.vocabulary import RELATIONS, TREATING, accepted_relations, base_relation
from medchat.answering.answer import Evidence
from medchat.answering.longer_names import unknown_names, words_that_matter
from medchat.answering.understanding import Question

MIN_TOPIC_SHARE = 0.5
"""A piece must hold more than this share of the words that say what a question is about."""

_GIVING = accepted_relations(["treatment"]) | {"dose_limit"}
"""Relations that say what may be given to a patient."""

_TOLD_BY: Mapping[str, tuple[str, ...]] = {
    "symptom": ("symptom",),
    "sign": ("symptom",),
    "side_effect": ("symptom",),
    "test": ("test",),
    "first_line": ("medicine", "treatment"),
    "treatment": ("medicine", "treatment"),
    "medicine": ("medicine",),
    "department": ("department",),
}
"""Kinds of entities that prose on the subject names when it tells of a relation without its cue."""

_WIDE = frozenset({"description", "population", "body_part", "course", "associated_with"})
"""Relations whose cues ("what is", "who", "where") stand in questions of every kind."""

_PATIENTS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "pregnancy": r"\b(?:pregnan\w+|gestation\w*|trimesters?)\b|妊娠|怀孕|孕妇|孕期|孕早期",
        "breastfeeding": r"\b(?:breast-?\s?feed\w*|lactat(?:ion|ing))\b|哺乳|母乳",
        "newborns": r"\b(?:neonat\w+|newborns?)\b|新生儿",
        "children": r"\b(?:child(?:ren|hood)?|pa?ediatrics?|infants?|bab(?:y|ies)|"
        r"neonat\w+|newborns?|toddlers?|kids?|adolescents?)\b|儿童|小儿|婴儿|婴幼儿|新生儿|患儿|青少年|"
        r"小孩|孩子|小朋友|宝宝|娃娃",
        "older": r"\b(?:elderly|geriatric|old age|(?:old(?:er)?|aged) "
        r"(?:people|adults?|patients?|persons?))\b|老年|老人|高龄",
    }.items()
}
"""Patients for whom what holds in general may be wrong, and the words that speak of them."""

_OLDER = re.compile(r"\badults and adolescents\b|成人[和及与]青少年", re.IGNORECASE)
"""Words on adolescents in a text that is not on children."""

_CHILDS_AGE = re.compile(
    r"\b(?:[1-9]|1[0-2])[\s-]*(?:years?|yrs?)[\s-]*olds?\b|\b\d{1,2}[\s-]*months?[\s-]*olds?\b|"
    r"(?<![\d.])(?:[1-9]|1[0-2]|[一二两三四五六七八九十])岁|个月大?的?(?:婴|宝|孩)",
    re.IGNORECASE,
)
_DOSE = re.compile(
    r"\d\s*(?:mg|g|micrograms?|mcg|units?|毫克|克|微克|单位)(?:/kg)?\b.{0,40}?"
    r"(?:daily|a day|per day|twice|times|every|single|at night|/day|每日|每天|一次|单次|每晚|每)",
    re.IGNORECASE,
)
_STOPS = re.compile(
    r"\b(?:stop(?:s|ped|ping)?|discontinu\w+|com(?:e|ing) off|withdraw(?:n|ing)?|wean\w*)\b|"
    "停(?:药|用|吃|掉|服|了)?(?!经|搏|跳)|断药|减停",
    re.IGNORECASE,
)
"""Words on the end of a treatment."""

_YOUNG = frozenset({"newborns", "children"})

_WARNINGS: frozenset[DenialKind] = frozenset(
    {"negation", "lack", "prohibition", "cessation", "needless", "ineffective", "exception"}
)
"""Denials by which prose may tell what must not be had; others speak of truth or frequency."""

_FORBIDDING: frozenset[DenialKind] = frozenset({"prohibition", "cessation"})
"""Denials by which it tells so where a question asks which medicines an illness forbids."""

_HAVE_FINDING = ("symptom~", "sign~", "side_effect~")
"""Relations of a symptom, seen from its side, that tell what it comes from."""

_GIVEN = frozenset(TREATING)
_EPISODE = re.compile(
    r"\b(?:(?:acute|severe)\s+)?(?:exacerbat\w+|flares?(?:-ups?)?|attacks?|relapses?|crisis|crises)\b"
    "|急性加重|急性发作|发作期|发作时|急性期|危象|加重",
    re.IGNORECASE,
)

_HOW_LONG = re.compile(
    r"\bhow (?:long|many (?:days|weeks|months|years))\b|\b(?:duration|length) of\b|\buntil when\b|"
    r"\bwhen (?:can|could|should|may|do|is)\b[^?]*\b(?:stop|stopped|discontinued?|come off|end)\b|"
    "多久|多长时间|几(?:天|周|个月|年)|疗程|(?:什么时候|何时)[^，。？]{0,4}停",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|a few)"
    r"(?:\s?(?:-|–|to|or)\s?(?:\d+|\w+))?[\s-](?:days?|weeks?|months?|years?)\b|"
    "[\\d一二两三四五六七八九十半几]+(?:(?:至|到|-|～)[\\d一二两三四五六七八九十]+)?(?:天|日|周|星期|个月|年)",
    re.IGNORECASE,
)
_TARGET = re.compile(r"\b(?:targets?|goals?)\b|目标", re.IGNORECASE)
_TARGET_TOLD = re.compile(r"\b(?:targets?|goals?)\b[^.]*\d|目标[^。]*\d", re.IGNORECASE)
_STOPPING = re.compile(
    r"\b(?:stop|discontinu|withdraw|come off)\w*\b[^?]*"
    r"\b(?:abrupt|sudden|immediate|straight|cold turkey|at once)|"
    r"\b(?:abrupt|sudden)\w* (?:stop|withdraw|discontinu)|"
    "(?:突然|直接|马上|立即|立刻|骤然|擅自|自行)[^，。？]{0,3}停|骤停",
    re.IGNORECASE,
)
_STOPPED = re.compile(r"\b(?:stopped|withdrawal|withdrawn|tapered)\b|停用|停药|减量", re.IGNORECASE)
_TOLD_OF = ((_HOW_LONG, _DURATION), (_TARGET, _TARGET_TOLD), (_STOPPING, _STOPPED))
"""Questions for how long, for a target, for a sudden stop, and what tells of each."""

_TOLD_GIVEN = re.compile(
    r"\b(?:treat(?:ed|ment|s)?|given?|used?|started|managed|needs?)\b|使用|给予|治疗|应用|吸入|口服|静脉",
    re.IGNORECASE,
)

_WORD = re.compile(r"[\w'-]+")
_CAPITALISED = re.compile(r"(?<!^)(?<![.?!] )\b([A-Z][a-z]{3,}(?:[-'][A-Za-z]+)*)[\s-]+$")


def drop_partial_names(asked: Question, found: Sequence[Evidence]) -> Question:
    """Return the question without mentions that are only a part of a longer, unknown name.

    "Kawabunga fever" is not fever: a name before the mention that no evidence knows makes it
    another one.
    """
    known = {
        stem
        for piece in found
        for stem in text_features.content_stems(f"{piece.context} {piece.text}")
    }
    kept = []
    for mention in asked.mentions:
        before = _CAPITALISED.search(asked.question[: mention.start])
        if before is None or set(text_features.content_stems(before[1])) & known:
            kept.append(mention)
    return replace(asked, mentions=tuple(kept))


def select_relevant(
    found: Sequence[Evidence], asked: Question, find: FindEntities
) -> list[Evidence]:
    """Return the pieces that answer: those on the subject that speak of what is asked.

    Where the very facts asked for are known, other groups of facts stay away. What holds the exact
    names of a question comes first, whatever its relation.
    """
    on_subject = [piece for piece in found if is_on_subject(piece, asked, find)]
    on_subject = _of_the_patients(on_subject, asked)
    if stopping := _on_stopping(on_subject, asked, find):
        return stopping
    named = choose_named(on_subject, asked)
    if not named:
        return _of_the_relation(on_subject, asked, find)
    rest = [piece for piece in on_subject if piece not in named]
    return named + _of_the_relation(rest, asked, find)


def _on_stopping(pieces: Sequence[Evidence], asked: Question, find: FindEntities) -> list[Evidence]:
    """Return what tells how a medicine of a question is stopped, where it asks that."""
    if not _STOPS.search(asked.question):
        return []
    return [
        piece
        for piece in pieces
        if piece.kind == "passage"
        and any(
            _STOPS.search(text) and asked.entities.intersection(mention.entities)
            for text in split_sentences(fold_script(piece.quote))
            for mention in find(text)
            if mention.entities[0].startswith("medicine:")
        )
    ]


def choose_named(pieces: Sequence[Evidence], asked: Question) -> list[Evidence]:
    """Return the pieces whose text holds most of the exact names of a question, if any does."""
    counts = [count_named(piece.reading, asked) for piece in pieces]
    most = max(counts, default=0)
    return [piece for piece, count in zip(pieces, counts, strict=True) if count == most > 0]


def count_named(text: str, asked: Question) -> int:
    """Return how many of the exact names of a question a text holds."""
    return sum(name.is_in(text) for name in asked.exact)


def _of_the_relation(
    on_subject: Sequence[Evidence], asked: Question, find: FindEntities
) -> list[Evidence]:
    """Return what speaks of the relation asked for, the very facts first."""
    wanted = [relation for relation in asked.relations if relation not in _WIDE]
    exact = [piece for piece in on_subject if is_exact(piece, asked, find)]
    if asked.permission and exact:
        return exact + [piece for piece in on_subject if piece.kind == "passage"]
    if not wanted:
        return list(on_subject)
    others = [
        piece
        for piece in on_subject
        if piece not in exact
        and _speaks(piece, wanted, asked, find)
        and (not exact or piece.kind == "passage" or is_companion(piece, asked))
    ]
    return exact + others


def is_exact(piece: Evidence, asked: Question, find: FindEntities) -> bool:
    """Say whether a piece is a group of facts that the question asks for.

    It is about an entity of the question, and states the relation asked for. Where the question
    names two entities, it may tie them instead, if no relation is asked for or the tie is a danger.
    """
    if piece.kind != "fact" or piece.subject not in asked.subjects:
        return False
    relation = base_relation(piece.relation)
    if relation in asked.relations or (asked.permission and _warns(piece, asked)):
        return True
    if "cause" in asked.relations and _has_finding(piece):
        return True
    return (not asked.relations or RELATIONS[relation].warns) and _ties(piece, asked, find)


def _has_finding(piece: Evidence) -> bool:
    """Say whether a piece names the conditions that have a finding: they are its causes."""
    return piece.subject.startswith("symptom:") and piece.relation in _HAVE_FINDING


def _warns(piece: Evidence, asked: Question) -> bool:
    """Say whether a piece tells when the one medicine of a question must not be had.

    Where the question names two, what ties them is the answer.
    """
    medicines = [id for id in asked.entities if id.startswith("medicine:")]
    alone = [piece.subject] == medicines or (len(medicines) == 1 and piece.subject in asked.members)
    return piece.relation == "contraindication" and alone


def _ties(piece: Evidence, asked: Question, find: FindEntities) -> bool:
    """Say whether a group of facts about one entity of the question names another one of it."""
    others = [mention for mention in asked.mentions if piece.subject not in mention.entities]
    named = {id for mention in find(piece.quote) for id in mention.entities}
    return any(not named.isdisjoint(mention.entities) for mention in others)


def find_patients(asked: Question) -> list[str]:
    """Return for which patients a question asks: pregnancy, breastfeeding, children.

    Where they are the very subject, or a part of a longer name, nobody else is meant either.
    """
    subject = [m for m in asked.mentions if not _is_of_patients(m.text)]
    if not subject:
        return []
    rest = asked.question
    for mention in sorted(subject, key=lambda m: -m.start):
        rest = rest[: mention.start] + "|" + rest[mention.end :]
    return [
        name
        for name, words_of in _PATIENTS.items()
        if words_of.search(rest) or (name == "children" and _CHILDS_AGE.search(rest))
    ]


def tells_dose(text: str) -> bool:
    """Say whether a text tells how much of a medicine is taken, and how often."""
    return _DOSE.search(fold_script(text)) is not None


def find_episode(asked: Question) -> str:
    """Return how a question names a turn for the worse ("flare"), where it asks for treatment.

    What is given in an attack is not what is given every day.
    """
    if _GIVEN.isdisjoint(asked.relations):
        return ""
    rest = asked.question
    for mention in asked.mentions:
        rest = rest[: mention.start] + "|" * len(mention.text) + rest[mention.end :]
    match = _EPISODE.search(rest)
    return match[0] if match else ""


def tells_of_episode(piece: Evidence) -> bool:
    """Say whether the quoted part of a passage tells what is done in a turn for the worse."""
    text = fold_script(piece.quote)
    if piece.kind != "passage":
        return False
    return any(
        _TOLD_GIVEN.search(text, start, end) and _EPISODE.search(text, start, end)
        for start, end in sentence_spans(text)
    )


def asked_detail(question: str) -> re.Pattern[str] | None:
    """Return what finds a detail that a question asks for: how long, a target, a stop; or None."""
    return next((told for asked, told in _TOLD_OF if asked.search(question)), None)


def telling_detail(pieces: Sequence[Evidence], asked: Question) -> list[Evidence]:
    """Return the passages that tell the detail asked for, those nearest to the question alone."""
    detail = asked_detail(asked.question)
    if detail is None:
        return []
    wanted = text_features.content_units(asked.question)
    told = {
        piece.id: text_features.share_held(wanted, text_features.content_units(piece.quote))
        for piece in pieces
        if piece.kind == "passage" and detail.search(fold_script(piece.quote))
    }
    least = 0.8 * max(told.values(), default=0.0)
    return [piece for piece in pieces if told.get(piece.id, -1.0) >= least]


def speaks_of_episode(text: str) -> bool:
    """Say whether a text in simplified characters speaks of a turn for the worse."""
    return _EPISODE.search(text) is not None


def find_unanswered_words(asked: Question, text: str) -> str | None:
    """Return the words of a question that say what of its subject is asked, if a text has none.

    None where it has some; nothing where none of them is a word to be named. Where a relation is
    asked for, its facts and cues say whether it is answered.
    """
    episode = find_episode(asked)
    if episode and not _EPISODE.search(fold_script(text)):
        return episode
    if not asked.rest or asked.permission or any(id not in _WIDE for id in asked.relations):
        return None
    detail = asked_detail(asked.question)
    if detail is not None and detail.search(fold_script(text)):
        return None
    if not lexical.distinct_terms(text).isdisjoint(asked.rest):
        return None
    if asked.language == "zh":
        places = {place for term in asked.rest for place in _places(asked.question, term)}
        written = asked.written or asked.question
        signs = [written[p] if p in places else "，" for p in range(len(written))]
        return "”、“".join(words_that_matter("".join(signs), chinese=True))
    words_of = _WORD.findall(asked.question)
    own = [
        each if not lexical.distinct_terms(each).isdisjoint(asked.rest) else "is"
        for each in words_of
    ]
    return "” or “".join(words_that_matter(" ".join(own), chinese=False))


def _places(text: str, term: str) -> range:
    start = text.lower().find(term)
    return range(start, start + len(term)) if start >= 0 else range(0)


def speaks_of_patient(text: str, patient: str) -> bool:
    """Say whether a text, in either script, speaks of such patients."""
    return bool(_PATIENTS[patient].search(_OLDER.sub(" ", fold_script(text))))


def _is_of_patients(text: str) -> bool:
    return any(words_of.fullmatch(text) for words_of in _PATIENTS.values())


def _of_the_patients(pieces: list[Evidence], asked: Question) -> list[Evidence]:
    """Leave out what is said in general where something is said of the patients asked about.

    What may be given in pregnancy or to a nursing mother is never answered by what is given else.
    """
    giving = not _GIVING.isdisjoint(asked.relations)
    for patient in find_patients(asked):
        if patient == "older":  # what holds for adults holds for them, which is said
            continue
        told = [p for p in pieces if speaks_of_patient(p.reading, patient)]
        pieces = told if giving and patient not in _YOUNG else told or pieces
    return pieces


def is_companion(piece: Evidence, asked: Question) -> bool:
    """Say whether a group of facts belongs to the answer beside the very one asked for."""
    companions = RELATIONS[asked.relations[0]].companions if asked.relations else ()
    return piece.subject in asked.entities and piece.relation in companions


def is_on_subject(piece: Evidence, asked: Question, find: FindEntities) -> bool:
    """Say whether a piece is about what the question is about."""
    text = piece.reading
    if asked.mentions or asked.classes:
        named = {id for mention in find(text) for id in mention.entities} | {piece.subject}
        if named.isdisjoint(asked.subjects):
            return False
        conditions = _conditions_of_patients(asked)
        return not conditions or any(
            not named.isdisjoint(mention.entities) or _derives(text, mention.text)
            for mention in conditions
        )
    if not all(name.search(text) for name in unknown_names(asked.question, asked.language)):
        return False
    if asked.exact and count_named(text, asked) == len(asked.exact):
        return True
    if not asked.rest or not _holds_phrase(text, asked):
        return False
    return text_features.share_held(asked.rest, lexical.distinct_terms(text)) > MIN_TOPIC_SHARE


def _holds_phrase(text: str, asked: Question) -> bool:
    """Say whether a text holds the words that name what a question asks of, one after the other.

    "Treatment of hypertensive heart disease" is not answered by what is said of hypertension and
    of heart disease. Where a question names nothing so, or asks for nothing known, any text does.
    """
    found = _OF_WHAT.search(asked.question) if asked.relations else None
    if found is None or _LINKS.search(found[1]):
        return True
    wanted, held = lexical.terms(found[1]), lexical.terms(text)
    length = len(wanted)
    return any(held[place : place + length] == wanted for place in range(len(held) - length + 1))


_OF_WHAT = re.compile(
    r".*\b(?:of|for|causes?|is|are)\s+(?:an?\s+|the\s+)?((?:[a-z][\w'-]*\s+){1,3}?[a-z][\w'-]*)"
    r"(?:\s+(?:treated|managed|diagnosed|caused|prevented))?\s*\?*$",
    re.IGNORECASE,
)
_LINKS = re.compile(r"\b(?:of|for|in|on|with|and|or|to|from|by|after|during|than)\b", re.IGNORECASE)


def _conditions_of_patients(asked: Question) -> list[EntitySpan]:
    """Return the conditions of a question on, say, hypertension in pregnancy; none for another.

    What holds of pregnancy at large is no answer to it.
    """
    subject = [mention for mention in asked.mentions if not _is_of_patients(mention.text)]
    if len(subject) == len(asked.mentions):
        return []
    conditions = [mention for mention in subject if mention.entities[0].startswith("condition:")]
    return conditions if len(conditions) == len(subject) else []


def _derives(text: str, name: str) -> bool:
    """Say whether a text has a word made from a name: "antihypertensives" of hypertension."""
    longest = max(name.casefold().split(), key=len)
    return longest.isascii() and longest[: max(6, len(longest) - 4)] in text.casefold()


def is_named_in_title(piece: Evidence, asked: Question, find: FindEntities) -> bool:
    """Say whether the title of a passage names what the question is about."""
    named = {id for mention in find(piece.context) for id in mention.entities}
    return not named.isdisjoint(asked.entities)


def _forbids(piece: Evidence, asked: Question, find: FindEntities) -> bool:
    """Say whether a passage may tell what must not be had.

    Where a question asks which medicines an illness forbids, a sentence must tell it of both.
    """
    text = fold_script(piece.text)
    if asked.permission or asked.classes or any(id[:9] == "medicine:" for id in asked.entities):
        return is_denied(text, _WARNINGS)
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        named = {id for mention in find(sentence) for id in mention.entities}
        drug = any(id.startswith("medicine:") for id in named)
        if drug and not named.isdisjoint(asked.subjects) and is_denied(sentence, _FORBIDDING):
            return True
    return False


def tells_relation(piece: Evidence, asked: Question, find: FindEntities) -> bool:
    """Say whether a piece speaks of what is asked; of anything where nothing clear is."""
    wanted = [relation for relation in asked.relations if relation not in _WIDE]
    return not wanted or _speaks(piece, wanted, asked, find)


def _speaks(piece: Evidence, wanted: Sequence[str], asked: Question, find: FindEntities) -> bool:
    """Say whether a piece speaks of a relation that answers one of those asked for."""
    if piece.kind == "fact":
        return base_relation(piece.relation) in accepted_relations(wanted)
    accepted = accepted_relations(wanted, prose=True)
    if "contraindication" in accepted and _forbids(piece, asked, find):
        return True
    if "dose_limit" in accepted and any(
        "mg" in number.value for number in find_quantities(piece.text)
    ):
        return True
    if accepted & text_features.find_relations(piece.reading):
        return True
    kinds = tuple(f"{kind}:" for relation in wanted for kind in _TOLD_BY.get(relation, ()))
    return is_named_in_title(piece, asked, find) and any(
        id.startswith(kinds) and id not in asked.entities
        for mention in find(piece.text)
        for id in mention.entities[:1]
    )
