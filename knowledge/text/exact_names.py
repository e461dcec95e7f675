"""Find the words of a question that name one thing exactly: alleles, genes, codes, medicines.

    question without its known names -> HLA-B*58:01, CYP2C19*2, anti-CCP, TNF-α, canakinumab
        -> exact names, each with what finds it in a text, however it is spelled there

A text that says what is asked of something else answers nothing. Hyphens, spaces, stars and colons
may stand or be left out; Greek letters and their names are the same.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.text.scripts import fold_script

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "ω": "omega",
}  # fmt: skip
_GREEK_NAMES = "|".join(_GREEK.values())
_TOKEN = re.compile(r"[A-Za-z0-9α-ω]+(?:[-*:/][A-Za-z0-9α-ω]+)*")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–−", "-") | {"＊": "*", "∗": "*", "：": ":"})
_PIECE = re.compile(r"[α-ω]|\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ACRONYM = re.compile(r"[A-Z]{3,}s?|[a-z][A-Z]{2,}")
_WORD_AND_NUMBER = re.compile(rf"(?!(?:{_GREEK_NAMES})-)[a-z]{{3,}}-?\d+|[a-z]+(?:-[a-z]+)*")
_LED_BY_NUMBER = re.compile(r"\d+-[A-Z]{2,}.*")

_MEDICINE = re.compile(
    r"(?!april\b)[a-z]{2,}(?:mab|tinib|ciclib|parib|zomib|rafenib|sartan|statin|gliptin|gliflozin|"
    r"glutide|xaban|gatran|parin|dipine|triptan|setron|prazole|conazole|fungin|cillin|mycin|micin|"
    r"floxacin|cycline|navir|buvir|tegravir|ciclovir|olol|pril|lukast|coxib|fenac|azepam|azolam|"
    r"dronate|triptyline|oxetine|glitazone|glinide|tropium|trexate|platin|taxel|rubicin|citabine|"
    r"kinra|gepant|grastim|poetin)",
    re.IGNORECASE,
)
_MEDICINE_ZH = re.compile(
    "[\u4e00-\u9fff]{1,6}(?:单抗|替尼|沙坦|普利|他汀|洛尔|地平|拉唑|沙星|霉素|西林|列净|列汀|格列[本齐吡喹美]"
    "[\u4e00-\u9fff]?|曲坦|昔布|鲁肽|沙班|康唑|夫定|那韦|拉韦|布韦|昔洛韦)"
)
"""Endings by which names of medicines of one class are made (WHO's stems), in both languages."""

_BETWEEN_ZH = re.compile(
    "可以|能否|是否|什么|药物|药品|怎么|哪些|请问|同时|患者|病人|孕妇|儿童|[能会用吃服的和与或对前后要需给在是吗呢我]"
)


@dataclass(frozen=True, slots=True)
class ExactName:
    """A word that names one thing, as the question writes it, and the pattern that finds it."""

    text: str
    pattern: re.Pattern[str]
    worded: bool = False
    """A name made of words, which the other language writes with other letters."""

    def is_in(self, text: str) -> bool:
        """Say whether a text names it.

        >>> name, = find_exact_names("Is HLA-B*58:01 tested?")
        >>> name.is_in("HLA-B5801 was found"), name.is_in("HLA-B*58:011"), name.is_in("HLA-B*15:02")
        (True, False, False)
        """
        return self.pattern.search(_plain(text)) is not None


def find_exact_names(text: str, known: Iterable[tuple[int, int]] = ()) -> tuple[ExactName, ...]:
    """Return the exact names of a question beside its known names, which stand at `known`.

    >>> [name.text for name in find_exact_names("CYP2C19*2 and BRCA1/2 at 5 mg in a 3-day-old?")]
    ['CYP2C19*2', 'BRCA1/2']
    >>> [name.text for name in find_exact_names("痛风能用卡那单抗吗？anti-CCP呢？", [(0, 2)])]
    ['anti-CCP', '卡那单抗']
    """
    spans = list(known)
    plain = text.translate(_DASHES)
    shouted = plain.upper() == plain
    found: dict[str, ExactName] = {}
    for match in _TOKEN.finditer(plain):
        token = match[0]
        if any(start <= match.start() and match.end() <= end for start, end in spans):
            continue
        if _MEDICINE.fullmatch(token):
            found[token] = ExactName(token, _pattern(token), worded=True)
        elif _is_code(token, shouted):
            found[token] = ExactName(text[match.start() : match.end()], _pattern(token))
    rest = list(fold_script(text))
    for start, end in spans:
        rest[start:end] = "|" * (end - start)
    for part in _BETWEEN_ZH.split("".join(rest)):
        for match in _MEDICINE_ZH.finditer(part):
            found[match[0]] = ExactName(match[0], re.compile(re.escape(match[0])), worded=True)
    return tuple(found.values())


def name_of_words(text: str) -> ExactName:
    """Return a name of several words that the base does not know.

    >>> name_of_words("hyperosmolar state").is_in("the hyperosmolar  state")
    True
    """
    words = [re.escape(word) for word in _plain(text).split()]
    return ExactName(text, re.compile(r"\s+".join(words)), worded=True)


def _is_code(token: str, shouted: bool) -> bool:
    """Say whether a token names an allele, a gene, a laboratory value or the like."""
    if _WORD_AND_NUMBER.fullmatch(token):
        return False
    letters = re.search("[A-Za-zα-ω]", token)
    if letters is None:
        return False
    if token[0].isdigit():
        return _LED_BY_NUMBER.fullmatch(token) is not None
    if re.search("[0-9α-ω]", token):
        return True
    if re.match(rf"(?:{_GREEK_NAMES})-", token):
        return True
    return not shouted and any(_ACRONYM.fullmatch(part) for part in re.split("[-/]", token))


def _pattern(token: str) -> re.Pattern[str]:
    """Return what finds a token in a plain text."""
    head, slash, tail = token.partition("/")
    if slash and tail.isdigit() and head[-1].isdigit():
        # BRCA1/2 is BRCA1 or BRCA2
        stem = head.rstrip("0123456789")
        return re.compile("|".join(_pattern(each).pattern for each in (head, stem + tail)))
    pieces = _PIECE.findall(_folded_greek(token))
    between = r"[\s\-*:/_]?" if len(token) > 3 else r"[\-*:/_]?"
    spelled = between.join(map(_piece, pieces))
    plural = "s?" if token[-1].isalpha() else ""
    return re.compile(rf"(?<![a-z0-9]){spelled}{plural}(?![a-z0-9]|[:.]\d)")


def _piece(piece: str) -> str:
    if piece.isdigit() and len(piece) >= 4 and len(piece) % 2 == 0:
        # an allele with its fields run together
        return ":?".join(piece[place : place + 2] for place in range(0, len(piece), 2))
    return re.escape(piece.lower())


def _folded_greek(text: str) -> str:
    for letter, name in _GREEK.items():
        if letter in text:
            text = text.replace(letter, f"-{name}-").replace("--", "-")
    return text.strip("-")


def _plain(text: str) -> str:
    """Return a text as patterns read it: plain figures, small letters, names of Greek letters."""
    folded = unicodedata.normalize("NFKC", fold_script(text)).translate(_DASHES).lower()
    for letter, name in _GREEK.items():
        folded = folded.replace(letter, name)
    return folded
