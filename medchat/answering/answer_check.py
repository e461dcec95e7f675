"""Check every sentence of a draft against the evidence that it cites.

draft -> sentences with their [n] -> each held against the evidence, sentence by sentence
      -> supported (citation kept or repaired) | unsupported (dropped or marked)
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from knowledge.text import text_features
from knowledge.text.citations import cite, cited_numbers, markers, uncited
from knowledge.text.sentence_support import AnnotatedText, FindEntities
from knowledge.text.sentences import join_sentences, split_draft, split_sentences
from knowledge.text.study_designs import kind_of_evidence
from medchat.answering import telling
from medchat.answering.answer import CalculationResult, Citation, Evidence, Sentence, Support
from medchat.answering.entailment import AnnotatedEvidence, score_evidence


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """A draft after the check: its sentences, and the citations they use, numbered from 1.

    `verbatim` says that evidence is quoted and no writer had a part in it; `calculations` are those
    that a writer asked for.
    """

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    dropped: int = 0
    repaired: int = 0
    verbatim: bool = False
    calculations: tuple[CalculationResult, ...] = ()

    @property
    def text(self) -> str:
        """Return the sentences as one text."""
        return join_sentences(sentence.text for sentence in self.sentences)


def check_draft(
    draft: str,
    evidence: Sequence[Evidence],
    find: FindEntities,
    *,
    keep_unsupported: bool = False,
    tell_again: bool = False,
) -> CheckedAnswer:
    """Hold every sentence of a draft against the evidence, which `[1]` counts from 1.

    A sentence that its own citation does not carry gets the citation of evidence that does. What
    nothing carries is dropped, or kept and marked with `keep_unsupported`. With `tell_again` the
    line of facts that it cites is told in its place, where that is on the same subject.
    """
    pieces = [AnnotatedEvidence.of(piece, find) for piece in evidence]
    judged = [_judge(sentence, pieces, find) for sentence in split_draft(draft)]
    if tell_again and not keep_unsupported:
        judged = _told_again(judged, evidence, find)
    kept = [one for one in judged if one.support != "unsupported" or keep_unsupported]
    if not any(one.support == "supported" for one in kept) and not keep_unsupported:
        kept = []
    return replace(
        _numbered(kept, evidence),
        dropped=sum(one.support == "unsupported" for one in judged),
        repaired=sum(one.repaired for one in judged),
    )


def tell_evidence(evidence: Sequence[Evidence], find: FindEntities) -> CheckedAnswer:
    """Answer without a writer: facts told as sentences, passages quoted sentence by sentence."""
    common = telling.small_words(evidence)
    judged: list[_Judged] = []
    treatments: dict[str, set[str]] = {}
    for number, piece in enumerate(evidence, 1):
        before = treatments.setdefault(piece.subject, set())
        listed = telling.listed_in(piece) if piece.kind == "fact" else []
        known = before if listed and piece.relation != "first_line" else before.intersection(listed)
        texts = _told(piece, find, common, known)
        before.update(listed)
        judged += [_Judged(text, (number,), "supported", 1.0) for text in texts]
    return replace(_numbered(judged, evidence), verbatim=True)


def complete_lists(
    checked: CheckedAnswer, facts: Sequence[Evidence], find: FindEntities
) -> CheckedAnswer:
    """Tell facts whole where a draft names only some of what their line lists.

    A contraindication that is left out is as wrong as one that is made up.
    """
    numbers = {citation.id: citation.n for citation in checked.citations}
    kept, common = list(checked.sentences), telling.small_words(facts)
    for piece in facts:
        number = numbers.get(piece.id)
        if number is None or not _lacks(join_sentences(one.text for one in kept), piece):
            continue
        place = next((i for i, one in enumerate(kept) if one.citations == (number,)), len(kept))
        kept = [one for one in kept if one.citations != (number,)]
        text = cite(telling.tell(piece, find, common), (number,))
        kept.insert(place, Sentence(text, (number,), "supported", 1.0))
    written = any(sentence in checked.sentences for sentence in kept)
    return replace(checked, sentences=tuple(kept), verbatim=not written)


def append_quotation(checked: CheckedAnswer, piece: Evidence, find: FindEntities) -> CheckedAnswer:
    """Quote one more piece of evidence after what is said already."""
    number = len(checked.citations) + 1
    more = tuple(
        Sentence(cite(text, (number,)), (number,), "supported", 1.0)
        for text in _told(piece, find, telling.small_words([piece]))
    )
    return replace(
        checked,
        sentences=checked.sentences + more,
        citations=(*checked.citations, _citation(number, piece)),
    )


def number_citations(evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
    """Return pieces of evidence as citations numbered from 1."""
    return tuple(_citation(number, piece) for number, piece in enumerate(evidence, 1))


@dataclass(frozen=True, slots=True)
class _Judged:
    text: str
    cited: tuple[int, ...]
    support: Support
    score: float
    repaired: bool = False


def _judge(sentence: str, pieces: Sequence[AnnotatedEvidence], find: FindEntities) -> _Judged:
    text = uncited(sentence).strip()
    claim = AnnotatedText.of(text, find)
    if not (claim.spans or text_features.content_units(claim.rest) or claim.quantities):
        return _Judged(text, (), "none", 0.0)
    scores = {number: score_evidence(claim, piece) for number, piece in enumerate(pieces, 1)}
    cited = [number for number in cited_numbers(sentence) if number in scores]
    for numbers, repaired in ((cited, False), (list(scores), True)):
        carrying = [number for number in numbers if scores[number] >= 1.0]
        if carrying:
            kept = tuple(carrying if not repaired else carrying[:1])
            return _Judged(text, kept, "supported", 1.0, repaired)
    joint = _jointly(sentence, pieces, find)
    if joint:
        return _Judged(text, joint, "supported", 1.0)
    best = max((scores[number] for number in cited or scores), default=0.0)
    return _Judged(text, tuple(cited), "unsupported", best)


def _told_again(
    judged: Sequence[_Judged], evidence: Sequence[Evidence], find: FindEntities
) -> list[_Judged]:
    """Put what a line of facts tells in place of a sentence that it does not carry."""
    told = {number for one in judged if one.support == "supported" for number in one.cited}
    kept, common = [], telling.small_words(evidence)
    for one in judged:
        number = one.cited[0] if one.support == "unsupported" and len(one.cited) == 1 else 0
        piece = evidence[number - 1] if number else None
        kept.append(one)
        if piece is None or piece.kind != "fact" or number in told:
            continue
        if any(piece.subject in span.entities for span in find(one.text)):
            told.add(number)
            text = telling.tell(piece, find, common)
            kept.append(_Judged(text, (number,), "supported", 1.0, repaired=True))
    return kept


def _jointly(
    sentence: str, pieces: Sequence[AnnotatedEvidence], find: FindEntities
) -> tuple[int, ...]:
    """Return the citations of a sentence if each carries the part of it that comes before."""
    found = markers(sentence)
    if len(found) < 2 or text_features.content_units(sentence[found[-1].end :]):
        return ()
    subject, used, last = "", [], 0
    for marker in found:
        text = sentence[last : marker.start].rstrip()
        last = marker.end
        claim = AnnotatedText.of(f"{subject} {text}".strip(), find)
        cited = [number for number in marker.numbers if 0 < number <= len(pieces)]
        carrying = [number for number in cited if score_evidence(claim, pieces[number - 1]) >= 1.0]
        if not carrying:
            return ()
        used += carrying
        # what follows "and" speaks of the same subject
        subject = subject or (claim.spans[0].text if claim.spans else "")
    return tuple(dict.fromkeys(used))


def _numbered(judged: Sequence[_Judged], evidence: Sequence[Evidence]) -> CheckedAnswer:
    """Number the citations by first use, and write the markers into the sentences."""
    order: dict[int, int] = {}
    for one in judged:
        for number in one.cited:
            order.setdefault(number, len(order) + 1)
    sentences = tuple(
        Sentence(
            cite(one.text, cited) if one.support == "supported" else one.text,
            cited,
            one.support,
            one.score,
        )
        for one in judged
        for cited in [tuple(order[number] for number in one.cited)]
    )
    return CheckedAnswer(
        sentences, tuple(_citation(n, evidence[number - 1]) for number, n in order.items())
    )


def _citation(number: int, piece: Evidence) -> Citation:
    return Citation(
        n=number,
        kind=piece.kind,
        id=piece.id,
        title=piece.title,
        year=piece.year,
        quote=piece.quote,
        start=piece.start,
        end=piece.end,
        facts=piece.facts,
        type=_kind_of(piece),
    )


def _kind_of(piece: Evidence) -> str:
    """Return the kind of evidence that a passage is; of a paper asked about all is known."""
    if piece.kind == "fact":
        return ""
    return kind_of_evidence(piece.type, piece.title, f"{piece.context}\n{piece.text}")


def _lacks(text: str, piece: Evidence) -> bool:
    listed = re.split(r":\s|：", piece.quote, maxsplit=1)[-1]
    said = text_features.fold_letters(text)
    return any(text_features.fold_letters(item) not in said for item in re.split("[;；]", listed))


def _told(
    piece: Evidence,
    find: FindEntities,
    common: Collection[str],
    before: Collection[str] = (),
) -> list[str]:
    """Return what a piece says: facts told as a sentence, a passage in its own sentences.

    `before` are treatments that were told: a line that lists no others says nothing.
    """
    if piece.kind == "fact":
        told = telling.tell(piece, find, common, before)
        return [told] if told else []
    return [_spoken(text, piece) for text in split_sentences(piece.quote)]


def _spoken(quote: str, piece: Evidence) -> str:
    """Return quoted words as a sentence; markers that a source uses itself would mislead here."""
    text = uncited(" ".join(quote.split())).strip()
    stop = "。" if piece.language == "zh" else "."
    return text if text[-1:] in tuple(".!?。！？；;") else text + stop
