"""Leave out of a note what happened after the admission, where the values of the admission count.

folded note -> sentences -> those of a later day become blanks of the same length
"""

import re
from functools import lru_cache

from medchat.answering.calculation.input_wording import asking

_SENTENCE = re.compile(r"[^.。；;\n]*(?:\.(?=\S)[^.。；;\n]*)*[.。；;\n]?")

_AFTER = re.compile(
    r"(?:post|after|of|following) (?:the |his |her )?(?:admission|hospitali[sz]ation)"
)


@lru_cache(maxsize=32)
def at_admission(text: str) -> str:
    """Return a note without the sentences of a later time; any other message as it is.

    What follows a sentence of a later time is of that time, up to the end of the paragraph.
    """
    if not asking("admission").search(text):
        return text
    kept, later = [], False
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        after = asking("later").search(sentence) is not None
        if asking("presenting").search(sentence) and not (after and _AFTER.search(sentence)):
            later = False
        elif after:
            later = True
        asks = re.search(r"[?？]|请|\buse the\b", sentence) is not None
        kept.append(
            " " * len(sentence.rstrip("\n")) if later and not asks else sentence.rstrip("\n")
        )
        if sentence.endswith("\n"):
            kept.append("\n")
            later = False
    return "".join(kept)
