"""Write English names with the capitals that running text gives them.

    "Cystic Fibrosis" -> "cystic fibrosis"; "Methotrexate" -> "methotrexate"; "Lyme Disease" -> ...

Persons, places, germs and brands keep their capital; their words stand in `proper_words.yaml`.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import cast

from knowledge.lessons.facts import rule_files
from knowledge.lessons.realize import articles
from knowledge.records import Language

_FIRST_WORD = re.compile(r"[A-Z][a-z]+(?=[\s,/-]|$)")
_AFTER_LETTER = re.compile(r"(?<=\b[A-Z]-)[A-Z](?=[a-z]{3})")
"""The second part of a compound that begins with a single letter, as in "X-Linked"."""
_LARGE_WORD = re.compile(r"(?<![\w'’-])[A-Z][a-z]+(?:-[A-Z]?[a-z]+)*(?:['’]s)?(?![\w'’-])")
_MEDICINE_WORD = re.compile(r"(?<![\w'’])[A-Z](?:[a-z]{2,}|[A-Z]{5,})(?![\w'’])")
_OF_A_PERSON = re.compile(
    r"(?: [A-Z][a-z]+)? (?i:syndromes?|disease|signs?|phenomenon|triad|reflex|manoeuvre|maneuver|"
    r"score|stain|nodes?)\b"
)
"""What follows the name of a person that stands before an illness or a finding."""
_FUNCTION_WORDS = {"And", "Or", "Of", "In", "With", "By", "To", "For", "The", "On", "Due", "At"}
_FUNCTION_WORD = re.compile(r"(?:An?|The|In|On|At|If|Of|To|No|By|Do|It|As|Any|With|For) (?=[\w(])")
_SHOUTED = re.compile(r"\b[A-Z][A-Z-]*[A-Z]{4,}[A-Z0-9-]*\b(?!\))")
BINOMIAL = re.compile(
    r"(?:Streptococcus|Staphylococcus|Enterococcus|Escherichia|Haemophilus|Plasmodium|"
    r"Mycobacterium|Mycoplasma|Bordetella|Borrelia|Neisseria|Salmonella|Shigella|Helicobacter|"
    r"Clostridium|Clostridioides|Campylobacter|Candida|Aspergillus|Pneumocystis|Cryptococcus|"
    r"Toxoplasma|Trichomonas|Sarcoptes|Treponema|Chlamydia|Chlamydophila|Legionella|Listeria|"
    r"Klebsiella|Pseudomonas|Moraxella|Brucella|Yersinia|Vibrio|Leishmania|Schistosoma|Taenia) "
    r"(?!parasites|infections?|species|strains|organisms|bacteria|spores|toxins?)[a-z]{3,}"
)
"""The name of a species, whose first word always keeps its capital."""
_PREFIXED = re.compile(r"[A-Z][a-z]+-[a-z]{5}")
"""A hyphenated first word that goes on in small letters is no person's name."""
_TRADE = re.compile(r"(?:Athlete|Farmer|Golfer|Swimmer|Jumper|Runner|Miner|Hunter)['’]s (?!syn)")
"""Conditions named after an occupation, which is no person's name."""
_FINDING = re.compile(
    r"(?![A-Z][\w-]+(?:['’]s\b|.*\b(?:signs?|phenomenon|syndrome|triad|spots?|disease|nodes?)\b))"
    r"(?!(?:Clostridi|Candida|Staphylo|Strepto|Escherichia|Pneumocystis|Aspergillus)\w*)"
    r"(?!(?:Kernig|Brudzinski|Babinski|Murphy|Raynaud|Parkinson|Cushing|Koplik|Bitot|Janeway|Osler)\b)"
    r"[A-Z][a-z]+\b[^A-Z]*"
)
"""The name of a finding without a person's name in it: written small within a sentence."""

_MEDICAL = re.compile(
    r"(?:itis|osis|emia|oma|pathy|algia|lysis|rrhage|rrh(?:o?e)a|plegia|uria|cele|ectomy|otomy|scopy|"
    r"graphy|al|ia|ic|ous|us|ary|ory|ive|ed|tion|sion|ism|ness|ity|ency|ance|ence|ment|tomy|trophy|plasia|iasis|"
    r"resis|epsy|osy|acea|worm|oid|ile|lar|ign|ing)$"
)
ALWAYS_LOWER = {
    "type", "acute", "chronic", "primary", "secondary", "severe", "common", "stable",
    "heart", "lung", "kidney", "liver", "skin", "croup", "flu", "gout",
    "asthma", "scabies", "measles", "mumps", "rabies", "tetanus", "scrub", "sepsis",
    "stroke", "shock", "burns", "acne", "hives", "lice", "warts", "ringworm",
    "malaria", "scurvy", "rickets", "ankylosing", "whooping", "restless", "cluster", "scarlet",
    "rodenticide", "transplant", "marijuana", "overflow",
    "altitude", "postpartum", "beriberi", "multidrug",
    "migraine", "scleroderma", "hyperemesis", "mofetil", "gum", "flat", "pemphigus", "spina",
    "tricuspid", "bicuspid",
    "mitral", "folate", "pterygium", "intertrigo", "low", "anaphylaxis", "oedema", "sickle", "heat",
    "multiple", "chickenpox", "influenza", "cataract", "vitamin", "iron", "deep", "alcohol",
    "angina", "anxiety", "ascites", "bone", "bowel", "breast", "cancer", "carbon", "cardiac",
    "coeliac", "cold", "contact", "delirium", "dengue", "diabetes", "epistaxis", "fever",
    "gallstones", "head", "heavy", "impetigo", "irritable", "jaundice", "latent", "magnesium",
    "malignant", "nausea", "organophosphate", "ovarian", "pain", "paracetamol", "placenta",
    "pneumothorax", "preterm", "prostate", "pupil", "rubella", "serotonin", "syphilis", "tinea",
    "torsades", "transient", "vertigo", "warfarin",
    "celiac", "moyamoya", "alien", "jet", "kinky",
    "menopause", "uterine", "giant", "hand", "herpes", "iodine", "foot", "eye", "ear",
}  # fmt: skip
"""Words at the start of names that are no names of persons or places."""


def lower_first_word(text: str, common: Collection[str]) -> str:
    """Return a name or a sentence as it stands within an English sentence.

    The first word loses its capital only if it is a common word, so that names of persons and
    places keep theirs.

    >>> lower_first_word("Heart failure", {"heart"}), lower_first_word("Lyme disease", {"heart"})
    ('heart failure', 'Lyme disease')
    """
    if _FUNCTION_WORD.match(text):
        return text[:1].lower() + text[1:]
    if _TRADE.match(text):
        return text[:1].lower() + text[1:]
    first = _FIRST_WORD.match(text)
    if first is None or first[0] in _proper() or BINOMIAL.match(text):
        return text
    prefixed = _PREFIXED.match(text) is not None
    if not prefixed and first[0].lower() not in common and not _MEDICAL.search(first[0]):
        return text
    return text[:1].lower() + text[1:]


def lower_heading(name: str, common: Collection[str]) -> str:
    """Return a name as it stands within an English sentence, without the capitals of a heading.

    Where each word has one, capitals say nothing: only names of persons, places and germs keep it.

    >>> lower_heading("Cystic Fibrosis", {"cystic"}), lower_heading("Acute Lyme disease", {"acute"})
    ('cystic fibrosis', 'acute Lyme disease')
    """
    if _FUNCTION_WORD.match(name) or _TRADE.match(name):
        name = name[:1].lower() + name[1:]
    kept = [found.span() for found in _kept_phrases().finditer(name)]

    def small(found: re.Match[str]) -> str:
        if any(start <= found.start() < end for start, end in kept):
            return found[0]
        return _small_word(found[0], name[found.end() :], common)

    return _AFTER_LETTER.sub(lambda found: found[0].lower(), _LARGE_WORD.sub(small, name))


def lower_medicine(name: str) -> str:
    """Return the name of a medicine within a sentence: small, unless it is a brand or has a person.

    >>> [lower_medicine(name) for name in ("Sodium Oxybate", "L-DOPA", "Zoloft", "IODIDE")]
    ['sodium oxybate', 'L-DOPA', 'Zoloft', 'iodide']
    """
    kept = _proper() | _brands()
    return _MEDICINE_WORD.sub(lambda word: word[0] if word[0] in kept else word[0].lower(), name)


def lower_shouted(text: str, common: Collection[str]) -> str:
    """Return a text with its shouted words small: a thesaurus marks its terms so.

    >>> lower_shouted("Seen in chronic ALCOHOLISM and in AIDS.", {"alcoholism"})
    'Seen in chronic alcoholism and in AIDS.'
    """
    return _SHOUTED.sub(lambda word: _small_if_common(word[0], common), text)


def _small_if_common(word: str, common: Collection[str]) -> str:
    """Return a word in capitals small where it is no acronym: a thesaurus marks its terms so."""
    small = word.lower()
    known = any(part in common or _MEDICAL.search(part) for part in small.split("-"))
    return small if known else word


def _small_word(word: str, after: str, common: Collection[str]) -> str:
    """Return a word of a heading as running text has it; `after` is what follows it there."""
    if word[:-2].endswith(("'", "’")) or word.endswith(("'s", "’s")):
        return word
    if word in _FUNCTION_WORDS or _is_common(word, common):
        return word.lower()
    kept = _proper() | _brands()
    if any(part in kept for part in word.split("-")) or word.endswith("viridae"):
        return word
    if "-" in word and all(part[:1].isupper() for part in word.split("-")):
        return word  # Kearns-Sayre, unlike "Exercise-Induced"
    return word if len(word) < 3 or _OF_A_PERSON.match(after) else word.lower()


def _is_common(word: str, common: Collection[str]) -> bool:
    """Say whether each part of a word is one that English texts write small."""
    parts = word.split("-")
    if any(part in _proper() for part in parts):
        return False
    small = [part.lower() for part in parts]
    known = [
        part in common or part.removesuffix("s") in common or bool(_MEDICAL.search(part))
        for part in small
    ]
    return all(known) if len(parts) == 1 else any(known)


@cache
def _proper() -> frozenset[str]:
    return frozenset(" ".join(_listed()[key] for key in ("persons", "places", "genera")).split())


@cache
def _kept_phrases() -> re.Pattern[str]:
    """Return a pattern of what keeps its capitals as a whole, species among it."""
    phrases = "|".join(each.strip() for each in _listed()["phrases"].split(","))
    return re.compile(rf"\b(?:{phrases}|{BINOMIAL.pattern})\b")


@cache
def _brands() -> frozenset[str]:
    return frozenset(_listed()["brands"].split())


@cache
def _listed() -> Mapping[str, str]:
    return cast(Mapping[str, str], rule_files.read("proper_words"))


def within_sentence(name: str, kind: str, language: Language, common: Collection[str]) -> str:
    """Return the name of an entity within a sentence: in English with the article that it takes.

    >>> within_sentence("Brain Abscess", "condition", "en", {"brain", "abscess"})
    'a brain abscess'
    """
    if kind == "symptom" and _FINDING.fullmatch(name):
        said = name[:1].lower() + name[1:]
    elif language == "en" and kind == "medicine":
        said = lower_medicine(name)
    elif language == "zh" or kind == "department":
        said = lower_first_word(name, common)
    else:
        said = lower_heading(name, common)
    counted = language == "en" and kind != "department"
    return articles.with_article(said) if counted else said
