"""Clean names for display, normalise them for comparison, and tell their language.

    raw name -> clean -> is_debris? -> stored -> normalise -> compared

`clean` gives what is shown and stored, `normalise` what is compared and never shown.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from knowledge.records import Language
from knowledge.text.characters import CJK
from knowledge.text.scripts import fold_script, in_traditional

LONGEST = 80
"""A name of more characters than this is a sentence, not a name."""

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_SPACE = re.compile(r"\s+")
_PLAIN = re.compile("[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
"""A name in which there is nothing to clean."""

# Full-width letters, digits and signs become half-width; Chinese punctuation stays as it is.
_HALF_WIDTH = {
    code: code - 0xFEE0
    for code in range(0xFF01, 0xFF5F)
    if chr(code) not in "！（），．：；？［］｛｝～"
} | {0x3000: 0x20}
# Ligatures and Arabic-Indic look-alikes fold; superscripts, Roman and circled numerals do not,
# since folding them changes what is read (10⁻³ is not 10-3).
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
# PDF files name many Chinese characters by a radical that looks the same: nobody would find them.
# Unicode decomposes the Kangxi radicals; of the supplement, U+2E80 to U+2EFF, these are whole
# characters too (EquivalentUnifiedIdeograph.txt).
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)} | {
    0x2E00 + low: sign
    for low, sign in zip(
        bytes.fromhex("9fa0bcc1c4c5c6c9cbd1d3d4d7d8d9dadbdcdde1e2e3e4e5e6e7e8e9eceef0f3"),
        "母民月虎西见角贝车長长门雨青韦页风飞食首马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
}
_FOLD = _HALF_WIDTH | _LIGATURES | _RADICALS
_FOLDABLE = re.compile(f"[{re.escape(''.join(map(chr, _FOLD)))}]")
_DETAILS = re.compile(r"[\[［【(（]?详细[\]］】)）]")
_REPR_ENDS = re.compile(r"""^[\[{(]\s*['"]|['"]\s*[\]})]$""")
_ESCAPED_QUOTE = re.compile(r"""\\+(['"])""")
_ESCAPED_BYTES = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_PAIRS = {"(": ")", "（": "）", "[": "]", "【": "】", "{": "}", "“": "”", "‘": "’", "《": "》"}
_QUOTES = "\"“”„«»`'‘’"
_EDGES = " \t\n\r,，、;；:：。*·•|>＞→"
_LOST = re.compile("[\ufffd\ue000-\uf8ff]|(?<=[\u4e00-\u9fff])\\?(?=[\u4e00-\u9fff])")
_CJK = re.compile(f"[{CJK}]")
_WORD = re.compile(rf"[^\W\d_{CJK}]+")


def tidy(text: str) -> str:
    """Remove invisible characters, fold full-width letters, radicals and runs of white space.

    >>> tidy("ＭＲＩ\\u200b  scan"), tidy("\\u75db\\u2edb")
    ('MRI scan', '痛风')
    """
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    if _FOLDABLE.search(visible):  # translating takes long, and most texts have nothing to fold
        visible = visible.translate(_FOLD)
    return " ".join(visible.split())


def unescape(text: str) -> str:
    r"""Turn the literal escapes of a printed byte string back into characters.

    >>> unescape("Ullrich\\xe2\\x80\\x93Turner")
    'Ullrich–Turner'
    """
    return _ESCAPED_QUOTE.sub(r"\1", _ESCAPED_BYTES.sub(_decode, text))


def _decode(match: re.Match[str]) -> str:
    return bytes.fromhex(match[0].replace("\\x", "")).decode("utf-8", errors="ignore")


@lru_cache(maxsize=65536)
def clean(text: str) -> str:
    """Return a name as it is shown: no stray quotes, brackets, link tails or invisible signs.

    >>> clean(" “肺炎” [详细]")
    '肺炎'
    >>> clean("['Type 2 diabetes']")
    'Type 2 diabetes'
    """
    if _PLAIN.fullmatch(text):
        return text
    name = _DETAILS.sub(" ", tidy(unescape(tidy(text))))
    before = ""
    while name != before:
        before = name
        name = _unwrap(_strip_edges(name))
    return _SPACE.sub(" ", name)


def _strip_edges(name: str) -> str:
    name = _REPR_ENDS.sub("", name.strip(_EDGES))
    if name.endswith(".") and not name.endswith("..") and name.count(".") == 1:
        name = name[:-1]
    if name[:1] in _QUOTES and name.count(name[:1]) == 1 and _partner(name[:1]) not in name[1:]:
        name = name[1:]
    if name[-1:] in _QUOTES and name.count(name[-1:]) == 1 and _partner(name[-1:]) not in name[:-1]:
        name = name[:-1]
    return name


def _partner(quote: str) -> str:
    return {"“": "”", "”": "“", "‘": "’", "’": "‘", "«": "»", "»": "«"}.get(quote, quote or "\0")


def _unwrap(name: str) -> str:
    if len(name) < 2:
        return name
    first, last = name[0], name[-1]
    if (first == last and first in _QUOTES) or (_PAIRS.get(first) == last and first != "("):
        inner = name[1:-1]
        if first not in inner and last not in inner:
            return inner
    for opening, closing in _PAIRS.items():
        if last == closing and opening not in name:
            return name[:-1]
        if first == opening and closing not in name:
            return name[1:]
    return name


def has_balanced_brackets(name: str) -> bool:
    """Say whether every bracket that opens also closes; a cut name often does not."""
    return name.count("(") + name.count("（") == name.count(")") + name.count("）")


def is_debris(name: str) -> bool:
    """Say whether a name is cut, is left from markup or a printed list, or is no name at all."""
    return (
        "..." in name
        or "…" in name
        or "[" in name
        or "\\x" in name
        or "['" in name
        or len(name) > LONGEST
        or not (name[:1].isalpha() or any(sign.isalpha() for sign in name))
        or _LOST.search(name) is not None
    )


def language_of(text: str) -> Language:
    """Tell Chinese from English by the share of Chinese characters among characters and words.

    >>> language_of("MRI检查"), language_of("C-reactive protein")
    ('zh', 'en')
    """
    chinese = len(_CJK.findall(text))
    return "zh" if chinese and chinese >= 0.3 * (chinese + len(_WORD.findall(text))) else "en"


# What follows is for comparison only: both sides of a comparison go through it, so that a fold
# which is no English ("faeces" to "feces", "exercise" to "exercize") harms nobody.

_TOKEN = re.compile(f"[{CJK}]|[^\\W_{CJK}]+")
_POSSESSIVE = re.compile(r"(?<=[a-z])['’‘`´]s\b|(?<=s)['’‘`´](?=\s|$)")
_APOSTROPHE = re.compile("['’‘`´]")
_ACCENT = re.compile("[\u0300-\u036f]")
_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "ω": "omega"}
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
_CHINESE_DIGITS = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5"}
_TYPED = {"type", "stage", "grade", "class", "group", "factor"}
_SPELLING = {
    "tumour": "tumor",
    "tumours": "tumor",
    "colour": "color",
    "behaviour": "behavior",
    "labour": "labor",
    "odour": "odor",
    "centre": "center",
    "fibre": "fiber",
    "fibres": "fiber",
    "litre": "liter",
    "titre": "titer",
    "programme": "program",
    "grey": "gray",
    "mould": "mold",
    "moulds": "mold",
    "counselling": "counseling",
    "labelled": "labeled",
    "defence": "defense",
    "practise": "practice",
    "judgement": "judgment",
    "diagnoses": "diagnosis",
    "metastases": "metastasis",
    "stenoses": "stenosis",
    "thromboses": "thrombosis",
    "prostheses": "prosthesis",
    "biopsies": "biopsy",
    "vertebrae": "vertebra",
    "bacteria": "bacterium",
    "diverticula": "diverticulum",
}
_STEMS = (
    (re.compile("ae|oe"), "e"),
    (re.compile("sulph"), "sulf"),
    (re.compile("leuco"), "leuko"),
    (re.compile("isation"), "ization"),
    (re.compile("(?<=....)is(e|es|ed|ing)$"), r"iz\1"),
    (re.compile("(?<=...)ys(e|ed|ing)$"), r"yz\1"),
)
_NOT_PLURAL = {
    "aids",
    "mers",
    "sars",
    "this",
    "does",
    "pros",
    "feces",
    "herpes",
    "rabies",
    "scabies",
    "caries",
    "series",
    "species",
    "diabetes",
    "lens",
    "pancreas",
    "biceps",
    "triceps",
    "forceps",
    "ascites",
    "tabes",
    "measles",
    "mumps",
    "rickets",
    "pus",
    "gas",
}


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    """Return the form in which two spellings of one name are equal.

    Case, width, punctuation, British or American spelling, possessives, simple plurals and
    numbering (`Ⅱ型`, `type II`) are folded; Chinese is written without spaces, in simplified
    characters.

    >>> normalise("Coeliac Disease") == normalise("celiac diseases")
    True
    >>> normalise("Sjögren’s syndrome"), normalise("Ⅱ型 糖尿病（成人）"), normalise("高血壓")
    ('sjogren syndrome', '2型糖尿病成人', '高血压')
    """
    return _compared(text, fold_characters)


@lru_cache(maxsize=65536)
def normalise_as_written(text: str) -> str:
    """Return the same with Chinese in the script in which it is written: what ids are made of."""
    return _compared(text, _one_syndrome)


def fold_characters(text: str) -> str:
    """Return a text with one script and one word for syndrome; its length stays.

    >>> fold_characters("腎病症候群")
    '肾病综合征'
    """
    folded = fold_script(text)
    return folded if "症" not in folded else _one_syndrome(folded).replace("症候群", "综合征")


def stored_forms(name: str) -> set[str]:
    """Return all forms in which a catalogue may hold a normalised name.

    Early versions stored traditional characters as they were written.
    """
    early = {normalise_as_written(each) for each in (name, in_traditional(name))}
    return {normalise(name), *early}


def _one_syndrome(text: str) -> str:
    return text.replace("综合症", "综合征")


def _compared(text: str, fold: Callable[[str], str]) -> str:
    if _PLAIN.fullmatch(text):
        tokens = text.lower().replace("-", " ").split(" ")
        return " ".join(_token(_numbered(tokens, place)) for place in range(len(tokens)))
    folded = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text)).casefold()
    folded = unicodedata.normalize("NFC", _ACCENT.sub("", folded))
    folded = fold(_APOSTROPHE.sub("", _POSSESSIVE.sub("", folded)))
    tokens = _TOKEN.findall(folded)
    tokens = [_numbered(tokens, place) for place in range(len(tokens))]
    tokens = [_token(token) for token in tokens]
    return _joined(tokens)


def _numbered(tokens: list[str], place: int) -> str:
    token = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else ""
    before = tokens[place - 1] if place else ""
    if after in ("型", "期", "级", "度"):
        return _ROMAN.get(token) or _CHINESE_DIGITS.get(token, token)
    return _ROMAN.get(token, token) if before in _TYPED else token


@lru_cache(maxsize=65536)
def _token(token: str) -> str:
    if len(token) < 4 or not token.isascii():
        return _GREEK.get(token, token)
    known = _SPELLING.get(token)
    if known:
        return known
    if len(token) > 4:
        for pattern, replacement in _STEMS:
            token = pattern.sub(replacement, token)
    return _SPELLING.get(token) or _singular(token)


def _singular(token: str) -> str:
    if not token.endswith("s") or token in _NOT_PLURAL or token.endswith(("ss", "us", "is")):
        return token
    if token.endswith("ies") and len(token) > 5:
        return token[:-3] + "y"
    if token.endswith(("sses", "xes", "ches", "shes")):
        return token[:-2]
    return token[:-1]


def _joined(tokens: list[str]) -> str:
    parts: list[str] = []
    latin = False
    for token in tokens:
        now_latin = _CJK.match(token) is None
        if parts and latin and now_latin:
            parts.append(" ")
        parts.append(token)
        latin = now_latin
    return "".join(parts)
