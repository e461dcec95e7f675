"""Drop rows with any of the keywords that a file lists."""

import re
from collections.abc import Sequence
from pathlib import Path

from knowledge.datasets import reasoning
from knowledge.errors import KnowledgeError
from knowledge.records import Lesson

KEYWORD = "a keyword that was not wanted"


class KeywordFilter:
    """A row filter that drops rows with any of one's own keywords.

    A keyword of Latin letters counts as whole words, whatever the case; one with other signs
    wherever it stands.
    """

    def __init__(self, keywords: Sequence[str]) -> None:
        words = {keyword.strip().lower() for keyword in keywords} - {""}
        parts = [_with_word_edges(word) for word in sorted(words)]
        self._stems = sorted(words)
        self._pattern = re.compile("|".join(parts)) if parts else None

    def __call__(self, lesson: Lesson) -> str:
        """Return why a row is dropped."""
        said = [message.content for message in lesson.messages] + [reasoning.brought(lesson)]
        text = "\n".join(said).lower()
        if self._pattern is None or not any([stem in text for stem in self._stems]):
            return ""
        found = self._pattern.search(text)
        return f"{KEYWORD}: {found[0]!r}" if found else ""


def _with_word_edges(word: str) -> str:
    start = r"\b" if word[0].isascii() and word[0].isalnum() else ""
    end = r"\b" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{start}{re.escape(word)}{end}"


def read_keywords(path: Path) -> tuple[str, ...]:
    """Read keywords, one a line; what begins with # is a comment.

    KnowledgeError where the file cannot be read or holds none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeError) as error:
        raise KnowledgeError(
            f"The keywords {path} cannot be read.",
            where=str(path),
            remedy="Give a text file in UTF-8 with a keyword a line.",
        ) from error
    kept = tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
    if not kept:
        raise KnowledgeError(
            f"The file {path} holds no keyword.",
            where=str(path),
            remedy="Write one keyword a line, or leave --keywords out.",
        )
    return kept
