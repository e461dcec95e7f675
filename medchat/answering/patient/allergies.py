"""Read what a patient is allergic to, and that there is no allergy.

"allergic to penicillin and eggs" -> penicillin, eggs
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from medchat.answering.patient import cues
from medchat.answering.patient.cues import cue

_SPLIT = re.compile(r"\s*(?:,|、|/|\band\b|\bor\b|，|和|及|与|或)\s*")
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Allergies:
    """Where a message names what somebody is, or is not, allergic to."""

    told: tuple[tuple[int, int], ...] = ()
    denied: tuple[tuple[int, int], ...] = ()
    none: bool = False
    spans: tuple[tuple[int, int], ...] = ()

    def covers(self, place: int) -> bool:
        """Say whether what stands at a place is spoken of as an allergy."""
        return any(start <= place < end for start, end in self.spans)


def read_allergies(text: str) -> Allergies:
    """Return the allergies of a folded message by their places."""
    told: dict[int, tuple[int, int]] = {}
    denied: dict[int, tuple[int, int]] = {}
    spans: list[tuple[int, int]] = [match.span() for match in cue("allergy_no").finditer(text)]
    refused = list(spans)
    asked = [match.span() for match in cue("allergy_asked").finditer(text)]
    for pattern in cues.allergies():
        for match in pattern.finditer(text):
            names = [*_names(match[1], match.start(1))]
            spans += names
            if any(
                start <= match.start() < end or match.start() <= start < match.end()
                for start, end in asked
            ):
                continue
            wanted = denied if _overlaps(match.span(), refused) else told
            for start, end in names:
                if not any(low < end and start < high for low, high in wanted.values()):
                    wanted[start] = (start, end)
    return Allergies(
        tuple(told[start] for start in sorted(told)),
        tuple(denied[start] for start in sorted(denied)),
        none=bool(refused) and not denied and not told,
        spans=tuple(spans),
    )


def _overlaps(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _names(group: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the places of the single names in a group of them."""
    stop = cue("allergy_stop").search(group)
    group = group[: stop.start()] if stop else group
    place = 0
    for cut in [*_SPLIT.finditer(group), None]:
        low, high = place, cut.start() if cut else len(group)
        place = cut.end() if cut else high
        while (word := cue("allergy_word").match(group[low:high])) is not None:
            low += word.end()
        name = group[low:high]
        low += len(name) - len(name.lstrip())
        name = name.strip(" .:：")
        if 1 < len(name) <= _LONGEST and not cue("nothing").match(name):
            yield start + low, start + low + len(name)
