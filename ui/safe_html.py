"""Make text safe for a page, in the few shapes of HTML that all panes use.

    any text -> escaped, on one line -> HTML that Gradio's sanitizer passes unchanged

The sanitizer drops `aria-*` and `data-*`: labels are visually hidden words instead, values travel
in `value`. A blank line would end an HTML block of Markdown, so no line break gets through.
"""

import re
from html import escape

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff]"
)
_BREAK = re.compile(r"[^\S\n]*\r?\n[^\S\n]*")


def safe(text: object) -> str:
    """Return a text as it may stand within an element or an attribute, on one line.

    What is invisible, or turns the direction of writing, is left out: it can only mislead.
    """
    return escape(_INVISIBLE.sub("", " ".join(str(text).split())))


def lines(text: str) -> str:
    """Return a text as it may stand within an element, its line breaks kept."""
    kept = _BREAK.sub("\n", _INVISIBLE.sub("", text))
    return re.sub(r"\n{2,}", "<br><br>", escape(kept)).replace("\n", "<br>")


def for_screen_readers(text: str) -> str:
    """Return words for those who hear the page instead of seeing it."""
    return f'<span class="unseen">{safe(text)}</span>'


def button(name: str, label: str, value: str = "", *, kind: str = "", says: str = "") -> str:
    """Return a button that the script knows by `name`; `says` is what is heard in place of it."""
    shown = (
        (f"<span>{safe(label)}</span>" if label else "") + for_screen_readers(says)
        if says
        else safe(label)
    )
    title = f' title="{safe(says)}"' if says else ""
    classes = f"do-{name} {kind}".strip()
    return f'<button type="button" class="{classes}" value="{safe(value)}"{title}>{shown}</button>'
