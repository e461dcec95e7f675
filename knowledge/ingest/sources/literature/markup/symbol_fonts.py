"""Read signs that are taken from a symbol font, as the characters that readers see.

    font Symbol, code F06D -> µ

Word, EndNote and web pages write such a sign as a code of its font, which means nothing
elsewhere. A code whose sign is
not known becomes a mark: what stands there may be a unit or a comparison.
"""

import re

from knowledge.text.holes import HOLE

_SYMBOL_LOW = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?"
    "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλµνοπθρστυϖωξψζ{|}∼"
)
"""Signs of the font Symbol from 20 to 7E."""

_SYMBOL_HIGH = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪"
"""Signs of the font Symbol from A0 to EF."""

_SYMBOL_LAST = "〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
"""Signs of the font Symbol from F1 to FE."""

_SYMBOL = (
    {0x20 + place: sign for place, sign in enumerate(_SYMBOL_LOW)}
    | {0xA0 + place: sign for place, sign in enumerate(_SYMBOL_HIGH)}
    | {0xF1 + place: sign for place, sign in enumerate(_SYMBOL_LAST)}
)
_WINGDINGS = {
    **{0x20: " ", 0x28: "☎", 0x2A: "✉", 0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0x6C: "●", 0x6E: "■"},
    **{0x6F: "□", 0x71: "❑", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9F: "•", 0xA7: "▪", 0xA8: "◻"},
    **{0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨"},
    **{0xF1: "⇧", 0xF2: "⇩", 0xF3: "⬄", 0xF4: "⇳", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"},
}
_WINGDINGS_2 = {0x20: " ", 0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x54: "☒", 0xA3: "☐"}
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}
_SIGN_FONTS = {*_FONTS, "wingdings 3", "webdings", "mt extra", "monotype sorts", "zapfdingbats"}


def symbol(font: str, code: int) -> str:
    """Return the character that a code of a font shows, or the mark of a sign that is not known.

    >>> symbol("Symbol", 0xF06D), symbol("Symbol", 0xF0B3), symbol("Arial", 0xB0)
    ('µ', '≥', '°')
    >>> symbol("Webdings", 0xF021)
    '⟦?⟧'
    """
    private = 0xE000 <= code <= 0xF8FF
    name = font.strip().lower()
    if name in _SIGN_FONTS:
        sign = _FONTS.get(name, {}).get(code & 0xFF if private or code < 0x100 else -1)
        if sign is None and not private and code >= 0x100:
            sign = chr(code)
        return sign or HOLE
    if private or not 0x20 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return HOLE
    return chr(code)


def is_sign_font(font: str) -> bool:
    """Say whether a font draws signs in place of letters."""
    return font.strip().lower() in _SIGN_FONTS


_PRIVATE = re.compile("[\ue000-\uf8ff]")


def read_in_font(text: str, font: str) -> str:
    """Return text that is set in a font, its signs read; a private code of another font is a hole.

    >>> read_in_font("m", "Symbol"), read_in_font("5 \\uf0b0C", "Symbol"), read_in_font("m", "")
    ('µ', '5 °Χ', 'm')
    """
    if is_sign_font(font):
        return "".join(sign if sign.isspace() else symbol(font, ord(sign)) for sign in text)
    return text if text.isascii() else _PRIVATE.sub(HOLE, text)
