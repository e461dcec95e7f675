"""Find the identifiers of articles in texts and addresses: DOI, PMID, PMC id.

text -> doi | pmid | pmc
"""

import re

_DOI = re.compile(r"\b10\.\d{4,9}(?:\.\d+)*/(?:[^\s\"<>]|<\w*::?[\w.-]+>(?=\w))+")
"""A DOI; old ones hold angle brackets: 10.1002/(SICI)1097(1999)1:1<1::AID-A1>3.0.CO;2-X."""

_PAIRS = {"(": ")", "[": "]", "{": "}", "（": "）", "【": "】"}
_STOPS = ".,;:'’”*。，；、"
_PERCENT = re.compile(r"%(2[89F]|3[ABCE]|5[BD])", re.IGNORECASE)
"""Signs of DOIs that addresses escape."""

_PMID = re.compile(r"(?:\bpmid:?\s*|ncbi\.nlm\.nih\.gov/(?:m/)?(?:pubmed/)?)(\d{1,8})\b", re.I)


def find_doi(text: str) -> str:
    """Return the DOI that a text or an address holds, in lower case, or nothing."""
    found = _DOI.search(_PERCENT.sub(lambda sign: chr(int(sign[1], 16)), text))
    return _without_closing(found[0]).lower() if found else ""


def _without_closing(doi: str) -> str:
    """Return a DOI without the stops and brackets of the sentence around it.

    A bracket that the DOI itself opens is a part of it: 10.1016/S0140-6736(05)66912-7.
    """
    open_signs: list[str] = []
    for place, sign in enumerate(doi):
        if sign in _PAIRS:
            open_signs.append(_PAIRS[sign])
        elif sign in _PAIRS.values() and (not open_signs or open_signs.pop() != sign):
            doi = doi[:place]
            break
    return doi.rstrip(_STOPS)


def find_pmid(text: str) -> str:
    """Return the number that a text or an address marks as PubMed's, or nothing."""
    found = _PMID.search(text)
    return found[1] if found else ""


_PMC = re.compile(r"\bPMC\d{3,9}\b", re.IGNORECASE)


def find_pmc(text: str) -> str:
    """Return the PMC id that a text or an address holds, or nothing."""
    found = _PMC.search(text)
    return found[0].upper() if found else ""
