"""Find words that narrow or widen a statement: for whom, how often, by which route, how surely.

A fact of the graph holds of its two ends and says none of this: a sentence that states it must not
add any. Where a text says it, its own words are compared (`knowledge.text.sentence_support`).
"""

import re
from typing import Literal, NamedTuple

QualifierKind = Literal["population", "frequency", "time", "route", "certainty", "amount"]

_CUES: dict[QualifierKind, tuple[str, str]] = {
    "population": (
        r"child(?:ren)?|infants?|bab(?:y|ies)|neonat\w+|newborns?|adolescents?|teenagers?|adults?|"
        r"elderly|older people|wom[ae]n|m[ae]n|males?|females?|boys?|girls?|pregnan\w*|"
        r"breast-?feed\w*",
        "儿童|小儿|婴儿|婴幼儿|新生儿|青少年|成人|老人|老年|女性|男性|妇女|孕妇|孕期|妊娠|哺乳",
    ),
    "frequency": (
        r"hourly|daily|weekly|monthly|yearly|twice|thrice|(?:\w+ )?times (?:a|per|daily)|"
        r"every (?:\w+ )?(?:hours?|days?|weeks?|months?|morning|night|meal)",
        "每日|每天|每周|每月|每年|每小时|每次|每隔",
    ),
    "time": (
        r"meals?|bedtime|fasting|overnight|(?:in|at|before) (?:the )?(?:mornings?|nights?|"
        r"evenings?)|empty stomach|before surgery|after surgery",
        "餐前|餐后|饭前|饭后|睡前|空腹|清晨|晨起|夜间|术前|术后",
    ),
    "route": (
        r"oral(?:ly)?|by mouth|intravenous(?:ly)?|intramuscular(?:ly)?|subcutaneous(?:ly)?|"
        r"intrathecal(?:ly)?|topical(?:ly)?|rectal(?:ly)?|sublingual(?:ly)?|nasal(?:ly)?|inhaled|"
        r"inject\w*|infus\w*",
        "口服|静脉|肌内|肌肉注射|皮下|鞘内|外用|直肠|舌下|鼻喷|吸入|注射|输注",
    ),
    "certainty": (
        r"always|invariably|certainly|definitely|only|solely|exclusively|guarantee\w*|permanently|"
        r"cures?|cured|all (?:patients|people)|every(?:one| patient)|second-line|third-line|"
        r"last-line|most (?:patients|people)",
        "总是|总会|必然|必定|一定|仅(?!凭|从|看)|只(?!看|凭|从)|才|唯一|所有|保证|永久|根治|治愈|二线|三线|"
        "末线|多数",
    ),
    "amount": (
        r"high-dose|low-dose|maximum|minimum|double the|half the",
        "大剂量|小剂量|最大剂量|最大用量|最小剂量|加倍|减半",
    ),
}
_ENGLISH = re.compile(
    "|".join(rf"(?P<{kind}>\b(?:{english})\b)" for kind, (english, _) in _CUES.items()),
    re.IGNORECASE,
)
_CHINESE = re.compile("|".join(f"(?P<{kind}>{chinese})" for kind, (_, chinese) in _CUES.items()))


class Qualifier(NamedTuple):
    """A qualifying word of a text and its kind."""

    cue: str
    kind: str


def find_qualifiers(text: str) -> list[Qualifier]:
    """Return the qualifiers of a text from left to right.

    >>> [found.kind for found in find_qualifiers("Always give it orally to children twice daily.")]
    ['certainty', 'route', 'population', 'frequency', 'frequency']
    """
    found = list(_ENGLISH.finditer(text))
    if not text.isascii():
        found = sorted([*found, *_CHINESE.finditer(text)], key=re.Match.start)
    return [Qualifier(match[0], str(match.lastgroup)) for match in found]
