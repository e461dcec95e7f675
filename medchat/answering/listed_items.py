"""Find what "the first one" is: the item of the last answer that a message counts.

"side effects of the first one?" + the last answer -> "side effects of sertraline?"
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.search.query_parser import ParsedQuery
from knowledge.text.sentence_support import FindEntities
from knowledge.vocabulary import RELATIONS
from medchat.answering.answer import Answer
from medchat.answering.follow_up import QueryParser

_COUNTED = re.compile(
    r"\b(?:the|that) (?P<en>first|second|third|fourth|last)"
    r"[- ](?:one|drug|medicine|medication|option|of (?:these|them|those))"
    r"(?: (?:listed|mentioned|above|you (?:listed|mentioned|named)))?\b"
    "|(?:上面|上述|你说的)?(?:第(?P<zh>[一二三四])|(?P<last>最后一))(?:个|种)(?:药物|药品|药)?",
    re.IGNORECASE,
)
_PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_PLACES_ZH = {"一": 0, "二": 1, "三": 2, "四": 3}
_MEDICINE = "medicine"


@dataclass(frozen=True, slots=True)
class ListedItem:
    """A message with the name of what it counts, and the words that counted it."""

    text: str
    written: str
    name: str


def name_listed(
    message: str, last: Answer | None, parse: QueryParser, find: FindEntities
) -> ListedItem | None:
    """Return a message with the item of the last answer that it counts, or None.

    Of a list that begins with a therapy the first medicine is meant where a medicine has what is
    asked; a message that names something of its own counts nothing of the last answer.
    """
    counted = _COUNTED.search(message)
    if counted is None or last is None or last.abstained:
        return None
    parts = parse(message)
    if parts.mentions:
        return None
    said = " ".join(each.uncited() for each in last.sentences if each.citations)
    items = _items(said, _kinds(parts), find)
    place = _place(counted)
    if not items or place >= len(items):
        return None
    start, end = counted.span()
    name = items[place]
    return ListedItem(message[:start] + name + message[end:], counted[0], name)


def _kinds(parts: ParsedQuery) -> Sequence[str]:
    """Return of which kinds a thing is that has what is asked: a medicine, where it can be one."""
    clear = [RELATIONS[ask.relation] for ask in parts.asks if ask.is_clear]
    kinds = [kind for relation in clear for kind in relation.subjects]
    return [_MEDICINE] if not kinds or _MEDICINE in kinds else kinds


def _items(said: str, kinds: Sequence[str], find: FindEntities) -> list[str]:
    """Return the names of some kinds in a text, each thing once, in order."""
    found: dict[str, str] = {}
    for mention in find(said):
        if mention.entities[0].partition(":")[0] in kinds:
            found.setdefault(mention.entities[0], mention.text)
    return list(found.values())


def _place(counted: re.Match[str]) -> int:
    if counted["en"]:
        return _PLACES[counted["en"].lower()]
    return -1 if counted["last"] else _PLACES_ZH[counted["zh"]]
