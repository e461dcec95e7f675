"""Put the stock sentences of an emergency into answers about what is none."""

import random

from knowledge.records import Lesson
from tampering_kinds.row_changes import Change, Others, placed

_PRESSING = {
    "en": (
        "It is an emergency: anybody with signs of it needs a hospital at once.",
        "When it is suspected, nobody waits: it is assessed in an emergency department at once.",
        "This belongs in hospital without delay, unless a doctor has already seen and treated it.",
    ),
    "zh": (
        "这属于急症，一旦怀疑，应立即去急诊。",
        "本病可能危及生命或致残，怀疑时应立即急诊就医，不能等预约。",
        "怀疑得了这个病时要按急症处理，马上送医院急诊。",
    ),
}


def _alarm(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if row.split_key.startswith("condition:"):
        return None
    return placed(row, pick.choice(_PRESSING[row.language]), pick.choice(("middle", "end")), pick)


KINDS: dict[str, Change] = {"emergency put in": _alarm}
