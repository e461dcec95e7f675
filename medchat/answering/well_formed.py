"""Tell whole statements from questions, fragments and garbled sentences, by their form alone.

    "First-line treatment?", "Symptoms of gout include." -> not a statement

What a sentence says is compared elsewhere; here it only has to be one.
"""

import re

from knowledge.text.names import language_of

_QUESTION = re.compile(
    r"[?？]\W*$|^\W*(?:what|which|who|whom|whose|when|where|why|how|is|are|does|do(?! not)|can|"
    r"could|should)\b(?!.*[,:;—])|(?:吗|呢|什么|哪些|哪种|怎么|如何|多少)[。.!！\s]*$|是否.*[?？]|^\W*(?:什么|哪些|怎么|如何|为什么)",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"[:—]|\b(?:is|are|was|were|be|been|being|can|cannot|could|may|might|must|shall|should|will|"
    r"would|has|have|had|do|does|did|need|needs|"
    r"[a-z]{3,}(?<!ss)(?<!us)(?<!is)(?:s|ed)|include|cause|treat|interact|lead|increase|raise|use|"
    r"avoid|give|take|check|monitor|stop|measure|seek|call|keep|start|do not|never)\b",
    re.IGNORECASE,
)
_CUT_EN = re.compile(
    r"(?:\b(?:of|from|the|an?|and|or|but|includes?|is|are|than|as|may|can|should|must|be)"
    r"|[,:;—(-])\W*$",
    re.IGNORECASE,
)
_CUT_ZH = re.compile(
    "(?:的|和|与|及|或|以及|包括|有|是|(?<![行作])为|在|对|被|把|将|用于|属于|、|，|：|——|；)[。.\\s]*$"
)
_TORN_EN = re.compile(
    r"\b(?:of|for|by|the|an?|to|with|in)\s+(?:of|by|is|are|was|were|includes?|can|may|should|"
    r"must)\b"
    r"|\b(?:of|for|by|the|an?)\s+(?:and|or)\b"
    r"|\b(?:and|or)\s+(?:of|and|or|includes?)\b"
    r"|\b(?:includes?|is|are)\s+(?:includes?|is|are)\b|\bincludes?\s+(?:of|and|or|for)\b"
    r"|\b(the|an?|of|for|to|in|with|by)\s+\1\b|,\s*includes?\b|^\W*(?:and|or|of)\b",
    re.IGNORECASE,
)
_TORN_ZH = re.compile("的的|了是|是是|和和|包括包括|的和|的、|、的|和、|、、|是包括|包括是|与与")
_AGAIN_EN = re.compile(r"\b([a-z][\w-]{2,}(?:[ -][\w-]+){0,4}?)(?: \1\b)+", re.IGNORECASE)
_AGAIN_ZH = re.compile(
    "((?=\\w*[\u3400-\u9fff])\\w{2,14}?)\\1(?=[、和与及，。；等]|$)"
    "|(?:^|[包含][括有]|[是有、和与及，：])((?=\\w*[\u3400-\u9fff])\\w{2,14}?)[、和与及]\\2(?=[、和与及，。；等]|$)"
)
"""A name said twice; a name may end in another one that is listed: 低分子肝素和肝素."""
_DEBRIS = re.compile(r"#{2,}|\]\]|\[\[|\[[a-z]+\]|[{}<>|]{2,}|�")


def is_statement(text: str) -> bool:
    """Say whether a text has the form of a whole statement.

    >>> is_statement("Symptoms of gout include pain."), is_statement("Symptoms of gout?")
    (True, False)
    """
    said = text.strip()
    if not said or _QUESTION.search(said) or _DEBRIS.search(said):
        return False
    if language_of(said) == "zh":
        return not (_CUT_ZH.search(said) or _TORN_ZH.search(said) or _AGAIN_ZH.search(said))
    return not (_CUT_EN.search(said) or _TORN_EN.search(said) or _AGAIN_EN.search(said))


def has_verb(text: str) -> bool:
    """Say whether a text has a word that may be a verb, or sets what follows apart by a sign."""
    return language_of(text) == "zh" or _VERB.search(text) is not None
