"""Show the sources of an answer: each citation with the cited words marked in their text.

    citations' sources + the number that was chosen -> cards, the chosen one open

What is marked is exactly the quotation that was recorded with the answer.
"""

import re
from collections.abc import Sequence

from medchat.answering.answer import Citation
from medchat.service import CitationSource
from ui.safe_html import button, lines, safe
from ui.text import PageText

_STATED = re.compile(r"[^:：]+(?=[:：])")
"""The head of a line of facts: whose they are, and which relation."""


def hint(words: PageText) -> str:
    """Return what is shown where no citation is open."""
    return (
        f'<section class="sources idle"><h2>{safe(words("sources"))}</h2>'
        f"<p>{safe(words('sources_hint'))}</p></section>"
    )


def panel(sources: Sequence[CitationSource], chosen: int, words: PageText) -> str:
    """Return the sources of one answer, the chosen one open."""
    cards = "".join(_card(source, source.citation.n == chosen, words) for source in sources)
    return (
        f'<section class="sources" id="sources"><header><h2 tabindex="-1" id="sources-title">'
        f"{safe(words('sources'))}</h2>"
        f"{button('close-sources', '×', kind='quiet close', says=words('close'))}</header>"
        f"{cards}</section>"
    )


def titled(citation: Citation) -> str:
    """Return what a citation is called: its title and year, for a fact also what it states."""
    if citation.kind == "fact":
        stated = _STATED.match(citation.quote)
        return stated[0] if stated and citation.title in stated[0] else citation.title
    return f"{citation.title} ({citation.year})" if citation.year else citation.title


def _card(source: CitationSource, chosen: bool, words: PageText) -> str:
    citation = source.citation
    return (
        f'<details class="card" id="source-{citation.n}"{" open" if chosen else ""}>'
        f'<summary><span class="number">{citation.n}</span>'
        f'<span class="title">{safe(titled(citation))}</span></summary>'
        f"{_warnings(source, words)}{_kind(source, words)}{_text(source)}{_facts(source, words)}"
        f"</details>"
    )


def _warnings(source: CitationSource, words: PageText) -> str:
    said = [words("retracted")] if source.retracted else []
    for kind in dict.fromkeys(one.kind for one in source.notices):
        if not words.has(f"source_notice_{kind}"):
            continue
        by = "; ".join(one.by for one in source.notices if one.kind == kind and one.by)
        said.append(words(f"source_notice_{kind}") + (f" ({by})" if by else ""))
    said += [] if source.present else [words("absent")]
    return "".join(f'<p class="warning">{safe(one)}</p>' for one in said)


def _kind(source: CitationSource, words: PageText) -> str:
    kind = source.evidence_in(words.language)
    kinds = [words(f"source_{source.citation.kind}"), kind, source.journal]
    said = "".join(f"<span>{safe(kind)}</span>" for kind in kinds if kind)
    return f'<p class="kinds">{said}</p>'


def _text(source: CitationSource) -> str:
    return (
        f'<blockquote class="passage">{lines(source.before)}'
        f'<mark id="quote-{source.citation.n}">{lines(source.citation.quote)}</mark>'
        f"{lines(source.after)}</blockquote>"
    )


def _facts(source: CitationSource, words: PageText) -> str:
    rows = [("section", source.section), ("from", "; ".join(source.origins))]
    listed = "".join(
        f"<dt>{safe(words(key))}</dt><dd>{safe(value)}</dd>" for key, value in rows if value
    )
    id = f"<dt>{safe(words('id'))}</dt><dd><code>{safe(source.citation.id)}</code></dd>"
    return f'<dl class="facts">{listed}{id}</dl>'
