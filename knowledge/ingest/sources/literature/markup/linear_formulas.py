r"""Write formulas in one line of text: MathML and TeX to "CL = (140 − age)/(72 × S_Cr)".

    formula -> items -> text; what cannot be read is a hole

Fractions, powers and roots get the brackets that keep their meaning on one line.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from html.entities import html5
from typing import TYPE_CHECKING, NamedTuple

from knowledge.ingest.sources.literature.markup import raised_figures
from knowledge.text.holes import HOLE, has_hole

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


class _Item(NamedTuple):
    text: str
    kind: str


_SPACED = set("=<>≤≥≠≈∼≅≡∝±∓+-−×÷·∗*→←↔⇒⇔∈∉⊂⊆∪∩∧∨≪≫⩽⩾∘⋅")
_SIGNS = set("+-−±∓~∼¬")
_OPENING = set("([{⟨⌊⌈")
_INVISIBLE_SIGNS = {"\u2061": "", "\u2062": "·", "\u2063": ",", "\u2064": " "}
_ACCENTS = {
    **dict.fromkeys("¯‾_\u0304\u0305―–-−ˉ", ("\u0304", "bar")),
    **dict.fromkeys("^ˆ∧\u0302", ("\u0302", "hat")),
    **dict.fromkeys("~˜∼\u0303", ("\u0303", "tilde")),
    **dict.fromkeys("→⃗", ("\u20d7", "vec")),
    **dict.fromkeys(".˙\u0307", ("\u0307", "dot")),
}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ufffd]")
_SIMPLE = ("number", "letter", "word", "root", "script", "lowered", "text")


def _join(items: Sequence[_Item]) -> str:
    """Join the items of one row as they are read, operators between blanks."""
    items = [item for item in items if item.text]
    text = ""
    for place, item in enumerate(items):
        before = items[place - 1] if place else None
        after = items[place + 1] if place + 1 < len(items) else None
        first = before is None or before.text in _OPENING or before.text in ",;"
        if item.kind == "operator" and item.text in _SPACED:
            sign = item.text in _SIGNS and (first or (before and before.text in _SPACED))
            alone = len(items) == 1
            text = text + item.text if sign or alone else f"{text.rstrip()} {item.text} "
        elif item.kind == "operator" and item.text in ",;":
            text = f"{text.rstrip()}{item.text} "
        elif item.kind == "fraction" and (
            _touches(before, opens=True) or _touches(after, opens=False)
        ):
            whole = before is not None and before.kind == "number" and _NUMBER.match(item.text)
            text += f" {item.text}" if whole and "(" not in item.text else f"({item.text})"
        else:
            kinds = (item.kind, before.kind if before else "")
            words = "word" in kinds or kinds[1] in ("lowered", "script")
            apart = words and text[-1:].isalnum() and item.text[0].isalnum()
            text += f" {item.text}" if apart else item.text
    return " ".join(text.split())


def _touches(item: _Item | None, opens: bool) -> bool:
    """Say whether a fraction beside this item would be read together with it."""
    if item is None or item.kind == "space":
        return False
    allowed = _OPENING if opens else set(")]}⟩⌋⌉")
    product = item.text in "×·÷⋅*∗"
    return not (
        item.kind == "operator"
        and (item.text in _SPACED and not product or item.text in allowed or item.text in ",;")
    )


def _bracketed(text: str) -> bool:
    if not text.startswith("(") or not text.endswith(")"):
        return False
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return place == len(text) - 1
    return False


def _group(items: Sequence[_Item], simple: Sequence[str] = _SIMPLE) -> str:
    items = [item for item in items if item.text.strip()]
    text = _join(items)
    if (len(items) == 1 and items[0].kind in simple) or _bracketed(text) or text == HOLE:
        return text
    return f"({text})"


def _fraction(above: Sequence[_Item], below: Sequence[_Item]) -> _Item:
    return _Item(f"{_group(above)}/{_group(below)}", "fraction")


def _base(items: Sequence[_Item]) -> str:
    items = [item for item in items if item.text.strip()]
    if len(items) == 1 and items[0].kind == "operator":
        return items[0].text  # a sum, or the bracket that a power follows
    return _group(items, ("number", "letter", "word", "lowered", "text")) if items else ""


def _script(
    base: Sequence[_Item], lower: Sequence[_Item] | None, upper: Sequence[_Item] | None
) -> _Item:
    text = _base(base)
    if lower and _join(lower):
        text += raised_figures.index(_join(lower), _group(lower))
    raised = _join(upper) if upper else ""
    if not raised:
        return _Item(text, "lowered")
    if raised in ("∘", "°", "′", "″", "'"):
        return _Item(text + {"∘": "°", "'": "′"}.get(raised, raised), "lowered")
    return _Item(text + raised_figures.power(raised, _group(upper or ())), "script")


def _accent(base: Sequence[_Item], sign: str) -> _Item | None:
    if sign not in _ACCENTS:
        return None
    mark, name = _ACCENTS[sign]
    text = _join(base)
    if len(text) == 1 and text.isalpha():
        return _Item(text + mark, "letter")
    return _Item(f"{name}({text})", "text")


def _root(items: Sequence[_Item], degree: Sequence[_Item] | None = None) -> _Item:
    if degree and _join(degree) not in ("", "2"):
        return _Item(f"{_group(items)}^(1/{_group(degree)})", "script")
    return _Item(f"√{_group(items)}", "root")


# MathML


def linear_mathml(math: "Element") -> str:
    """Return a formula of MathML as one line of text.

    >>> from xml.etree.ElementTree import fromstring as xml
    >>> linear_mathml(xml("<math><mi>x</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn>"
    ...     "</mrow><msup><mn>10</mn><mrow><mo>-</mo><mn>3</mn></mrow></msup></mfrac></math>"))
    'x = (a + 1)/10⁻³'
    """
    return _join(_row(math))


def _name(element: "Element") -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _children(element: "Element") -> "list[Element]":
    return [child for child in element if _name(child)]


def _row(element: "Element") -> list[_Item]:
    items: list[_Item] = []
    if (element.text or "").strip():
        items.append(_leaf(element.text or "", "text"))
    for child in element:
        if _name(child):
            items += _parse(child, items)
        if (child.tail or "").strip():
            items.append(_leaf(child.tail or "", "text"))
    return items


def _leaf(text: str, kind: str) -> _Item:
    text = "".join(_INVISIBLE_SIGNS.get(sign, sign) for sign in " ".join(text.split()))
    text = _PRIVATE.sub(HOLE, text)
    return _Item(text, kind)


_GROUPS = {"math", "mrow", "mstyle", "mpadded", "mtd", "maction", "a"}
_SKIPPED = {"mphantom", "maligngroup", "malignmark", "none", "annotation", "annotation-xml"}
_CHILDREN = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2}
_CHILDREN |= {"munderover": 3, "mroot": 2}


def _parse(element: "Element", before: Sequence[_Item] = ()) -> list[_Item]:
    name = _name(element)
    children = _children(element)
    if name in _SKIPPED:
        return []
    if name in ("mn", "mi", "mo", "mtext", "ms"):
        return [_parse_leaf(element, name)]
    if name == "mspace":
        return [_Item(" ", "space")]
    if name in _GROUPS:
        return _row(element)
    if name == "semantics":
        return _parse(children[0]) if children else []
    if name == "msqrt":
        return [_root(_row(element))]
    if name == "mfenced":
        return _fenced(element, children)
    if name == "mtable":
        return [_table(children, bool(before) and before[-1].text in "([{|")]
    if name == "mmultiscripts" and children:
        return _multiscripts(children)
    if name == "menclose" and "strike" not in element.get("notation", "longdiv"):
        plain = element.get("notation", "longdiv") in ("box", "roundedbox", "circle", "top")
        return [_Item(f"({_join(_row(element))})", "text")] if plain else [_Item(HOLE, "text")]
    if _CHILDREN.get(name) != len(children):
        return [_Item(HOLE, "text")]
    parts = [_parse(child) for child in children]
    return [_parse_structure(element, name, parts)]


def _parse_leaf(element: "Element", name: str) -> _Item:
    if _children(element):
        return _Item(HOLE, "text")
    text = element.text or ""
    if name == "mo":
        return _leaf(text, "operator")
    if name == "mn":
        return _leaf(text, "number")
    if name == "mtext":
        return _Item(_PRIVATE.sub(HOLE, re.sub(r"\s", " ", text)), "text")
    return _leaf(text, "letter" if len(text.strip()) == 1 else "word")


def _parse_structure(element: "Element", name: str, parts: list[list[_Item]]) -> _Item:
    if name == "mfrac":
        if element.get("linethickness", "1").strip("ptxem") in ("0", "0.0"):
            return _Item(f"binom({_join(parts[0])}, {_join(parts[1])})", "text")
        return _fraction(parts[0], parts[1])
    if name == "mroot":
        return _root(parts[0], parts[1])
    if name == "mover":
        accent = _accent(parts[0], _join(parts[1]))
        return accent or _script(parts[0], None, parts[1])
    if name in ("msub", "munder"):
        return _script(parts[0], parts[1], None)
    if name == "msup":
        return _script(parts[0], None, parts[1])
    return _script(parts[0], parts[1], parts[2])


def _fenced(element: "Element", children: "list[Element]") -> list[_Item]:
    separators = "".join(element.get("separators", ",").split())
    items = [_Item(element.get("open", "("), "operator")]
    for place, child in enumerate(children):
        if place and separators:
            items.append(_Item(separators[min(place, len(separators)) - 1], "operator"))
        items += _parse(child)
    items.append(_Item(element.get("close", ")"), "operator"))
    text = _join(items)
    return [_Item(text, "text")] if _bracketed(text) else items


def _table(rows: "list[Element]", matrix: bool) -> _Item:
    between = ", " if matrix else " "
    lines = [
        between.join(filter(None, (_join(_row(cell)) for cell in _children(row)))) for row in rows
    ]
    return _Item("; ".join(filter(None, lines)), "rows")


def _multiscripts(children: "list[Element]") -> list[_Item]:
    names = [_name(child) for child in children]
    turn = names.index("mprescripts") if "mprescripts" in names else len(children)
    after, before = children[1:turn], children[turn + 1 :]
    if len(after) % 2 or len(before) % 2:
        return [_Item(HOLE, "text")]
    item = _parse(children[0])
    for lower, upper in zip(after[::2], after[1::2], strict=True):
        item = [_script(item, _parse(lower), _parse(upper))]
    fronts = [
        _script((), _parse(lower), _parse(upper))
        for lower, upper in zip(before[::2], before[1::2], strict=True)
    ]
    return [*fronts, *item]


# TeX

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}^_&~$]|%[^\n]*|\s+|\d+(?:[.,]\d+)*|.", re.DOTALL)
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_SYMBOLS = {name: html5[f"{name};"] for name in _GREEK.split()} | {
    **{"varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "varrho": "ϱ", "varsigma": "ς"},
    **{"upmu": "µ", "textmu": "µ", "micro": "µ", "ell": "ℓ", "infty": "∞", "partial": "∂"},
    **{"nabla": "∇", "degree": "°", "textdegree": "°", "prime": "′", "hbar": "ħ", "dagger": "†"},
    **{"ldots": "…", "dots": "…", "cdots": "…", "vdots": "…", "ddots": "…", "forall": "∀"},
    **{"exists": "∃", "emptyset": "∅", "Re": "Re", "Im": "Im", "aleph": "ℵ", "ddagger": "‡"},
    **{"angstrom": "Å", "AA": "Å", "permil": "‰", "textperthousand": "‰", "S": "§"},
}
_OPERATORS = {
    **{"pm": "±", "mp": "∓", "times": "×", "cdot": "·", "div": "÷", "ast": "*", "star": "⋆"},
    **{"le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥"},
    **{"lt": "<", "gt": ">", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "simeq": "≃"},
    **{"cong": "≅", "equiv": "≡", "propto": "∝", "ll": "≪", "gg": "≫", "to": "→"},
    **{"rightarrow": "→", "longrightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔"},
    **{"Rightarrow": "⇒", "Leftrightarrow": "⇔", "rightleftharpoons": "⇌", "uparrow": "↑"},
    **{"downarrow": "↓", "in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆", "cup": "∪"},
    **{"cap": "∩", "wedge": "∧", "vee": "∨", "land": "∧", "lor": "∨", "neg": "¬", "circ": "∘"},
    **{"sum": "∑", "prod": "∏", "int": "∫", "oint": "∮", "mid": "|", "vert": "|", "Vert": "‖"},
    **{"lvert": "|", "rvert": "|", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋"},
    **{"lceil": "⌈", "rceil": "⌉", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]"},
    **{"colon": ":", "backslash": "\\", "setminus": "∖", "perp": "⊥", "parallel": "∥"},
    **{"%": "%", "{": "{", "}": "}", "&": "&", "#": "#", "$": "$", "_": "_", "|": "‖"},
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FUNCTIONS = _words(
    "sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan log ln lg exp lim max min sup inf "
    "det dim ker arg deg gcd Pr limsup liminf"
)
_STYLED = _words(
    "mathrm mathit mathbf mathsf mathtt mathcal mathbb mathfrak mathnormal boldsymbol bm pmb "
    "operatorname operatorname* mathop mathbin mathrel mathord mathopen mathclose textstyle "
    "ensuremath boxed smash"
)
_TEXTS = _words("text textrm textit textbf textsf texttt textnormal mbox hbox mathtext")
_BLANKS = _words(", ; : > quad qquad space thinspace enspace enskip") | {" "}
_IGNORED = _words(
    "! limits nolimits displaystyle textstyle scriptstyle scriptscriptstyle nonumber notag rm it "
    "bf sf big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm middle hfill "
    "noindent left right hline allowbreak relax negthinspace null"
)
_WITH_ARGUMENT = {"label", "tag", "color", "hspace", "hspace*", "vspace", "setlength", "usepackage"}
_TEX_ACCENTS = {
    **{"bar": "¯", "overline": "¯", "hat": "^", "widehat": "^", "tilde": "~", "widetilde": "~"},
    **{"vec": "→", "dot": "."},
}
_MATRICES = {"pmatrix": "()", "bmatrix": "[]", "vmatrix": "||", "Bmatrix": "{}", "matrix": "  "}
_MATRICES |= {"array": "  ", "cases": "{ ", "smallmatrix": "  "}
_ALIGNMENTS = _words("aligned align align* split gathered gather gather* equation equation*")
_ALIGNMENTS |= _words("eqnarray eqnarray* multline multline* displaymath math alignedat")
_DEEPEST = 100


def linear_tex(tex: str) -> str:
    r"""Return a formula of TeX as one line of text.

    >>> linear_tex(r"$$\dot{x} \leq \frac{140-a}{72 \times S_{\mathrm{Cr}}}\mu g^{-1}$$")
    'ẋ ≤ ((140 - a)/(72 × S_Cr))μg⁻¹'
    """
    body = re.search(r"\\begin\{document\}(.*?)(?:\\end\{document\}|\Z)", tex, re.DOTALL)
    return unicodedata.normalize("NFC", _Tex(body[1] if body else tex).read())


class _Tex:
    """The parser of one formula."""

    def __init__(self, tex: str) -> None:
        self._tokens: list[str] = [each for each in _TOKEN.findall(tex) if each[0] != "%"]
        self._place = 0
        self._depth = 0

    def read(self) -> str:
        items: list[_Item] = []
        while self._place < len(self._tokens):
            items += self._row(())
            if self._place < len(self._tokens):
                self._place += 1
                items.append(_Item(HOLE, "text"))  # a bracket or end that nothing opened
        return _join(items)

    def _row(self, ends: Sequence[str], rows: str = "; ", cells: str = " ") -> list[_Item]:
        """Return the items up to one of `ends`, which stays to be read."""
        items: list[_Item] = []
        self._depth += 1
        if self._depth > _DEEPEST:
            self._place = len(self._tokens)
            return [_Item(HOLE, "text")]
        while self._place < len(self._tokens):
            token = self._tokens[self._place]
            if token in ends or token in ("}", "\\end"):
                break
            self._place += 1
            if token in "^_":
                items = self._scripts(items, token)
            elif token in ("\\\\", "\\cr", "\\newline"):
                items.append(_Item(rows, "space"))
            elif token == "&":
                items.append(_Item(cells, "space"))
            else:
                items += self._item(token)
        self._depth -= 1
        return items

    def _argument(self) -> list[_Item]:
        while self._place < len(self._tokens) and self._tokens[self._place].isspace():
            self._place += 1
        if self._place >= len(self._tokens):
            return [_Item(HOLE, "text")]
        token = self._tokens[self._place]
        self._place += 1
        if token == "{":
            items = self._row(("}",))
            self._place += 1
            return items
        if token[0].isdigit() and len(token) > 1:  # without braces TeX takes one figure
            self._place -= 1
            self._tokens[self._place] = token[1:]
            token = token[0]
        return self._item(token)

    def _raw_argument(self) -> str:
        """Return the characters of an argument in braces, blanks kept."""
        while self._place < len(self._tokens) and self._tokens[self._place].isspace():
            self._place += 1
        taken: list[str] = []
        depth = 0
        while self._place < len(self._tokens):
            token = self._tokens[self._place]
            self._place += 1
            depth += (token == "{") - (token == "}")
            if token not in "{}":
                taken.append(token)
            if depth <= 0:
                break
        return "".join(taken)

    def _option(self) -> list[_Item] | None:
        if self._place < len(self._tokens) and self._tokens[self._place] == "[":
            self._place += 1
            items = self._row(("]",))
            self._place += 1
            return items
        return None

    def _scripts(self, items: list[_Item], first: str) -> list[_Item]:
        scripts = {first: self._argument()}
        while self._place < len(self._tokens) and self._tokens[self._place].isspace():
            self._place += 1
        other = "^" if first == "_" else "_"
        if self._place < len(self._tokens) and self._tokens[self._place] == other:
            self._place += 1
            scripts[other] = self._argument()
        while items and items[-1].kind == "space" and not items[-1].text.strip():
            items.pop()
        base = items[-1:]
        return [*items[:-1], _script(base, scripts.get("_"), scripts.get("^"))]

    def _item(self, token: str) -> list[_Item]:
        if token == "{":
            items = self._row(("}",))
            self._place += 1
            kind = items[0].kind if len(items) == 1 else "text"
            return [_Item(_join(items), kind)] if items else []
        if token[0] == "\\":
            return self._command(token[1:])
        if token.isspace() or token in "~$":
            return [_Item(" ", "space")] if token == "~" else []
        if token[0].isdigit():
            return [_Item(token, "number")]
        if token.isalpha():
            return [_Item(token, "letter")]
        if token == "'":
            return [_Item("′", "text")]
        return [_Item(_PRIVATE.sub(HOLE, token), "operator")]

    def _command(self, name: str) -> list[_Item]:
        if name in _SYMBOLS:
            return [_Item(_SYMBOLS[name], "letter")]
        if name in _OPERATORS:
            return [_Item(_OPERATORS[name], "operator")]
        if name in _FUNCTIONS:
            return [_Item(name, "word")]
        if name in _BLANKS:
            return [_Item(" ", "space")]
        if name in ("left", "right") and self._tokens[self._place : self._place + 1] == ["."]:
            self._place += 1
            return []
        if name in _IGNORED or name in "[]()":
            return []
        if name in _WITH_ARGUMENT:
            self._raw_argument()
            return []
        if name in _TEXTS:
            return [_Item(self._text(), "text")]
        if name in _STYLED:
            items = self._argument()
            kind = "word" if len(items) > 1 else "".join(item.kind for item in items)
            text = "".join(item.text for item in items)
            plain = all(item.kind in ("letter", "number") for item in items)
            return [_Item(text, kind)] if plain else [_Item(_join(items), "text")]
        reader = _READERS.get(name)
        if reader is not None:
            return [reader(self)]
        if name in _TEX_ACCENTS:
            return [_accent(self._argument(), _TEX_ACCENTS[name]) or _Item(HOLE, "text")]
        return self._environment() if name == "begin" else [_Item(HOLE, "text")]

    def _text(self) -> str:
        raw = self._raw_argument()
        plain = re.sub(r"\\([%&#$_{} ])", r"\1", raw)
        return HOLE if re.search(r"[\\^_$]", plain) and raw == plain else plain.replace("~", " ")

    def _environment(self) -> list[_Item]:
        name = self._raw_argument()
        if name not in _MATRICES and name not in _ALIGNMENTS:
            return [_Item(HOLE, "text")]
        if name in ("array", "alignedat"):
            self._raw_argument()
        signs = _MATRICES.get(name, "  ")
        items = self._row((), "; ", ", " if name in _MATRICES else " ")
        if self._place < len(self._tokens):
            self._place += 1
            self._raw_argument()
        return [_Item(f"{signs[0]}{_join(items)}{signs[1]}".strip(), "rows")]

    def _read_root(self) -> _Item:
        degree = self._option()
        return _root(self._argument(), degree)

    def _read_fraction(self) -> _Item:
        above = self._argument()
        return _fraction(above, self._argument())

    def _read_binomial(self) -> _Item:
        above = self._argument()
        return _Item(f"binom({_join(above)}, {_join(self._argument())})", "text")

    def _read_over(self) -> _Item:
        upper = self._argument()
        return _script(self._argument(), None, upper)

    def _read_under(self) -> _Item:
        lower = self._argument()
        return _script(self._argument(), lower, None)


_READERS: dict[str, Callable[[_Tex], _Item]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), _Tex._read_fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _Tex._read_binomial),
    **dict.fromkeys(("overset", "stackrel"), _Tex._read_over),
    "underset": _Tex._read_under,
    "sqrt": _Tex._read_root,
}


def read_formula(formula: "Element") -> str:
    """Return what an element that holds a formula says, in MathML, in TeX, or as text.

    A formula given as a picture only, and one that none of its forms tells whole, has a hole.
    """
    said = [linear_mathml(each) for each in formula.iter() if _name(each) == "math"]
    if said and not any(map(has_hole, said)) and all(said):
        return "; ".join(said)
    tex = [
        linear_tex("".join(each.itertext())) for each in formula.iter() if _name(each) == "tex-math"
    ]
    for read in (tex, said):
        if read and all(read):
            return "; ".join(read)
    return HOLE


def tex_sign(name: str) -> str | None:
    """Return the sign that a command of TeX without argument stands for, or None.

    >>> tex_sign("beta"), tex_sign("leq"), tex_sign("frac")
    ('β', '≤', None)
    """
    return _SYMBOLS.get(name) or _OPERATORS.get(name)
