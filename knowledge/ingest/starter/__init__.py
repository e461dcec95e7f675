"""The starter knowledge that ships: records of conditions and medicines, and evidence notes.

    package files -> files() -> knowledge.ingest.updates
                  -> lexicon() -> names by kind, for drills

Written for medchat; every file states its licence and its source.
"""

from importlib import resources
from pathlib import Path

from knowledge.ingest.sources.graph import medchat_records
from knowledge.records import EntityRecord, Name, ReadReport
from knowledge.text.names import language_of


def files() -> list[Path]:
    """Return the shipped files: the YAML records first, then the notes, in sorted order."""
    root = Path(str(resources.files(__name__)))
    return [*sorted(root.glob("*.yaml")), *sorted((root / "notes").rglob("*.md"))]


def lexicon() -> dict[str, list[tuple[str, str]]]:
    """Return the English and Chinese name of everything the records mention, by kind.

    Names that exist in one language only are left out.
    """
    found: dict[str, dict[tuple[str, str], None]] = {}
    for path in files():
        if path.suffix != ".yaml":
            continue
        for record in medchat_records.read(path, ReadReport()):
            if isinstance(record, EntityRecord):
                _add(found, record.kind, record.names)
                for statement in record.statements:
                    if statement.term and statement.kind:
                        _add(found, statement.kind, statement.term.names)
    return {kind: list(pairs) for kind, pairs in found.items()}


def _add(found: dict[str, dict[tuple[str, str], None]], kind: str, names: tuple[Name, ...]) -> None:
    english = next((name.text for name in names if name.language == "en"), "")
    chinese = next((name.text for name in names if name.language == "zh"), "")
    if english and chinese and language_of(chinese) == "zh":
        found.setdefault(kind, {})[english, chinese] = None
