"""Join the parts of an answer: each has citations of its own, numbered from 1.

bottom line, what to do, cautions, evidence -> one answer, each piece of evidence cited once
"""

from collections.abc import Sequence
from dataclasses import replace

from medchat.answering.answer import Citation, Sentence
from medchat.answering.answer_check import CheckedAnswer


def join_parts(parts: Sequence[CheckedAnswer]) -> CheckedAnswer:
    """Return parts as one answer in their order; a sentence that was said before is left out."""
    citations: dict[tuple[str, int, int, str], Citation] = {}
    sentences: list[Sentence] = []
    said: set[str] = set()
    for part in parts:
        numbers: dict[int, int] = {}
        for citation in part.citations:
            key = (citation.id, citation.start, citation.end, citation.quote)
            citations.setdefault(key, replace(citation, n=len(citations) + 1))
            numbers[citation.n] = citations[key].n
        for sentence in part.sentences:
            if sentence.uncited() in said:
                continue
            said.add(sentence.uncited())
            sentences.append(_renumbered(sentence, numbers))
    used = list(dict.fromkeys(n for sentence in sentences for n in sentence.citations))
    whole = CheckedAnswer(
        tuple(sentences),
        tuple(citations.values()),
        dropped=sum(part.dropped for part in parts),
        repaired=sum(part.repaired for part in parts),
        verbatim=all(part.verbatim for part in parts),
        calculations=tuple(each for part in parts for each in part.calculations),
    )
    return whole if used == list(range(1, len(citations) + 1)) else _by_use(whole, used)


def _renumbered(sentence: Sentence, numbers: dict[int, int]) -> Sentence:
    new = tuple(numbers[n] for n in sentence.citations)
    text = sentence.text
    for marker in reversed(sentence.markers()):  # each where it stands: a sentence may have several
        written = text[marker.start : marker.end]
        signs = "".join(f"[{numbers[n]}]" for n in marker.numbers if n in numbers)
        blank = written[: len(written) - len(written.lstrip())]
        text = text[: marker.start] + blank + signs + text[marker.end :]
    return replace(sentence, text=text, citations=new)


def _by_use(answer: CheckedAnswer, used: Sequence[int]) -> CheckedAnswer:
    """Return an answer with its citations numbered as its sentences use them, without others."""
    numbers = {old: new for new, old in enumerate(used, 1)}
    known = {citation.n: citation for citation in answer.citations}
    return replace(
        answer,
        sentences=tuple(_renumbered(sentence, numbers) for sentence in answer.sentences),
        citations=tuple(replace(known[old], n=new) for old, new in numbers.items()),
    )
