"""Draw as many rows of each relation, so that a rare one is learned like a common one.

training rows -> those of each language and relation, declined or answered
-> the common thinned out, the rare repeated

A graph states some relations of everything and others of a few things; of rows drawn by its facts
a model learns to read the common ones. And where one relation is declined more often than another,
what is asked would tell whether to decline, without a look at the evidence.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from finetune.dataset import Row


def level(rows: Sequence[Row], most: int, seed: int) -> list[Row]:
    """Return rows with as many of each relation of a language as these have on average.

    Of each relation as large a share declines as of all of the language. A row is taken up to
    `most` times, so that very rare relations stay below that number. Rows that are about no single
    relation are all kept. The same seed draws the same rows.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    drawn: list[Row] = []
    for row in rows:
        if row.relation:
            groups.setdefault((row.language, row.relation), []).append(row)
        else:
            drawn.append(row)
    for language in {language for language, _ in groups}:
        own = [group for (each, _), group in groups.items() if each == language]
        total = sum(map(len, own))
        share = sum(row.declined for group in own for row in group) / total
        wanted = -(-total // len(own))
        for group in own:
            silent = [row for row in group if row.declined]
            told = [row for row in group if not row.declined]
            quiet = round(wanted * share) if told else wanted
            quiet = min(quiet, most * len(silent))
            drawn += _taken(silent, quiet, seed)
            drawn += _taken(told, min(wanted - quiet, most * len(told)), seed)
    return drawn


def _taken(group: Sequence[Row], wanted: int, seed: int) -> Iterator[Row]:
    """Take so many rows of a group: each as often as any other, or once more."""
    if not group:
        return
    order = random.Random(f"{seed}:{group[0].relation}").sample(group, len(group))
    for place in range(wanted):
        turn, at = divmod(place, len(order))
        row = order[at]
        yield replace(row, id=f"{row.id}#{turn + 1}") if turn else row
