"""Show held-out questions with the reference, and the answers before and after a round.

kept answers -> a few in each language -> one article each
"""

from collections.abc import Iterator, Mapping, Sequence

from finetune.cards.markup import Html, element
from finetune.cards.score_tables import language_name

_SHOWN = 8
"""So many questions of a language are shown; the file keeps the others."""


def articles(answers: Sequence[Mapping[str, object]]) -> Iterator[Html]:
    """Yield the samples, or a sentence where a round kept none."""
    if not answers:
        yield element(
            "p",
            "No answers were kept: the round is older than their record, was handed on without "
            "them, or answered no question.",
            class_="dim",
        )
        return
    shown = 0
    for language in sorted({str(one.get("language")) for one in answers}):
        own = [one for one in answers if one.get("language") == language][:_SHOWN]
        shown += len(own)
        yield element("h3", language_name(language))
        yield from (_article(one, language) for one in own)
    yield element(
        "p",
        f"{shown} of {len(answers)} held-out questions, the first of each language, as they were "
        "answered: greedily, from the evidence shown. answers.jsonl in the adapter's folder holds "
        "them all.",
        class_="dim",
    )


def _article(one: Mapping[str, object], language: str) -> Html:
    evidence = one.get("evidence")
    listed = evidence if isinstance(evidence, list) else []
    covered = (
        "" if one.get("covered", True) else element("p", "its evidence was withheld", class_="dim")
    )
    columns = [
        element("div", element("h4", title), element("p", _said(one.get(key))))
        for key, title in (("reference", "reference"), ("before", "before"), ("after", "after"))
    ]
    lines = element("ol", *(element("li", each) for each in listed))
    shown = element("details", element("summary", f"{len(listed)} pieces of evidence"), lines)
    return element(
        "article",
        element("h3", one.get("question", "")),
        covered,
        element("div", *columns, class_="answers"),
        shown if listed else "",
        lang=language,
    )


def _said(text: object) -> object:
    if text is None:
        return element("small", "not answered: it did not fit the model")
    return text if str(text).strip() else element("small", "nothing")
