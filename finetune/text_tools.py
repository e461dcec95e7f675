"""The text functions that training takes from its caller, so that both read text alike.

Lessons say which of their sentences rests on which source; who counts the sentences must count as
their writer did. `finetune` imports no other package, so `medchat` hands the functions in.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finetune.objectives.rewards import OpenReward

Span = tuple[int, int]
"""Where a sentence begins and ends within its text."""


@dataclass(frozen=True, slots=True)
class TextTools:
    """How to split text into sentences, and how to put citations into it and take them out.

    `proof` opens what proves answers to the rows of a dataset folder, where the caller has a graph.
    """

    sentence_spans: Callable[[str], Sequence[Span]]
    cite: Callable[[str, Sequence[int]], str]
    uncited: Callable[[str], str]
    proof: "OpenReward | None" = None

    def split_sentences(self, text: str) -> list[str]:
        """Return the sentences of a text, without the space between them."""
        return [text[start:end] for start, end in self.sentence_spans(text)]


def _plain_spans(text: str) -> list[Span]:
    return [(one.start(), one.end()) for one in re.finditer(r"[^.!?。！？]+[.!?。！？]*", text)]


def _plain_cite(text: str, numbers: Sequence[int]) -> str:
    marks = "".join(f"[{number}]" for number in numbers)
    return re.sub(r"([.!?。！？]*)$", rf"{marks}\1", text, count=1)


PLAIN = TextTools(_plain_spans, _plain_cite, lambda text: re.sub(r"\s*\[\d+\]", "", text))
"""Tools for scripts that show rows and need no better: sentences end where a sign ends them."""
