"""What a row of another data set holds beside its turns: system text, pictures, reasoning.

row -> the field, or the message, that holds it -> text
"""

from collections.abc import Iterator, Mapping

Row = Mapping[str, object]

SYSTEM = frozenset({"system", "developer"})
"""How messages call who tells a model what it is."""

_SPEAKERS = ("from", "role", "speaker")
_WORDS = ("value", "content", "sentence", "text")
_MESSAGES = (
    "conversations",
    "conversation",
    "messages",
    "dialogue",
    "prompt",
    "chosen",
    "completion",
)
_SHOWN_FIELDS = ("image", "images", "video", "videos", "audio", "audios")
_TEXT_PARTS = ("text", "input_text", "output_text")
_SYSTEM_FIELDS = ("system", "system_prompt", "System")
_REASONING_FIELDS = (
    "Complex_CoT",
    "reasoning_content",
    "reasoning (reasoning_content)",
    "reasoning",
    "thinking",
    "cot",
    "CoT",
)


def speaker(message: Row) -> str:
    """Return who speaks a message, in lower case; empty where it does not say."""
    return str(_first(message, _SPEAKERS) or "").strip().casefold()


def words(message: Row) -> str:
    """Return what a message says; of parts of several kinds, the texts."""
    said = _first(message, _WORDS)
    if isinstance(said, list):
        texts = (str(part.get("text") or "") for part in said if isinstance(part, dict))
        return "\n".join(text for text in texts if text)
    return str(said or "")


def shows(row: Row) -> bool:
    """Say whether a row stands on what no text holds: a picture, a film, a sound."""
    if any(row.get(field) for field in _SHOWN_FIELDS):
        return True
    return any(
        isinstance(part, dict) and str(part.get("type") or "text") not in _TEXT_PARTS
        for message in _messages(row)
        for field in _WORDS
        if isinstance(parts := message.get(field), list)
        for part in parts
    )


def system_of(row: Row) -> str:
    """Return what a row tells a model before the first question; empty where it tells nothing."""
    own = _first(row, _SYSTEM_FIELDS)
    if isinstance(own, str) and own.strip():
        return own
    return "\n".join(words(one) for one in _messages(row) if speaker(one) in SYSTEM)


def reasoning_of(row: Row) -> str:
    """Return what a row has a model think before its last answer; empty where there is nothing."""
    messages = list(_messages(row))
    for holder in (row, *messages[-1:]):
        thought = _first(holder, _REASONING_FIELDS)
        if isinstance(thought, str) and thought.strip():
            return thought
    return ""


def _messages(row: Row) -> Iterator[Row]:
    for field in _MESSAGES:
        held = row.get(field)
        for one in held if isinstance(held, list) else [held]:
            if isinstance(one, dict):
                yield one


def _first(row: Row, fields: tuple[str, ...]) -> object:
    return next((row[field] for field in fields if row.get(field)), None)
