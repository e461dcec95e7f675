"""Compare revisions of one citation: version, date, and the register's file that held it.

    "0001 2021-03-04 24n1220" -> version | date | file

PubMed numbers its files; of two revisions with the same version and date the later file holds the
later one. A revision without a date counts as earlier than one with it; files are compared only
where both are numbered.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_FILE = re.compile(r"pubmed(\d{2}n\d{4,})", re.IGNORECASE)
_REVISION = re.compile(r"(?P<version>\d*) ?(?P<date>[\d-]*) ?(?P<file>\d{2}n\d+)?")


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision by its parts; a part that is not known is empty."""

    version: str = ""
    date: str = ""
    file: str = ""

    def __str__(self) -> str:
        """Return the revision as it is kept."""
        return f"{self.version or '0001'} {self.date} {self.file}".rstrip()


def parse(revision: str) -> Revision:
    """Return the parts of a revision as it is kept.

    >>> parse("0002 2021-03-04 24n1220")
    Revision(version='0002', date='2021-03-04', file='24n1220')
    """
    found = _REVISION.fullmatch(revision)
    if found is None:
        return Revision()
    return Revision(found["version"], found["date"], found["file"] or "")


def compose(version: str, date: str, path: Path) -> str:
    """Return the revision of a citation that was read from a file.

    >>> compose("1", "2021-03-04", Path("pubmed24n1220.xml.gz"))
    '0001 2021-03-04 24n1220'
    """
    found = _FILE.match(path.name)
    number = found[1].lower() if found else ""
    return str(Revision(f"{version or '1':0>4}", date, number))


def is_earlier(one: str, other: str) -> bool:
    """Say whether one revision is earlier than another; where one is unknown, it is not.

    >>> is_earlier("0001 2020-01-01", "0001 2021-01-01"), is_earlier("", "0001 2021-01-01")
    (True, False)
    """
    if not one or not other:
        return False
    first, second = parse(one), parse(other)
    if (first.version, first.date) != (second.version, second.date):
        return (first.version, first.date) < (second.version, second.date)
    return bool(first.file and second.file) and first.file < second.file


def reason_to_keep(held: str, new: str) -> str:
    """Return why a document stays as it is although another text of it is read, or nothing.

    >>> reason_to_keep("0001 2021-01-01", "0001 2020-01-01")
    'earlier revision of a document that is there'
    """
    if is_earlier(new, held):
        return "earlier revision of a document that is there"
    return "copy without a revision of a document that has one" if held and not new else ""


def deletes(deletion: str, held: str) -> bool:
    """Say whether a deletion concerns a revision that is held, and not one that came after it."""
    gone, there = parse(deletion), parse(held)
    if gone.version and there.version > gone.version:
        return False
    return not (gone.file and there.file and gone.file < there.file)


def remember_deletion(deletion: str, held: str) -> str:
    """Return when a citation was deleted: the day of the deletion, else of what was deleted."""
    gone, there = parse(deletion), parse(held)
    return str(Revision(gone.version or there.version, gone.date or there.date, gone.file))


def comes_after(revision: str, deletion: str, *, in_order: bool) -> bool:
    """Say whether a citation was issued again after its deletion.

    `in_order` says that it was read after the deletion in one addition, where what cannot be
    compared counts as later; otherwise it counts as earlier.
    """
    new, gone = parse(revision), parse(deletion)
    if new.version > (gone.version or "0001"):
        return True
    if new.file and gone.file and new.file != gone.file:
        return new.file > gone.file
    if new.date and gone.date and new.date != gone.date:
        return new.date > gone.date
    return in_order
