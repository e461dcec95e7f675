"""Show what surrounds the panes: the name of the application, its bar, and the state it is in."""

from medchat.service import ServiceState
from ui.safe_html import button, safe
from ui.text import PageText


def brand(words: PageText) -> str:
    """Return the name of the application and what it does."""
    return (
        f'<header class="brand"><span class="logo"></span><div><h1>{safe(words("page"))}</h1>'
        f"<p>{safe(words('tagline'))}</p></div></header>"
    )


def top(words: PageText) -> str:
    """Return the bar of a narrow page: menu, name, appearance."""
    return (
        f'<div class="top">{button("menu", "☰", kind="quiet", says=words("menu"))}'
        f'<p class="name"><span class="logo"></span>{safe(words("page"))}</p>'
        f"{button('appearance', '◐', kind='quiet', says=words('appearance'))}</div>"
    )


def base(state: ServiceState, words: PageText) -> str:
    """Return which generation of the knowledge base answers, and how much it holds."""
    if state.generation is None:
        return f'<p class="base">{safe(words("no_knowledge"))}</p>'
    counts = {key: f"{count:,}" for key, count in state.counts.items()}
    return (
        f'<p class="base"><strong>{safe(words("knowledge"))}</strong> '
        f"{safe(words('generation', number=state.generation))}<br>"
        f"{safe(words('counts', **counts))}</p>"
    )


def notes(words: PageText) -> str:
    """Return for whom the answers are, and that they must be checked."""
    return f"<p>{safe(words('standing'))} {safe(words('check'))}</p>"
