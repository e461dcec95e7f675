"""Find the symptoms that the description of a condition states in so many words.

    "Symptoms include a sore throat, fever and a rash." + names of findings -> those that it lists

Only lists behind such a cue count, only items that are known findings, and only where there are
two of them; a sentence that denies, compares or speaks of some patients alone states nothing.
"""

import re
from collections.abc import Collection

from knowledge.text.sentences import sentence_spans

_CUE = re.compile(
    r"\b(?:symptoms?(?: (?:may|can|often|commonly|usually|typically|generally|most))*"
    r"(?: includes?| including| such as| are| of|:)|presents? with|characteri[sz]ed by|marked by|"
    r"combination of|accompanied by|experience|primarily causes)\s+(?P<list>[^;:]+)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:not|no|without|rarely|seldom|asymptomatic|unrelated|unlike|instead|other conditions|"
    r"men|women|males|females|children|infants|late|later|complications?|withdrawal|overdose)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:which|that|but|because|who|where|when|while|caused|due to|resulting|related)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^)]*\)")
_APART = re.compile(r",|/|\band\b|\bor\b|\bas well as\b")
_FILLING = re.compile(
    r"^(?:an?|the|some|often|rapidly|variable|generali[sz]ed|widespread|occasional|intense|usually|also|even|sometimes|severe|mild|chronic|acute|persistent|"
    r"progressive|recurrent|recurring|general|increased|sudden|high)\s+"
)
_SAME = {
    "coughing": "cough", "diarrhoea": "diarrhea", "tiredness": "fatigue", "fainting spells":
    "fainting", "stomach pain": "abdominal pain", "itchiness": "itching", "sneezes": "sneezing",
    "dizzy spells": "dizziness", "feeling tired": "fatigue", "shortness of breathing":
    "shortness of breath", "breathlessness": "shortness of breath", "runny nose": "runny nose",
}  # fmt: skip
_COMMON = frozenset(
    (
        "abdominal pain", "back pain", "bloating", "blurred vision", "chest pain",
        "chest tightness", "chills", "confusion", "constipation", "cough", "diarrhea",
        "difficulty breathing", "difficulty swallowing", "dizziness", "double vision",
        "drowsiness", "dry mouth", "ear pain", "eye pain", "fainting", "fatigue", "fever",
        "frequent urination", "headache", "hearing loss", "heartburn", "hoarseness", "insomnia",
        "irritability", "itching", "joint pain", "joint stiffness", "leg swelling",
        "loss of appetite", "muscle cramps", "muscle pain", "muscle weakness", "nasal congestion",
        "nausea", "neck pain", "neck stiffness", "night sweats", "nosebleeds", "numbness",
        "painful urination", "palpitations", "pelvic pain", "rash", "runny nose",
        "sensitivity to light", "shortness of breath", "sneezing", "sore throat", "stiff neck",
        "sweating", "thirst", "tingling", "tremor", "vomiting", "weakness", "weight gain",
        "weight loss", "wheezing",
    )
)  # fmt: skip
"""Findings that every language of patients has."""


def find(text: str, known: Collection[str]) -> list[str]:
    """Return the symptoms that a description states; `known` are names of findings, small.

    >>> find("Gout is a disease. Symptoms include fever, joint pains, and a rash.", ())
    ['fever', 'joint pain', 'rash']
    >>> find("Symptoms do not include fever or cough.", ())
    []
    """
    found: dict[str, None] = {}
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        cue = _CUE.search(sentence)
        if cue is None or _ELSEWHERE.search(sentence):
            continue
        listed = _ENDS.split(_ASIDE.sub("", cue["list"]))[0]
        named = [_finding(each, known) for each in _APART.split(listed)]
        if sum(map(bool, named)) > 1:
            found |= dict.fromkeys(each for each in named if each)
    return list(found)


def _finding(item: str, known: Collection[str]) -> str:
    """Return the name of a finding as an item of a list words it, or an empty text."""
    small = " ".join(item.lower().strip(" .").split())
    while True:
        for each in (small, small.removesuffix("s"), _SAME.get(small, "")):
            if each in _COMMON or each in known:
                return each
        shorter = _FILLING.sub("", small)
        if shorter == small:
            return ""
        small = shorter
