"""Remember from which address a file came, beside the file, so that its documents are known by it.

page.html + .page.html.origin -> address, date -> key and identifiers of the documents in it
"""

import hashlib
import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.records import DocumentRecord

_CONTENT_KEY = re.compile(r"[\w-]+:[0-9a-f]{16}(?::\w+)?")
"""The key of a document that has none of its own: made of its text."""

_PLAIN_ADDRESS = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?", re.ASCII)
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Origin:
    """The address of a file, without fragment, and the day on which it was fetched."""

    address: str
    fetched: str


def _place(path: Path) -> Path:
    return path.with_name(f".{path.name}.origin")


def keep(path: Path, origin: Origin) -> None:
    """Write beside a file where it came from."""
    held = {"address": origin.address, "fetched": origin.fetched}
    _place(path).write_text(json.dumps(held), encoding="utf-8")


def find(path: Path) -> Origin | None:
    """Return where a file came from, or None where it was not fetched."""
    if not os.path.isfile(_place(path)):
        return None
    try:
        held = json.loads(_place(path).read_text(encoding="utf-8"))
        return Origin(str(held["address"]), str(held["fetched"]))
    except (ValueError, KeyError, TypeError, OSError):
        return None


def key_of(address: str) -> str:
    """Return the key of the document at an address; it stays when the text there changes.

    >>> key_of("https://example.org/guides/gout.html")
    'web:example.org/guides/gout.html'
    """
    parts = urlsplit(address)
    plain = f"{parts.netloc}{parts.path}"
    if not parts.query and len(plain) <= _LONGEST and _PLAIN_ADDRESS.fullmatch(plain):
        return f"web:{plain}"
    host = re.sub("[^a-z0-9.-]", "", (parts.hostname or "").lower())[:40]
    return f"web:{host}:{hashlib.sha256(address.encode()).hexdigest()[:16]}"


def apply(record: DocumentRecord, origin: Origin) -> DocumentRecord:
    """Return a document with its address; one that has no key of its own is known by it."""
    own = _CONTENT_KEY.fullmatch(record.key) is None
    said = (f"url:{origin.address}", f"fetched:{origin.fetched}")
    key = record.key if own else key_of(origin.address)
    return replace(record, key=key, identifiers=(*record.identifiers, *said))
