"""Find the sentences of an answer that tell a text in other words, and check that they do.

sentences that rest on texts alone + their texts -> supported, or the answer is unfaithful

The text that supports such a sentence answers for its names, numbers and denials.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.graph.linker import Linker
from knowledge.lessons.verify.name_masks import STOPS, form_of, has_any, where
from knowledge.lessons.verify.row_facts import RowFacts
from knowledge.text.sentence_support import AnnotatedText, score_support
from knowledge.text.sentences import sentence_spans


@dataclass(frozen=True, slots=True)
class Retellings:
    """The places of sentences that tell a text faithfully, and whether another one does not."""

    spans: tuple[tuple[int, int], ...]
    unfaithful: bool


def find_retellings(
    row: RowFacts, answer: str, spans: Sequence[tuple[int, int]], masked: str, linker: Linker
) -> Retellings:
    """Return the retellings of an answer by its sentences; `masked` is it without its names."""
    retold: list[tuple[int, int]] = []
    for (start, end), places in zip(spans, row.support or (), strict=False):
        facts = [row.facts[place] for place in places]
        sentence = answer[start:end]
        if not facts or any(fact.object for fact in facts):
            continue
        texts = [fact.value[row.language] for fact in facts]
        if has_any(texts, sentence, sentence.lower()):
            continue
        if not _says_anything(masked[start:end]):
            # One of several sentences of a text is all mark, and must be of the text it names.
            if _says_anything(sentence) and not _is_part_of(answer, start, end, texts):
                return Retellings(tuple(retold), True)
            continue
        if not any(_is_supported(row, sentence, text, linker) for text in texts):
            return Retellings(tuple(retold), True)
        retold.append((start, end))
    return Retellings(tuple(retold), False)


def _says_anything(masked: str) -> bool:
    return any(sign.isalnum() for sign in masked)


def _is_part_of(answer: str, start: int, end: int, texts: Sequence[str]) -> bool:
    """Say whether a sentence stands where the answer tells one of some texts."""
    return any(
        begin < end and start < begin + len(text.strip(STOPS))
        for text in texts
        for begin in where(form_of(text), answer, answer.lower())
    )


def _is_supported(row: RowFacts, sentence: str, text: str, linker: Linker) -> bool:
    """Say whether a sentence of a text supports what an answer says in other words."""
    name = next(iter(row.names(row.subject)), "")
    claim, *held = (
        AnnotatedText.of(each, linker.find)
        for each in (sentence, *(text[start:end] for start, end in sentence_spans(text)))
    )
    context = AnnotatedText.of(name, linker.find)
    return any(score_support(claim, each, context) >= 1.0 for each in held)
