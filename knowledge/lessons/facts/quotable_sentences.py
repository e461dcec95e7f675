"""Find the sentences of a text that can stand on their own as a quotation.

passage -> whole sentences of fair length, without loose ends
"""

import re
from functools import lru_cache

from knowledge.records import Language, Passage
from knowledge.text.sentences import sentence_spans

SHORTEST = {"en": 45, "zh": 16}
LONGEST = {"en": 420, "zh": 160}
"""Characters of a sentence that is worth quoting, and can be read at a glance."""

DEBRIS = ("[详细]", "...", "…", "{", "}", "\\x", "\n", "�", '"', "“", "”", "### ", "[", "http")
DANGLING = re.compile(
    r"^(?:however|therefore|thus|moreover|furthermore|this|these|that|those|it|they|he|she|such|"
    r"but|and|or|also|here|both|in addition|in contrast|additionally|consequently|hence|"
    r"for example|for instance|similarly|then|the (?:former|latter)|its|their|his|her|so|yet|"
    r"still|again|first(?:ly)?(?=,)|second(?:ly)?(?=,)|third(?:ly)?(?=,)|finally|lastly|next|"
    r"further|likewise|accordingly|as such|as a (?:result|consequence)|indeed|in fact|instead|"
    r"nevertheless|nonetheless|conversely|otherwise|meanwhile|specifically|in particular|besides|"
    r"in (?:this|that|these|those|such|both) \w+|in (?:other words|turn|general(?=,))|on the other|"
    r"one (?:explanation|reason|possibility)|another|other|of (?:these|those|note)|"
    r"for (?:this|that|these|those) \w+|to (?:this|that) end|with (?:this|that|these) \w+|"
    r"(?:all|most|some|many|none|each|half) of (?:them|these|those)|after (?:this|that)|"
    r"consistent with (?:this|these)|as (?:intended|expected|mentioned|described|detailed|noted)|"
    r"what is|compared to (?:this|these)|given (?:this|these)|because of (?:this|these))\b|"
    r"^(?:然而|因此|但|而|并|这|此|其|该|另外|此外|同时|所以|故|它|他们)",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[a-z]{3}\.[A-Z]")
"""Two sentences that a source set without a space between them."""
_OPENED = re.compile(r"^(?:[A-Z\u3400-\u9fff]|\d(?!\.\d+[,)]))")
"""A sentence cut at an abbreviation leaves the end of a figure in front: "0.469, p=0.001) and"."""


def quotable(passage: Passage) -> tuple[str, ...]:
    """Return the sentences of a passage that stand on their own as a quotation."""
    return _quotable(passage.text, passage.language)


@lru_cache(maxsize=20_000)
def _quotable(text: str, language: Language) -> tuple[str, ...]:
    found = []
    for start, end in sentence_spans(text):
        words = text[start:end].strip()
        if not SHORTEST[language] <= len(words) <= LONGEST[language]:
            continue
        if words[-1] not in ".。" or not _OPENED.match(words) or DANGLING.match(words):
            continue
        if any(mark in words for mark in DEBRIS) or len(sentence_spans(words)) > 1:
            continue
        if (
            _GLUED.search(words)
            or words.count("(") != words.count(")")
            or words.count("（") != words.count("）")
        ):
            continue
        found.append(words)
    return tuple(found)
