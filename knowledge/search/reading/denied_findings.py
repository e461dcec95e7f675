"""Leave out of a question the findings that it denies: they are not what it asks about.

    "No chest pain. How is angina treated?" -> "How is angina treated?"

Only findings and conditions are left out, and only where the question names something else.
"""

import re
from collections.abc import Sequence

from knowledge.graph.linker import EntityMention, Linker

_FINDING, _OTHER = "◇", "◆"
_KINDS = ("symptom:", "condition:", "factor:")

_DENIED = re.compile(
    r"(?:[,;]\s*)?(?<![\w-])(?:(?:and|but|who|with|he|she|patient|they|i|there)\s+)*"
    r"(?:(?:has|have|had|is|are|was|were|does|do|did)\s+)?"
    r"(?:without|denies|denied|denying|negative\s+for|not\s+have|n[o']t\s+had|never\s+had"
    r"|(?:doesn't|don't|didn't|hasn't)\s+(?:have|had)|absence\s+of|free\s+of|no)\s+"
    r"(?:(?:any|known|previous|past|current|significant|history\s+of|signs?\s+of|evidence\s+of"
    r"|symptoms?\s+of)\s+)*"
    rf"{_FINDING}+(?:(?:\s*,\s*{_FINDING}+)*\s*,?\s+(?:or|and|nor)\s+(?:no\s+|without\s+)?"
    rf"{_FINDING}+|(?:\s*,\s*(?:and\s+|or\s+)?no\s+{_FINDING}+)+)?(?![\w-])\s*[.,;]?\s*"
    r"|[，,、；;]?(?<![有正])(?:但|且|并|也|既往|平时|患者|目前)*"
    r"(?:无|没有|没|否认(?:有)?|不伴有?|未见|不合并|未出现|不存在|从未有过)"
    r"(?:明显的?|任何|过|得过|其他)?"
    rf"{_FINDING}+(?:(?:、|和|或|及|以及|[，,]?(?:也没有|也无|无|没有|未见|否认)){_FINDING}+)*"
    r"(?:病史|史|的?表现|的?症状|等)?(?!吗|么|呢)[，,。；;]?",
    re.IGNORECASE,
)


def drop_denied(text: str, linker: Linker) -> str:
    """Return a question without the findings that it denies.

    A question in which nothing else is named is about the very absence, and stays.
    """
    mentions = linker.find(text, correct=False)
    if len(mentions) < 2:
        return text
    masked = _masked(text, mentions)
    spans = [match.span() for match in _DENIED.finditer(masked)]
    left = [
        each
        for each in mentions
        if not any(start <= each.start and each.end <= end for start, end in spans)
    ]
    if not spans or not left:
        return text
    for start, end in reversed(spans):
        before, after = text[:start], text[end:]
        gap = " " if before[-1:].isascii() and after[:1].isalnum() and before.strip() else ""
        text = before.rstrip() + gap + after
    return text.strip()


def _masked(text: str, mentions: Sequence[EntityMention]) -> str:
    signs = list(text)
    for each in mentions:
        sign = _FINDING if each.entities[0].startswith(_KINDS) else _OTHER
        signs[each.start : each.end] = sign * (each.end - each.start)
    return "".join(signs)
