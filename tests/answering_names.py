"""A linker over the names of `cases/patient_messages.yaml`, without a knowledge base."""

from pathlib import Path

import yaml

from knowledge.graph.linker import KnownName, Linker
from knowledge.text.names import language_of, normalise

_TABLE = Path(__file__).parent / "cases" / "patient_messages.yaml"

NAMES = yaml.safe_load(_TABLE.read_text("utf-8"))["names"]
LINKER = Linker(
    KnownName(f"{kind}:{n}", kind, name, normalise(name), language_of(name), True)
    for kind, pairs in NAMES.items()
    for n, pair in enumerate(pairs)
    for name in pair.split("/")
)
