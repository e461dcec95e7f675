"""Choose the evidence that a writer reads, cut to what answers, and compose the prompt.

    hits -> pieces in the question's language first -> the sentences that answer -> messages

The rendering is `finetune.templates.rendering`'s, the same that adapters are trained on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from finetune.templates import rendering
from finetune.templates.rendering import Message
from knowledge.index import lexical
from knowledge.text import text_features
from knowledge.text.scripts import fold_script
from knowledge.text.sentence_support import FindEntities
from knowledge.vocabulary import RELATIONS, base_relation
from medchat.answering.answer import Evidence, Language
from medchat.answering.relevance import (
    asked_detail,
    choose_named,
    count_named,
    find_episode,
    find_patients,
    is_exact,
    is_named_in_title,
    speaks_of_episode,
    speaks_of_patient,
)
from medchat.answering.understanding import Question

TITLE = 60
"""A longer title is cut in the prompt: it only says what a passage is about."""


_TOOLS: dict[Language, str] = {
    "en": "To have something worked out or looked up, write nothing but a call, and wait for its "
    'result: calculate("NAME OF FORMULA", input=value unit), '
    'equation("NAME", "EXPRESSION OF NUMBERS", DECIMALS) or lookup("NAME", "symptoms").',
    "zh": "需要计算或查询时，只写一条调用并等待结果："
    'calculate("公式名", 参数=数值 单位)、equation("名称", "算式", 小数位数)'
    '或lookup("名称", "症状")。',
}


@dataclass(frozen=True, slots=True)
class PromptLimits:
    """What a writer can read: how many pieces, how many sentences of each, and what fits."""

    pieces: int = 8
    sentences: int = 4
    fits: Callable[[Sequence[Message]], bool] = lambda messages: True


def select_pieces(
    found: Sequence[Evidence], asked: Question, limits: PromptLimits, find: FindEntities
) -> list[Evidence]:
    """Return the pieces to read, best first, each cut to the sentences that answer best.

    What is written in the question's language comes before the rest of equal standing; the rest is
    read only where there is nothing in that language.
    """
    same = [piece for piece in found if piece.language == asked.language]
    if not choose_named(same, asked):
        same = choose_named(found, asked) or same
    named = choose_named(same, asked)
    detail = asked_detail(asked.question)
    ranked = sorted(
        same or found,
        key=lambda piece: (
            piece not in named,
            detail is not None and not detail.search(fold_script(piece.text)),
            -_standing(piece, asked, find),
        ),
    )
    narrowed = [narrow_to_answer(piece, asked, limits.sentences, find) for piece in ranked]
    distinct: dict[str, Evidence] = {}
    for piece in narrowed:
        distinct.setdefault(" ".join(fold_script(piece.quote).casefold().split()), piece)
    return list(distinct.values())[: limits.pieces]


def narrow_to_answer(piece: Evidence, asked: Question, most: int, find: FindEntities) -> Evidence:
    """Cut a passage to the neighbouring sentences that answer best; offsets stay exact."""
    if piece.kind == "fact" or piece.asked:
        return piece
    from knowledge.text.sentences import sentence_spans

    spans = [
        (start, end) for start, end in sentence_spans(piece.text) if piece.text[start:end].strip()
    ]
    if len(spans) <= 1:
        return piece
    scores = [score_sentence(piece.text[start:end], asked, find) for start, end in spans]
    first, last = _best_window(scores, most)
    start, end = spans[first][0], spans[last][1]
    end = start + len(piece.text[start:end].rstrip())
    return replace(piece, start=start, end=end)


def score_sentence(text: str, asked: Question, find: FindEntities) -> float:
    """Return how well a sentence answers: entities and patients, the relation's words, others."""
    text = fold_script(text)
    named = {id for mention in find(text) for id in mention.entities}
    written = text.casefold()
    mentioned = [
        not named.isdisjoint(mention.entities) or _root(mention.text) in written
        for mention in asked.mentions
    ]
    groups = sum(mentioned) / (len(mentioned) or 1)
    cued = any(text_features.is_cued(RELATIONS[relation], text) for relation in asked.relations[:1])
    meant = sum(speaks_of_patient(text, patient) for patient in find_patients(asked))
    shared = text_features.share_held(
        text_features.content_units(asked.question), text_features.content_units(text)
    )
    exact = count_named(text, asked) / (len(asked.exact) or 1)
    turn = bool(find_episode(asked)) and speaks_of_episode(text)
    detail = asked_detail(asked.question)
    turn = turn or (detail is not None and detail.search(text) is not None)
    return 1.5 * turn + 3.0 * exact + 2.0 * groups + 1.0 * meant + 1.0 * cued + shared


def _root(name: str) -> str:
    """Return what a name shares with words made of it: "antihypertensives", "diabetic"."""
    return name.casefold()[: max(6, len(name) - 4)]


def compose_messages(
    asked: Question,
    pieces: Sequence[Evidence],
    limits: PromptLimits,
    history: Sequence[Message] = (),
    *,
    tools: bool = False,
) -> tuple[list[Message], list[Evidence]]:
    """Return the messages for a writer and the pieces in them, as many as fit.

    `tools` tells a writer that learned no lessons here how results are asked for.
    """
    kept = list(pieces)
    while True:
        lines = [write_line(piece) for piece in kept]
        messages = rendering.grounded(asked.question, lines, asked.language, history)
        if tools:
            said = f"{messages[0]['content']} {_TOOLS[asked.language]}"
            messages[0] = {**messages[0], "content": said}
        if limits.fits(messages) or not (history or len(kept) > 1):
            return messages, kept
        if history:
            history = history[2:]
        else:
            kept.pop()


def bring_results(messages: Sequence[Message], draft: str, results: Sequence[str]) -> list[Message]:
    """Return the messages that bring the results of the calls that a draft is made of."""
    return [
        *messages,
        {"role": "assistant", "content": draft.strip()},
        {"role": "user", "content": "\n".join(results)},
    ]


def write_line(piece: Evidence) -> str:
    """Return a piece as one line of the prompt; a passage is headed by its title."""
    text = " ".join(piece.quote.split())
    if piece.kind == "fact" or not piece.title:
        return text
    title = piece.title if len(piece.title) <= TITLE else piece.title[: TITLE - 1].rstrip() + "…"
    return f"{title}：{text}" if piece.language == "zh" else f"{title.rstrip('.')}: {text}"


def _standing(piece: Evidence, asked: Question, find: FindEntities) -> float:
    """Rank a piece: the very fact asked for, then a text on the subject, then search's order."""
    if piece.asked:
        return 3.0
    if piece.kind == "passage":
        if (
            asked.rest
            and not asked.relations
            and lexical.distinct_terms(piece.text) >= {*asked.rest}
        ):
            return 1.25
        return 1.2 if is_named_in_title(piece, asked, find) else 1.0
    if piece.subject in asked.subjects:
        for place, relation in enumerate(asked.relations):
            if base_relation(piece.relation) == relation:
                return 2.0 - 0.1 * place
    if is_exact(piece, asked, find):
        return 1.3
    return 0.5 if asked.relations else 1.1


def _best_window(scores: Sequence[float], most: int) -> tuple[int, int]:
    """Return the first and last of neighbouring sentences around the best one."""
    first = last = max(range(len(scores)), key=lambda place: (scores[place], -place))
    while last - first + 1 < min(most, len(scores)):
        before = scores[first - 1] if first > 0 else -1.0
        after = scores[last + 1] if last + 1 < len(scores) else -1.0
        if max(before, after) < 0.8 * max(scores):
            break
        if after >= before:
            last += 1
        else:
            first -= 1
    return first, last
