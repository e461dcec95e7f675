"""Style the page: Gradio's theme with system fonts, and our files in the head of its page.

    Gradio's page + one use-once number -> page with our style and script, fit for a strict CSP

Nothing here is fetched from elsewhere.
"""

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes import Base

ASSETS = {
    "chat.css": "text/css; charset=utf-8",
    "chat.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""Our files that a page asks for, with their media types."""

FONTS = (
    "-apple-system",
    "BlinkMacSystemFont",
    "Segoe UI",
    "Roboto",
    "Helvetica Neue",
    "Arial",
    "Noto Sans",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
)
MONOSPACED = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")

_SCRIPT = re.compile(r"<script(?=[\s>])")
_FOREIGN = re.compile(
    r'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link rel="manifest"[^>]*>', re.DOTALL
)


def theme() -> "Base":
    """Return Gradio's plain theme without any font from the network."""
    from gradio import themes

    return themes.Base(
        primary_hue=themes.colors.teal,
        neutral_hue=themes.colors.slate,
        font=list(FONTS),
        font_mono=list(MONOSPACED),
    )


@cache
def asset(name: str) -> bytes:
    """Return one of our files. Raises KeyError where there is no such file."""
    if name not in ASSETS:
        raise KeyError(name)
    return files("ui").joinpath(name).read_bytes()


def dress(page: str, nonce: str) -> str:
    """Return Gradio's page with our files in its head; only scripts with the nonce will run."""
    ours = (
        f'<link rel="icon" type="image/svg+xml" href="{_address("icon.svg")}">'
        f'<link rel="stylesheet" href="{_address("chat.css")}">'
        f'<script defer src="{_address("chat.js")}"></script></head>'
    )
    dressed = _FOREIGN.sub("", page).replace("</head>", ours, 1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', dressed)


def _address(name: str) -> str:
    return f"/assets/{name}?v={hashlib.sha256(asset(name)).hexdigest()[:12]}"
