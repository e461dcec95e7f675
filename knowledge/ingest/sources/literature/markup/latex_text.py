r"""Turn text with LaTeX commands, as BibTeX files hold it, into plain text.

    "M{\"u}ller: 25\,mg at 10$^9$/L {\textless} 3" -> "Müller: 25 mg at 10⁹/L < 3"

A command that is not known is a hole; its argument stays.
"""

import re
import unicodedata
from bisect import bisect_left

from knowledge.ingest.sources.literature.markup import (
    latex_units,
    linear_formulas,
    raised_figures,
)
from knowledge.text.holes import HOLE

_TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.|\n|\Z)|\$\$?|[{}~]|---?|``|''|[^\\${}~`'-]+|.", re.DOTALL)
_MARKS = re.compile(r"[\\{}$~]|--|``|''")
_ACCENTS = {
    **{"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304"},
    **{".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328"},
    **{"r": "\u030a", "b": "\u0331", "d": "\u0323", "t": "\u0361"},
}
_ALONE = {"'": "´", "`": "`", "^": "^", '"': '"', "~": "~"}
_SIGNS = {
    **{"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł"},
    **{"L": "Ł", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ"},
    **{"TH": "Þ", "ng": "ŋ", "NG": "Ŋ", "dj": "đ", "DJ": "Đ", "S": "§", "P": "¶", "dag": "†"},
    **{"ddag": "‡", "pounds": "£", "euro": "€", "texteuro": "€", "EUR": "€", "copyright": "©"},
    **{"textsterling": "£", "textyen": "¥", "textcent": "¢", "textdollar": "$", "lq": "‘"},
    **{"rq": "’", "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "ldots": "…"},
    **{"textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "dots": "…"},
    **{"textquotesingle": "'", "textquotedbl": '"', "textasciitilde": "~", "textellipsis": "…"},
    **{"textasciicircum": "^", "textbackslash": "\\", "textbar": "|", "textless": "<"},
    **{"textgreater": ">", "textbraceleft": "{", "textbraceright": "}", "textunderscore": "_"},
    **{"textperiodcentered": "·", "textbullet": "•", "textdegree": "°", "textmu": "µ"},
    **{"texttimes": "×", "textdiv": "÷", "textpm": "±", "textregistered": "®", "TeX": "TeX"},
    **{"texttrademark": "™", "textcopyright": "©", "textonesuperior": "¹", "LaTeX": "LaTeX"},
    **{"texttwosuperior": "²", "textthreesuperior": "³", "textonehalf": "½", "slash": "/"},
    **{"textonequarter": "¼", "textthreequarters": "¾", "textordmasculine": "º", "ohm": "Ω"},
    **{"textordfeminine": "ª", "textlnot": "¬", "textperthousand": "‰", "textasciiacute": "´"},
    **{"textasciigrave": "`", "textexclamdown": "¡", "textquestiondown": "¿", "textdagger": "†"},
    **{"guillemotleft": "«", "guillemotright": "»", "textdaggerdbl": "‡", "textsection": "§"},
    **{"textparagraph": "¶", "textcelsius": "°C", "celsius": "°C", "textohm": "Ω"},
    **{"textminus": "−", "textasteriskcentered": "*", "textnumero": "№"},
    **{"textrightarrow": "→", "qquad": " "},
    **{"textleftarrow": "←", "quad": " ", "space": " ", "newline": "\n", "par": "\n\n"},
    **{"&": "&", "%": "%", "$": "$", "#": "#", "_": "_", "{": "{", "}": "}", " ": " ", ",": " "},
    **{";": " ", ":": " ", ">": " ", "\n": " ", "\\": "\n", "/": "", "-": "", "@": "", "!": ""},
    **{"thinspace": " ", "enspace": " ", "textsubscript": "", "textsuperscript": ""},
}  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PLAIN = _words(
    "textbf textit textrm textsf texttt textsc textup textmd textsl textnormal text emph mbox hbox "
    "url uline underline path nolinkurl MakeUppercase MakeLowercase enquote mkbibquote mkbibemph "
    "mkbibbold uppercase lowercase noopsort bibinfo href natexlab"
)
_DECLARED = _words(
    "em it bf rm sf tt sc sl itshape bfseries upshape scshape slshape mdseries rmfamily sffamily "
    "ttfamily normalfont small footnotesize scriptsize tiny large normalsize relax protect "
    "noindent allowbreak linebreak selectfont boldmath"
)
_CITING = frozenset({"cite", "citep", "label"})
_DEEPEST = 12
_LONGEST_FORMULA = 2000
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}\\]*)\}|([^{}\\\s]))")


def plain_latex(text: str) -> str:
    r"""Return a text of LaTeX as plain text.

    >>> plain_latex(r"H\textsubscript{2}O, {\ss}, 60\%, $\leq$ 3 --- \'{E}cole")
    'H₂O, ß, 60%, ≤ 3 — École'
    """
    if not _MARKS.search(text):
        return text
    return unicodedata.normalize("NFC", _Latex(latex_units.expand(text), 0).read())


class _Latex:
    """The reader of one text or argument."""

    def __init__(self, text: str, depth: int) -> None:
        self._tokens: list[str] = _TOKEN.findall(text)
        self._place = 0
        self._depth = depth
        self._signs: dict[str, list[int]] = {}

    def read(self) -> str:
        if self._depth > _DEEPEST:
            return HOLE
        parts: list[str] = []
        while self._place < len(self._tokens):
            token = self._tokens[self._place]
            self._place += 1
            if token[0] == "\\":
                parts.append(self._command(token[1:], parts))
            elif token in ("$", "$$"):
                parts.append(self._formula(token, parts))
            elif token not in "{}":
                parts.append(_LIGATURES.get(token, token))
        return "".join(parts)

    def _command(self, name: str, before: list[str]) -> str:
        if name in _ACCENTS:
            return self._accent(name)
        if name in ("(", "["):
            return self._until("\\)" if name == "(" else "\\]")
        if name in ("textsuperscript", "textsubscript"):
            inside = self._inner()
            if name == "textsuperscript":
                return raised_figures.raised(inside)
            return raised_figures.lowered(inside, "".join(before[-3:])[-1:])
        if name == "ensuremath":
            return write_formula(self._argument(), "".join(before[-3:])[-1:])
        sign = _SIGNS.get(name)
        if sign is None:
            sign = linear_formulas.tex_sign(name)
        if sign is not None:
            if name.isalpha():
                self._skip_blanks()
            return sign
        if name in _DECLARED:
            self._skip_blanks()
            return ""
        if name in _PLAIN:
            if name in ("href", "bibinfo"):
                self._argument()
            return f"“{self._inner()}”" if name in ("enquote", "mkbibquote") else self._inner()
        if name in _CITING:
            self._argument()
            return ""
        return f"{HOLE} "

    def _accent(self, name: str) -> str:
        if name.isalpha():
            self._skip_blanks()
        inside = self._inner()
        if not inside.strip():
            return _ALONE.get(name, HOLE)
        first = {"ı": "i", "ȷ": "j"}.get(inside[0], inside[0])
        if not first.isalpha():
            return HOLE + inside
        return unicodedata.normalize("NFC", first + _ACCENTS[name]) + inside[1:]

    def _inner(self) -> str:
        return _Latex(self._argument(), self._depth + 1).read()

    def _skip_blanks(self) -> None:
        if self._place < len(self._tokens):
            rest = self._tokens[self._place].lstrip(" \t\n")
            if rest:
                self._tokens[self._place] = rest
            else:
                self._place += 1

    def _argument(self) -> str:
        """Return the group that follows, without its braces, or the next sign."""
        if self._place >= len(self._tokens):
            return ""
        token = self._tokens[self._place]
        if token != "{":
            if token[0] == "\\":
                self._place += 1
                return token
            self._tokens[self._place] = token[1:]
            if len(token) == 1:
                self._place += 1
            return token[0]
        depth, start = 0, self._place + 1
        while self._place < len(self._tokens):
            token = self._tokens[self._place]
            self._place += 1
            depth += (token == "{") - (token == "}")
            if not depth:
                break
        return "".join(self._tokens[start : self._place - 1])

    def _until(self, end: str) -> str:
        place = self._find(end)
        if place < 0:
            return HOLE
        inside = "".join(self._tokens[self._place : place])
        self._place = place + 1
        return write_formula(inside, "")

    def _find(self, sign: str) -> int:
        """Return where the next such sign stands, or -1 where there is none near enough."""
        if sign not in self._signs:
            found = [place for place, token in enumerate(self._tokens) if token == sign]
            self._signs[sign] = found
        found = self._signs[sign]
        next_one = bisect_left(found, self._place)
        near = next_one < len(found) and found[next_one] - self._place < _LONGEST_FORMULA
        return found[next_one] if near else -1

    def _formula(self, sign: str, before: list[str]) -> str:
        """Return the formula that a dollar opens, or the dollar where it is an amount of money."""
        place = self._find(sign)
        if place < 0:
            return sign
        inside = "".join(self._tokens[self._place : place])
        after = self._tokens[place + 1] if place + 1 < len(self._tokens) else ""
        money = inside[:1].isdigit() and (inside[-1:].isspace() or after[:1].isdigit())
        if not inside.strip() or money or _PROSE.search(inside):
            return sign
        self._place = place + 1
        return write_formula(inside, "".join(before[-3:])[-1:])


_PROSE = re.compile("[A-Za-z]{3,} [A-Za-z]{3,}")
_LIGATURES = {"~": " ", "--": "–", "---": "—", "``": "“", "''": "”"}


def write_formula(tex: str, before: str) -> str:
    """Return a formula on one line; one that is a script alone raises or lowers its signs."""
    script = _SCRIPT.fullmatch(tex.strip())
    if script:
        inside = script[2] if script[2] is not None else script[3]
        raised = script[1] == "^"
        return raised_figures.raised(inside) if raised else raised_figures.lowered(inside, before)
    return linear_formulas.linear_tex(tex) if len(tex) <= _LONGEST_FORMULA else HOLE
