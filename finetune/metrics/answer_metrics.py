"""Score written answers against their references by every metric at hand.

examples + a measurement's answers -> ROUGE-L, BERTScore by row; BLEU by language
"""

from collections.abc import Sequence
from dataclasses import replace

from finetune.evaluate import Measurement, Pair
from finetune.metrics import bert_score, bleu, rouge_l
from finetune.metrics.bert_score import Encoder
from finetune.metrics.bleu import Bleu
from finetune.rows.examples import Example
from finetune.templates.rendering import Language

_NOTHING: Pair = (0.0, 0.0)


def added(
    measured: Measurement, examples: Sequence[Example], encoder: Encoder | None = None
) -> Measurement:
    """Return a measurement with `rouge_l`, and `bert_score` where there is an encoder, by row."""
    answered = examples[: len(measured.texts)]
    found = {"rouge_l": _rouge(answered, measured.texts)}
    if encoder is not None:
        found["bert_score"] = _bert(answered, measured.texts, encoder)
    spoken = tuple(one.language for one in answered)
    names = tuple(one.id for one in answered)
    return replace(
        measured,
        rows={**measured.rows, **found},
        languages={**measured.languages, **dict.fromkeys(found, spoken)},
        ids={**measured.ids, **dict.fromkeys(found, names)},
    )


def bleu_by_language(measured: Measurement, examples: Sequence[Example]) -> dict[Language, Bleu]:
    """Return the BLEU of the answers in each language that has any."""
    languages: tuple[Language, ...] = ("en", "zh")
    pairs = list(zip(examples, measured.texts, strict=False))
    found = {}
    for language in languages:
        own = [
            (text, one.answer)
            for one, text in pairs
            if text is not None and one.language == language
        ]
        score = bleu.corpus([text for text, _ in own], [answer for _, answer in own], language)
        if score is not None:
            found[language] = score
    return found


def _rouge(examples: Sequence[Example], texts: Sequence[str | None]) -> tuple[Pair, ...]:
    return tuple(
        _NOTHING if text is None else (rouge_l.f1(text, one.answer), 1.0)
        for one, text in zip(examples, texts, strict=True)
    )


def _bert(
    examples: Sequence[Example], texts: Sequence[str | None], encoder: Encoder
) -> tuple[Pair, ...]:
    said = [text or "" for text in texts]
    scores = bert_score.f1(said, [one.answer for one in examples], encoder)
    return tuple(
        _NOTHING if text is None else (score, 1.0)
        for text, score in zip(texts, scores, strict=True)
    )
