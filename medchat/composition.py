"""Connect `finetune` to `knowledge`; neither package may import the other."""

from collections.abc import Callable

from finetune.round_progress import Tick
from finetune.text_tools import TextTools
from knowledge.records import Progress
from knowledge.text.citations import cite, uncited
from knowledge.text.sentences import sentence_spans

TEXT_TOOLS = TextTools(sentence_spans=sentence_spans, cite=cite, uncited=uncited)
"""The text functions that training takes from its caller."""


def report_ticks(report: Progress) -> Callable[[Tick], None]:
    """Return a function that reports the ticks of a round as steps."""
    return lambda tick: report(tick.name, tick.done, tick.total)
