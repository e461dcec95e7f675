"""Refuse a base whose weights are not those that its configuration has places for.

opened network + what opening it reported -> nothing missing, no further layers
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from finetune.errors import FinetuneError

_NUMBER = re.compile(r"\.\d+\.")


def demand(
    network: Any,  # noqa: ANN401
    report: Mapping[str, Any],
    folder: Path,
    base: str,
) -> None:
    """Raise FinetuneError where weights are missing, or belong to layers beyond the last one.

    `report` holds `missing_keys` and `unexpected_keys`, as transformers gives them. Beside a
    model's own weights a file may hold what another task needs, but no further layers of a kind
    that the model has: opened without them, it would write nonsense.
    """
    if report["missing_keys"]:
        raise FinetuneError(
            f"The base model {base} lacks weights, {min(report['missing_keys'])} among them.",
            where=str(folder),
            remedy="Fetch or copy the model again.",
        )
    kinds = {_NUMBER.sub(".N.", name) for name in network.state_dict()}
    further = [name for name in report["unexpected_keys"] if _NUMBER.sub(".N.", name) in kinds]
    if further:
        raise FinetuneError(
            f"The base model {base} has more layers than its config.json says: {min(further)} is "
            "among them.",
            where=str(folder / "config.json"),
            remedy="Fetch or copy the model again, its config.json included.",
        )
