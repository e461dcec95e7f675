"""Choose what is shown: the checked draft, a quotation of evidence, or an abstention.

checked draft + evidence -> choose_answer -> draft | quotation | nothing -> limits stated
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from finetune.templates.rendering import NOT_COVERED
from knowledge.index import lexical
from knowledge.text.citations import uncited
from knowledge.text.scripts import in_traditional
from knowledge.text.sentence_support import FindEntities
from knowledge.text.sentences import join_sentences
from knowledge.text.text_features import fold_letters
from knowledge.vocabulary import RELATIONS, base_relation
from medchat.answering import answer_check, relevance
from medchat.answering.answer import Evidence, Language, Sentence
from medchat.answering.answer_check import CheckedAnswer
from medchat.answering.answer_shape import arrange, first_line_first
from medchat.answering.longer_names import LongerName
from medchat.answering.understanding import Question

QUOTED = 3
"""An answer by quotation holds at most this many pieces of evidence."""

NEAREST = 3
"""An abstention names at most this many sources."""

_FIXED: Mapping[str, Mapping[Language, str]] = {
    "nothing": {
        "en": "The knowledge base does not cover this question.",
        "zh": "知识库没有涉及这个问题的内容。",
    },
    "nearest": {"en": "The nearest sources it holds:", "zh": "其中最接近的资料："},
    "retracted": {
        "en": "What it holds on this was retracted, and is not quoted: {named}.",
        "zh": "库中相关文献已被撤稿，故不引用：{named}。",
    },
    "foreign": {
        "en": "The knowledge base holds only Chinese evidence on this; it says:",
        "zh": "知识库中关于此问题只有英文资料，原文如下：",
    },
    "stalled": {
        "en": "The writer did not answer in time; the evidence is quoted.",
        "zh": "撰写程序未能及时作答，以下为资料原文。",
    },
    "general": {
        "en": "The evidence found does not speak of {patients}; it holds in general:",
        "zh": "查到的资料没有专门涉及{patients}，以下为一般情况：",
    },
    "highest": {
        "en": "The sources hold only the highest dose of {names}, not the usual one.",
        "zh": "资料中只有{names}的最大剂量，没有常用剂量。",
    },
    "unheld": {
        "en": "The sources hold nothing on “{names}”; on {kinds} in general they say:",
        "zh": "资料中没有“{names}”的内容；以下为{kinds}的一般情况：",
    },
    "unsaid": {
        "en": "The sources do not answer this directly; on the subject they say:",
        "zh": "资料没有直接回答这个问题，与主题有关的内容如下：",
    },
    "unspoken": {
        "en": "The evidence found does not speak of “{words}”; on the subject it says:",
        "zh": "查到的资料没有提到“{words}”，与主题有关的内容如下：",
    },
    "unnamed": {
        "en": "The sources do not mention “{words}”; on the subject they say:",
        "zh": "资料中没有提到“{words}”，与主题有关的内容如下：",
    },
}
_PATIENTS: Mapping[str, Mapping[Language, str]] = {
    "pregnancy": {"en": "pregnancy", "zh": "妊娠"},
    "breastfeeding": {"en": "breastfeeding", "zh": "哺乳"},
    "newborns": {"en": "newborns", "zh": "新生儿"},
    "children": {"en": "children", "zh": "儿童"},
    "older": {"en": "older people", "zh": "老年人"},
}


_HIGHEST = re.compile(
    r"\b(?:maximum|maximal|max|highest|limits?|ceiling|no more than|not exceed\w*|above|over|most|"
    r"overdose|toxic)\b|最大|最高|最多|极量|上限|不超过|不应超过|超过|过量|中毒",
    re.IGNORECASE,
)
_USUAL = re.compile(
    r"\busual (?:adult )?dose\b|\bdose is\b|常用剂量|(?<!最大)剂量为", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer wrote, what the check left of it, and the evidence that it was given.

    `reads_well` is False for the mini model, which declines and shortens too readily.
    """

    text: str
    checked: CheckedAnswer
    evidence: Sequence[Evidence]
    reads_well: bool


def choose_answer(draft: Draft, asked: Question, find: FindEntities) -> CheckedAnswer | None:
    """Return the checked draft, a quotation, or None for an abstention.

    A small writer may say that the very facts asked for are not there, or pass them over: they
    are quoted all the same. Lists that it wrote down in part are completed, and the best passage
    is quoted after them.
    """
    evidence, checked = draft.evidence, draft.checked
    exact = [piece for piece in evidence if relevance.is_exact(piece, asked, find)]
    if not draft.reads_well:
        # a list of medicines is the answer where no treatments as such are listed
        exact = exact or [piece for piece in evidence if relevance.is_companion(piece, asked)]
    named = _quotes_named(evidence, asked)
    if _declines(draft.text):
        return quote(evidence, asked, find) if exact or named or not draft.reads_well else None
    if not checked.sentences:
        return quote(evidence, asked, find)
    used = {citation.id for citation in checked.citations}
    if exact and not named and not any(piece.id in used for piece in exact):
        return quote(evidence, asked, find)
    if named and relevance.count_named(checked.text, asked) < relevance.count_named(
        named[0].quote, asked
    ):
        return quote(evidence, asked, find)
    cited = [piece for piece in evidence if piece.kind == "fact" and piece.id in used]
    filled = answer_check.complete_lists(checked, exact if draft.reads_well else cited, find)
    passage = _best_passage(evidence, asked, find)
    only_facts = all(citation.kind == "fact" for citation in filled.citations)
    if draft.reads_well or not (exact and passage and only_facts):
        return filled
    return answer_check.append_quotation(filled, passage, find)


def quote(
    evidence: Sequence[Evidence], asked: Question, find: FindEntities, *, foreign: bool = False
) -> CheckedAnswer:
    """Tell the very facts asked for and quote the best passage, else what was found best.

    `foreign` says that the evidence is in the other language than the question.
    """
    chosen = list(evidence[:QUOTED])
    facts = [
        piece
        for piece in evidence
        if relevance.is_exact(piece, asked, find) or relevance.is_companion(piece, asked)
    ]
    papers = [piece for piece in evidence if piece.asked]
    if papers:
        chosen = _beside_facts(papers, evidence, asked, find)
    elif named := _quotes_named(evidence, asked):
        chosen = named[:QUOTED]
    elif facts:
        passage = _best_passage(evidence, asked, find)
        chosen = first_line_first(facts, asked)[:QUOTED] + ([passage] if passage else [])
        if relevance.find_episode(asked):
            episodes = [piece for piece in evidence if relevance.tells_of_episode(piece)]
            chosen = episodes[:QUOTED] or chosen
    elif asked.rest and not asked.relations and _holding_rest(chosen, asked):
        chosen = _holding_rest(chosen, asked)
    else:
        on_it = [piece for piece in chosen if relevance.is_named_in_title(piece, asked, find)]
        chosen = [p for p in chosen if p.kind == "fact" or p in on_it] if on_it else chosen
    if not papers:
        chosen = relevance.telling_detail(evidence, asked)[:QUOTED] or chosen
    told = arrange(answer_check.tell_evidence(chosen, find), chosen, asked, find)
    return _prefaced(told, _say("foreign", asked)) if foreign else told


def _holding_rest(pieces: Sequence[Evidence], asked: Question) -> list[Evidence]:
    """Return the passages, where one speaks of all that a question says beside its names."""
    passages = [piece for piece in pieces if piece.kind == "passage"]
    missing = [not lexical.distinct_terms(piece.quote) >= set(asked.rest) for piece in passages]
    ranked = sorted(range(len(passages)), key=missing.__getitem__)
    return [] if all(missing) else [passages[place] for place in ranked]


def _beside_facts(
    papers: Sequence[Evidence], evidence: Sequence[Evidence], asked: Question, find: FindEntities
) -> list[Evidence]:
    """Return what a question's own papers tell, after a warning and before another such fact."""
    facts = [piece for piece in evidence if relevance.is_exact(piece, asked, find)]
    warnings = [piece for piece in facts if RELATIONS[base_relation(piece.relation)].warns]
    others = [piece for piece in facts if piece not in warnings]
    return [*warnings[:QUOTED], *papers, *others[:1]]


def _quotes_named(evidence: Sequence[Evidence], asked: Question) -> list[Evidence]:
    """Return the pieces whose quoted part holds most of the exact names of a question."""
    counts = [relevance.count_named(piece.quote, asked) for piece in evidence]
    most = max(counts, default=0)
    return [piece for piece, count in zip(evidence, counts, strict=True) if count == most > 0]


def _say(what: str, asked: Question) -> str:
    """Return a sentence of the answer's own in the language and script of the question."""
    return _in_script(_FIXED[what][asked.language], asked)


def _in_script(text: str, asked: Question) -> str:
    return in_traditional(text) if asked.traditional else text


def stalled_note(asked: Question) -> str:
    """Return what a reader must know of a quotation in place of an answer that did not come."""
    return _say("stalled", asked)


def state_limits(
    checked: CheckedAnswer,
    asked: Question,
    evidence: Sequence[Evidence],
    retracted: Sequence[Evidence] = (),
    unheld: Sequence[LongerName] = (),
) -> CheckedAnswer:
    """Say first where what is cited speaks of none of the patients, or words, asked about.

    `retracted` are passages of papers on the very question, which were retracted, and `unheld`
    names of which nothing is said, but of their kind in general.
    """
    if retracted:
        return _prefaced(checked, _retracted_named(retracted, asked))
    if unheld:
        separator, joint = ("”、“", "、") if asked.language == "zh" else ("” or “", " and ")
        names = separator.join(name.text for name in unheld)
        kinds = joint.join(dict.fromkeys(name.mention.text for name in unheld))
        text = _say("unheld", asked).format(names=names, kinds=_in_script(kinds, asked))
        return _prefaced(checked, text)
    cited = "\n".join(f"{citation.title}\n{citation.quote}" for citation in checked.citations)
    cited += "".join(f"\n{piece.context}" for piece in evidence if piece.asked)
    missed = [
        who for who in relevance.find_patients(asked) if not relevance.speaks_of_patient(cited, who)
    ]
    if "newborns" in missed:
        missed = [who for who in missed if who != "children"]
    in_its_language = all(piece.language == asked.language for piece in evidence)
    unnamed = [
        name.text
        for name in asked.exact
        if not name.is_in(cited) and (in_its_language or not name.worded)
    ]
    if unnamed:
        comma = "”、“" if asked.language == "zh" else "” or “"
        checked = _prefaced(checked, _say("unnamed", asked).format(words=comma.join(unnamed)))
    if missed:
        joint = "、" if asked.language == "zh" else " or "
        named = joint.join(_in_script(_PATIENTS[who][asked.language], asked) for who in missed)
        return _prefaced(checked, _say("general", asked).format(patients=named))
    limited = _only_highest(checked, asked)
    if limited:
        joint = "、" if asked.language == "zh" else " and "
        named = _in_script(joint.join(limited), asked)
        return _prefaced(checked, _say("highest", asked).format(names=named))
    words = relevance.find_unanswered_words(asked, cited)
    if unnamed or words is None or not in_its_language:
        return checked
    if not words:
        return _prefaced(checked, _say("unsaid", asked))
    return _prefaced(checked, _say("unspoken", asked).format(words=words))


def _only_highest(checked: CheckedAnswer, asked: Question) -> list[str]:
    """Return the medicines whose dose is asked for and of which only the highest one is told."""
    if "dose_limit" not in asked.relations or _HIGHEST.search(asked.question):
        return []
    doses = [each for each in checked.citations if each.id.endswith("#dose_limit")]
    told = any(relevance.tells_dose(each.quote) for each in checked.citations if each not in doses)
    said = [_listed(each.quote) for each in doses]
    if told or not doses or not all(_HIGHEST.search(text) for text in said):
        return []
    return [] if any(_USUAL.search(text) for text in said) else [each.title for each in doses]


def _listed(line: str) -> str:
    """Return what a line of facts says behind its label."""
    return re.split(r":\s|：", line, maxsplit=1)[-1]


def abstain(
    asked: Question, found: Sequence[Evidence], retracted: Sequence[Evidence] = ()
) -> CheckedAnswer:
    """Say that the question is not covered, and name the nearest of what was found.

    `retracted` is what would have answered had it not been retracted: it is named as such.
    """
    sentences = [Sentence(_say("nothing", asked), (), "none", 0.0)]
    if retracted:
        sentences.append(Sentence(_retracted_named(retracted, asked), (), "none", 0.0))
    nearest = found[:NEAREST]
    if nearest:
        separator, stop = ("；", "。") if asked.language == "zh" else ("; ", ".")
        named = separator.join(
            f"{piece.title.rstrip('.。')} [{number}]" for number, piece in enumerate(nearest, 1)
        )
        text = join_sentences([_say("nearest", asked), named + stop])
        numbers = tuple(range(1, len(nearest) + 1))
        sentences.append(Sentence(text, numbers, "none", 0.0))
    return CheckedAnswer(tuple(sentences), answer_check.number_citations(nearest))


def _retracted_named(retracted: Sequence[Evidence], asked: Question) -> str:
    """Return the sentence that names what was retracted."""
    titles = {piece.id.partition("#")[0]: piece.title for piece in reversed(retracted)}
    chosen = list(reversed(titles.items()))[:NEAREST]
    separator = "；" if asked.language == "zh" else "; "
    named = separator.join(f"{title.rstrip('.。')} ({id})" for id, title in chosen)
    return _say("retracted", asked).format(named=named)


def _declines(draft: str) -> bool:
    """Say whether a draft is the fixed sentence by which a writer declines."""
    return fold_letters(uncited(draft).strip()) in map(fold_letters, NOT_COVERED.values())


def _best_passage(
    evidence: Sequence[Evidence], asked: Question, find: FindEntities
) -> Evidence | None:
    """Return the best passage on the very subject, as its title says.

    It stands after a list of facts, which names what but not when or how much.
    """
    passages = [
        piece
        for piece in evidence
        if piece.kind == "passage" and relevance.is_named_in_title(piece, asked, find)
    ]
    who = relevance.find_patients(asked)
    on_them = (p for p in passages if any(relevance.speaks_of_patient(p.quote, w) for w in who))
    return next(on_them, passages[0] if passages else None)


def _prefaced(checked: CheckedAnswer, text: str) -> CheckedAnswer:
    preface = Sentence(text, (), "none", 0.0)
    return replace(checked, sentences=(preface, *checked.sentences))
