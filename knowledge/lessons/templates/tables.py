"""Declare what each file of words holds: its keys, and the slots that each may use.

    templates/<language>/safety.yaml -> load(SafetyWords, language) -> words.urgent

One class per file, named after the file; every field is a key of it. What a key is for stands as a
comment in the YAML itself. `lines` are lists of templates, `texts` single ones; `by` names the keys
of a mapping, from the outside in. docs/templates.md explains it to those who edit the files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from knowledge.vocabulary import RELATIONS

Lines = tuple[str, ...]
"""Texts of which one is drawn; one that stands there twice is drawn twice as often."""

LinesBy = Mapping[str, Lines]
LinesByTwo = Mapping[str, LinesBy]
TextBy = Mapping[str, str]
Keys = tuple[str | int, ...]
RelativeRow = tuple[str, str, str, int, int]
"""The word, the pronoun, the sex, and the lowest and highest age."""

ANY_KEY: Keys = ()
"""The keys are words themselves, so each language has its own."""

RELATION: Keys = tuple(key for name in RELATIONS for key in (name, f"{name}~"))
"""Relations, and with `~` the same seen from the object; a file has those that it needs."""

KINDS: Keys = ("condition", "medicine")
DECEITS: Keys = ("court", "payout", "fitness", "leave", "papers", "prescription", "obtain")
SEXES: Keys = ("female", "male", "either")
STAGES: Keys = ("baby", "child", "adult", "mature", "old")
STAGES_AND_YOUNG: Keys = ("baby", "child", "young", "adult", "mature", "old")
PACES: Keys = ("sudden", "days", "lasting")
FOUND_BY: Keys = ("symptom",)
WARNED: Keys = ("interaction", "contraindication")
PATHS: Keys = ("contraindication", "birth", "interaction", "complication")
CHOSEN_FROM: Keys = ("medicine", "first_line")
LEVELS: Keys = ("contraindicated", "major", "moderate")
HANDLED: Keys = (*LEVELS, "mixed")
SECTIONS: Keys = ("background", "aim", "method", "result", "conclusion", "summary")
QUOTED: Keys = (*SECTIONS, "first", "last", "part")
MAY_BE_SILENT: Keys = ("comparison", "design", "size", "limits")
STUDY_PARTS: Keys = ("population", "intervention", "outcome", *MAY_BE_SILENT)
STUDY_TOPICS: Keys = (
    *(
        "pico",
        "groups",
        "appraisal",
        "population",
        "intervention",
        "comparison",
        "outcome",
        "limits",
    ),
)
PATIENTS: Keys = (
    *("female age", "male age", "female child", "male child"),
    *("female", "male", "age", "child", "unknown"),
)


@dataclass(frozen=True, slots=True)
class KeyRule:
    """What may stand under a key of a file."""

    slots: frozenset[str]
    by: tuple[Keys, ...] = ()
    listed: bool = True
    varies: bool = True
    """Whether alternatives in parentheses are drawn from; elsewhere they would be shown."""
    optional: bool = False
    """Whether a language may have none at all."""
    breaks: bool = False
    """Whether line breaks are part of the text."""
    columns: tuple[type, ...] = ()


def _lines(
    slots: str = "", *by: Keys, plain: bool = False, optional: bool = False, breaks: bool = False
) -> Any:  # noqa: ANN401 - stands in for the value of any field, as dataclasses.field does
    rule = KeyRule(frozenset(slots.split()), by, True, not plain, optional, breaks)
    return field(metadata={"rule": rule})


def _texts(slots: str = "", *by: Keys, plain: bool = True, optional: bool = False) -> Any:  # noqa: ANN401
    rule = KeyRule(frozenset(slots.split()), by, False, not plain, optional)
    return field(metadata={"rule": rule})


def _rows(*columns: type) -> Any:  # noqa: ANN401
    return field(metadata={"rule": KeyRule(frozenset(), varies=False, columns=columns)})


@dataclass(frozen=True, slots=True)
class RelationSentencesWords:
    """Sentences that state the facts of a relation; shared by most styles."""

    with_subject: LinesBy = _lines("s a o", RELATION)
    without_subject: LinesBy = _lines("a o", RELATION)
    further: TextBy = _texts("a", RELATION, plain=False, optional=True)
    before_advice: Lines = _lines("s", optional=True)
    before_sign: Lines = _lines("s")
    before_text: LinesBy = _lines("s", RELATION)
    told: TextBy = _texts("s a", RELATION)


@dataclass(frozen=True, slots=True)
class InteractionsWords:
    """Sentences that state interactions with their level; shared by most styles."""

    with_subject: LinesBy = _lines("s a o", LEVELS)
    without_subject: LinesBy = _lines("a o", LEVELS)
    warning: LinesBy = _lines("s S o", LEVELS)
    finding: LinesBy = _lines("s S o", LEVELS)
    answer: LinesBy = _lines("s o", LEVELS)
    handling: LinesBy = _lines("", HANDLED)


@dataclass(frozen=True, slots=True)
class OpenListsWords:
    """What says of lists that there may be more; shared by the doctor styles."""

    more: LinesBy = _lines("", RELATION)
    more_of_several: Lines = _lines()
    not_stopped: Lines = _lines()
    for_child: Lines = _lines()


@dataclass(frozen=True, slots=True)
class ListCautionsWords:
    """Cautions that lists of treatments are told with; shared by the doctor styles."""

    caution: LinesBy = _lines("", ANY_KEY)


@dataclass(frozen=True, slots=True)
class AcuteWords:
    """What to do now with what can turn dangerous, by kind; shared by the doctor styles."""

    condition: LinesBy = _lines("", ANY_KEY)
    effect: LinesBy = _lines("", ANY_KEY)
    stopping: LinesBy = _lines("", ANY_KEY)


@dataclass(frozen=True, slots=True)
class AttributeQuestionsWords:
    """Questions on the facts of an entity; shared by huatuo, grounded, knowledge_call, safety."""

    question: LinesBy = _lines("s kind", RELATION)
    opening: Lines = _lines()
    context: LinesBy = _lines("s kin", KINDS)
    kin: Lines = _lines()
    two_topics: Lines = _lines("s S a b")
    topic_name: TextBy = _texts("", RELATION)


@dataclass(frozen=True, slots=True)
class PatientsWords:
    """Patients, for how long they have been ill, and what it may be; shared by several styles."""

    duration: LinesBy = _lines("", PACES, plain=True)
    likely: Lines = _lines("s a")
    case: Lines = _lines("who Who a A since ask", plain=True)
    case_question: LinesBy = _lines("", RELATION, plain=True)


@dataclass(frozen=True, slots=True)
class HuatuoWords:
    """Words of the style huatuo."""

    some_question: Lines = _lines("s n m r")
    number: Mapping[int, str] = _texts("", (2, 3, 4))
    some_name: TextBy = _texts("", RELATION)
    measure_word: TextBy = _texts("", RELATION, optional=True)
    yes_or_no_question: LinesBy = _lines("s o", RELATION, plain=True)
    yes_or_no_answer: LinesBy = _lines("s S o", RELATION)
    further_lead_in: Lines = _lines(optional=True)
    heard: Lines = _lines(optional=True)
    why: LinesBy = _lines("", RELATION, optional=True)
    closing: LinesBy = _lines("", RELATION, optional=True)


@dataclass(frozen=True, slots=True)
class ChatdoctorWords:
    """Words of the style chatdoctor; some are shared with dialogue and vignette."""

    greeting: Lines = _lines()
    worry: Lines = _lines()
    complaint: Lines = _lines("i I have am me my My a x rest since Since")
    complaint_continued: Lines = _lines("a x rest since", optional=True)
    case_question: LinesBy = _lines("", RELATION)
    diagnosis: Lines = _lines("i I have am me my My s")
    diagnosis_question: LinesBy = _lines("", RELATION)
    medicine: Lines = _lines("s")
    given: Lines = _lines("s", optional=True)
    vaccine: Lines = _lines("s", optional=True)
    medicine_question: LinesBy = _lines("", RELATION)
    spoken: LinesBy = _lines("s a o", RELATION)
    closing: Lines = _lines()
    case_closing: Lines = _lines()
    urgent_closing: Lines = _lines()
    medicine_closing: Lines = _lines()
    prognosis_closing: Lines = _lines()
    kin: LinesByTwo = _lines("", STAGES, SEXES, plain=True)
    pronoun: TextBy = _texts("", ANY_KEY)
    takes_article: Lines = _lines(plain=True, optional=True)


@dataclass(frozen=True, slots=True)
class ConsultationWords:
    """What a doctor says around the facts; shared by the doctor styles."""

    urgent_first: Lines = _lines()
    ambulance_first: Lines = _lines()
    urgent_named: Lines = _lines()
    ambulance_named: Lines = _lines()
    emergency: Lines = _lines()
    emergency_first: Lines = _lines()
    at_once: Lines = _lines()
    soon_seen: Lines = _lines()
    either_cause: Lines = _lines()
    heeded: Lines = _lines()
    pregnancy_test: Lines = _lines()
    prompt_step: Lines = _lines()
    same_day_step: Lines = _lines()
    age_alarm: Lines = _lines()
    seen_in_days: Lines = _lines()
    seen_in_weeks: Lines = _lines()
    despair: Lines = _lines()
    heard: Lines = _lines()
    heard_named: Lines = _lines()
    heard_medicine: Lines = _lines()
    why: LinesBy = _lines("", RELATION)
    why_named: LinesBy = _lines("", RELATION)
    why_own: LinesBy = _lines("", RELATION)
    next_tested: Lines = _lines()
    next_named: Lines = _lines()
    warning_lead: Lines = _lines()


@dataclass(frozen=True, slots=True)
class VignetteWords:
    """Words of the style vignette; some are shared with dialogue."""

    case: Lines = _lines("who Who a since ask Ask Task past")
    history: Lines = _lines("a")
    task: Lines = _lines()
    task_alone: Lines = _lines()
    both: LinesBy = _lines("s r x", FOUND_BY)
    supports: LinesBy = _lines("s a", FOUND_BY)
    rival_supports: LinesBy = _lines("r a", FOUND_BY)
    third: LinesBy = _lines("r x", FOUND_BY)
    urgent_third: LinesBy = _lines("r x", FOUND_BY)
    excluded_by: LinesBy = _lines("s a", ("test",))
    background: Lines = _lines("s a")
    seen_today: Lines = _lines()
    seen_soon: Lines = _lines()
    age_alarm: Lines = _lines()
    seen_in_days: Lines = _lines()
    seen_in_weeks: Lines = _lines()
    despair: Lines = _lines()
    closing: Lines = _lines()


@dataclass(frozen=True, slots=True)
class MultiHopWords:
    """Words of the style multi-hop."""

    question: LinesBy = _lines("s S a A o x who Who", PATHS)
    verdict: LinesBy = _lines("s a o", CHOSEN_FROM)
    thought_of: LinesBy = _lines("s a", ("complication",))
    no_contraindication: LinesBy = _lines("s a o", CHOSEN_FROM)
    no_interaction: LinesBy = _lines("s a o", CHOSEN_FROM)
    closing: Lines = _lines()
    case_closing: Lines = _lines()
    urgent_closing: Lines = _lines()
    ambulance_closing: Lines = _lines()


@dataclass(frozen=True, slots=True)
class DialogueWords:
    """Words of the style dialogue."""

    question: LinesBy = _lines("x", ("symptom", "risk_factor"))
    reply_yes: Lines = _lines()
    reply_applies: Lines = _lines()
    reply_no: Lines = _lines()
    last_words: Lines = _lines()
    summary: LinesBy = _lines("s a", FOUND_BY)
    both: LinesBy = _lines("s r R x", FOUND_BY)
    absent: LinesBy = _lines("r R a", FOUND_BY)


@dataclass(frozen=True, slots=True)
class GroundedWords:
    """Words of the style grounded."""

    layout: Lines = _lines("q e", breaks=True)
    not_covered: Lines = _lines("s r")
    half_covered: Lines = _lines("t")
    disagree: Lines = _lines()
    whether: Lines = _lines("s o")
    attributed: LinesBy = _lines("s a", RELATION)
    label: TextBy = _texts("", (*RELATION, "~"))
    preposition: TextBy = _texts("", RELATION, optional=True)


@dataclass(frozen=True, slots=True)
class KnowledgeCallWords:
    """Words of the style knowledge-call."""

    source: Lines = _lines()
    next_question: Lines = _lines("q Q")


@dataclass(frozen=True, slots=True)
class LiteratureWords:
    """Words of the style literature."""

    section_title: LinesBy = _lines("", SECTIONS, plain=True)
    opening: Lines = _lines("t")
    text_opening: Lines = _lines("t")
    question: LinesBy = _lines("p", QUOTED)
    follow_up: Lines = _lines()
    ending: Lines = _lines()
    agreement: Lines = _lines()
    quotation_wanted: Lines = _lines()
    quotation: LinesBy = _lines("w", QUOTED)
    named_part: Lines = _lines("p w")
    another_question: Lines = _lines()
    another_quotation: Lines = _lines("w")
    whole_question: Lines = _lines()
    caution: Lines = _lines()


@dataclass(frozen=True, slots=True)
class AppraisalWords:
    """Words of the style appraisal."""

    layout: Lines = _lines("t e q", breaks=True)
    excerpt: Lines = _lines("t e q", breaks=True)
    question: LinesBy = _lines("", STUDY_TOPICS)
    label: TextBy = _texts("", STUDY_PARTS)
    told: Lines = _lines("n N w")
    silent: LinesBy = _lines("", MAY_BE_SILENT)
    caution: Lines = _lines()


@dataclass(frozen=True, slots=True)
class TwoPapersWords:
    """Words of the style two-papers."""

    layout: Lines = _lines("a b e f q", breaks=True)
    question: Lines = _lines("x y")
    subject_question: Lines = _lines("x")
    first: Lines = _lines("w")
    second: Lines = _lines("w")
    verdict: LinesBy = _lines("x y", ("agree", "differ", "open"))


@dataclass(frozen=True, slots=True)
class ToolsWords:
    """Words of the style tools."""

    opening: Lines = _lines()
    greeting: Lines = _lines()
    takes_no_opening: Lines = _lines(plain=True)
    reason: Lines = _lines()
    question: Lines = _lines("f F w W l L y")
    question_without_values: Lines = _lines("f F w W y")
    own_question: Lines = _lines("f F l L")
    kin_question: Lines = _lines("f F k p l L")
    relative: tuple[RelativeRow, ...] = _rows(str, str, str, int, int)
    patient: LinesBy = _lines("a bay bed", PATIENTS, plain=True)
    bay: Lines = _lines(plain=True)
    sex_noun: TextBy = _texts("", ("female", "male"))
    value: Lines = _lines("n v", plain=True)
    own_value: Lines = _lines("n v", plain=True)
    own_special: LinesBy = _lines("v x woman", ("weight", "height", "age", "sex"), plain=True)
    kin_special: LinesBy = _lines("v", ("weight", "age"), plain=True)
    pressure: Lines = _lines("v", plain=True)
    present: Lines = _lines("n", plain=True)
    absent: Lines = _lines("n", plain=True)
    nothing_else: Lines = _lines(plain=True)
    chosen: Lines = _lines("n c", plain=True)
    separator: Lines = _lines(plain=True)
    show_working: Lines = _lines()
    category_wanted: Lines = _lines()
    category_question: Lines = _lines()
    result: Lines = _lines("f F l r")
    own_result: Lines = _lines("f F l r")
    kin_result: Lines = _lines("f F k p l r")
    category: Lines = _lines("b B")
    working: Lines = _lines("k r")
    points: Lines = _lines("k")
    source: Lines = _lines("s")
    converted: Lines = _lines("n u v")
    missing: Lines = _lines("f F m M be")
    supplied: Lines = _lines("l L")
    changed: Lines = _lines("f F n v")
    changed_result: Lines = _lines("f F n v r")
    beyond: Lines = _lines("f F why Why instead Instead")


@dataclass(frozen=True, slots=True)
class SafetyWords:
    """Words of the style safety."""

    kin: Lines = _lines()
    kin_by_stage: LinesByTwo = _lines("", STAGES_AND_YOUNG, SEXES, optional=True)
    red_flag_question: Lines = _lines("s S kin")
    urgent: Lines = _lines()
    after_urgent: Lines = _lines()
    combination_question: LinesBy = _lines("s S o kin", WARNED)
    combination_warning: LinesBy = _lines("s S o", WARNED)
    review_question: LinesBy = _lines("s S o", WARNED)
    review_finding: LinesBy = _lines("s S o", WARNED)
    instead: Lines = _lines()
    harm_question: LinesBy = _lines("s S kin", KINDS)
    refusal: Lines = _lines()
    offer_of_help: Lines = _lines()
    deceit: LinesBy = _lines("", DECEITS)
    honest_way: LinesBy = _lines("", DECEITS)
    rightful: LinesBy = _lines("s S a", RELATION)
    helping: LinesBy = _lines("s S a", RELATION)
    harmless_question: LinesBy = _lines("s q Q kin", KINDS)


@dataclass(frozen=True, slots=True)
class OverviewWords:
    """Words of the style overview."""

    question: LinesBy = _lines("s S", KINDS)
    opening: LinesBy = _lines("s a o", RELATION)
    sentence: LinesBy = _lines("s a o", RELATION)
    told: LinesBy = _lines("v", RELATION)
    closing: Lines = _lines()


@dataclass(frozen=True, slots=True)
class ComparisonWords:
    """Words of the style comparison."""

    question: LinesBy = _lines("s S r", KINDS)
    both: LinesBy = _lines("s r a o", RELATION)
    apart: LinesBy = _lines("s r a o", RELATION)
    whereas: LinesBy = _lines("s a o", RELATION)
    lists_open: Lines = _lines()
    closing: LinesBy = _lines("", KINDS)


@dataclass(frozen=True, slots=True)
class ExamWords:
    """Words of the style exam."""

    role: TextBy = _texts("s", RELATION)
    which: Lines = _lines("s role")
    which_not: Lines = _lines("s role")
    chosen: Lines = _lines("l o")
    others_wrong: Lines = _lines("s role")
    not_recorded: Lines = _lines("s role o O")
    claim: Lines = _lines("s role o O")
    judge: Lines = _lines("c C")
    right: Lines = _lines()
    wrong: Lines = _lines()
    gap: Lines = _lines("s role")
    gap_in_text: Lines = _lines("s v")
    filled: Lines = _lines("o")
    too_general: Lines = _lines(plain=True)


@dataclass(frozen=True, slots=True)
class UrgencyWords:
    """What an answer opens with where the user's words suggest an emergency."""

    to_patient: Lines = _lines("name", plain=True)
    to_named: Lines = _lines("name", plain=True)
    to_clinician: Lines = _lines("act name", plain=True)


@dataclass(frozen=True, slots=True)
class PreferenceWords:
    """Words of the style preference: those that make an answer worse."""

    false_calm: Lines = _lines(plain=True)
    needless_refusal: Lines = _lines()
    misused_formula: Lines = _lines("f r", plain=True)
    waved_through: Lines = _lines()
    overconfident: LinesBy = _lines("", ("case", "named"))


TABLES = (
    RelationSentencesWords, InteractionsWords, AttributeQuestionsWords, PatientsWords,
    OpenListsWords, ListCautionsWords, AcuteWords, HuatuoWords, ChatdoctorWords, ConsultationWords,
    VignetteWords,
    MultiHopWords, DialogueWords, GroundedWords, KnowledgeCallWords, LiteratureWords,
    AppraisalWords, TwoPapersWords,
    ToolsWords, SafetyWords,
    OverviewWords, ComparisonWords, ExamWords, UrgencyWords, PreferenceWords,
)  # fmt: skip
"""Every file of a language."""
