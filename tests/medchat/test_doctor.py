"""The doctor: each thing it looks at, whole, not made yet, and broken."""

import json
import sqlite3
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from toy_finetune import base, recipe
from toy_home import open_filled

from finetune import adapters
from finetune.files import manifests
from medchat import doctor
from medchat.settings import load

NAMES = ["packages", "libraries", "home", "database", "knowledge", "writer"]
CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def filled(home):
    """Give settings of a home with knowledge, answered by quotation."""
    engine = open_filled(home)
    engine.dispose()
    return load(writer="quote")


def finding(settings, name):
    return {each.name: each for each in doctor.examine(settings).findings}[name]


def test_a_home_with_knowledge_is_usable(filled):
    examined = doctor.examine(filled)
    assert examined.usable
    assert [each.name for each in examined.findings] == NAMES
    assert {each.state for each in examined.findings} == {"good"}
    assert "generation 1 verified: 11 entities, 10 facts, 1 documents, 2 passages" in (
        finding(filled, "knowledge").told
    )


def test_a_home_that_is_not_there_yet_is_no_fault_and_is_not_made(home):
    examined = doctor.examine(load(writer="local"))
    assert examined.usable
    states = {each.name: each.state for each in examined.findings}
    assert [name for name in NAMES if states[name] == "empty"] == [
        "home", "database", "knowledge", "writer",
    ]  # fmt: skip
    assert all(each.remedy for each in examined.findings if each.state == "empty")
    assert not home.exists()


def test_versions_and_settings_in_force_are_told(monkeypatch):
    monkeypatch.setenv("MEDCHAT_DATABASE_URL", "postgresql+psycopg://me:s3cret@127.0.0.1:1/med")
    examined = doctor.examine(load(port=8000))
    assert examined.versions["torch"] == version("torch")
    assert examined.versions["python"] == sys.version.split()[0]
    settings = {each.name: (each.value, each.origin) for each in examined.settings}
    assert settings["writer"] == ("quote", "default")
    assert settings["database_url"][1] == "environment"
    assert "s3cret" not in str(examined)


def test_a_home_that_is_a_file(home):
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("not a folder", encoding="utf-8")
    assert finding(load(), "home").state == "broken"
    assert not doctor.examine(load()).usable


def test_a_missing_library_is_named(filled, monkeypatch):
    monkeypatch.setattr(doctor, "LIBRARIES", ("medchat", "torch", "no-such-library"))
    found = finding(filled, "libraries")
    assert found.state == "broken"
    assert "no-such-library" in found.told and "torch" not in found.told
    assert doctor.versions()["no-such-library"] == "missing"


def test_a_package_of_the_same_name_from_elsewhere_is_found(home, tmp_path):
    """Another program's `ui` before ours on the path would be imported in its place."""
    stray = tmp_path / "elsewhere" / "ui"
    stray.mkdir(parents=True)
    (stray / "__init__.py").write_text("", encoding="utf-8")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import medchat.doctor as d, medchat.settings as s\n"
        "print(next(f for f in d.examine(s.load()).findings if f.name == 'packages').told)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(stray.parent)],
        capture_output=True, text=True, check=True, cwd=CHECKOUT,
    ).stdout  # fmt: skip
    assert told.startswith("Imported from elsewhere: ui") and str(stray.parent) in told


def test_a_database_without_tables_is_still_to_be_made(home):
    home.mkdir(parents=True)
    sqlite3.connect(home / "medchat.db").close()
    found = finding(load(), "database")
    assert (found.state, found.told.endswith("has no tables")) == ("empty", True)


def test_a_file_that_is_no_database(home):
    home.mkdir(parents=True)
    (home / "medchat.db").write_text("x" * 4096, encoding="utf-8")
    found = finding(load(), "database")
    assert found.state == "broken" and "does not answer" in found.told


def test_a_server_at_an_older_revision_waits_for_its_owner(filled, monkeypatch):
    monkeypatch.setenv("MEDCHAT_DATABASE_URL", filled.database)
    with sqlite3.connect(filled.home / "medchat.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    found = finding(load(), "database")
    assert found.state == "broken" and "revision 0001" in found.told
    assert "db upgrade" in found.remedy


@pytest.mark.parametrize("damage", ["manifest", "file"])
def test_a_damaged_index_is_broken(filled, damage):
    folder = filled.home / "knowledge" / "gen-000001"
    path = folder / "MANIFEST.json" if damage == "manifest" else folder / "lexical" / "meta.json"
    path.write_text("{}", encoding="utf-8")
    found = finding(filled, "knowledge")
    assert found.state == "broken"
    assert path.name in found.told and "rollback" in found.remedy
    assert not doctor.examine(filled).usable


def test_a_server_that_writes_is_shown_without_its_password(home):
    found = finding(load(writer="http://me:s3cret@127.0.0.1:1/v1"), "writer")
    assert found.state == "good"
    assert "s3cret" not in found.told and "127.0.0.1:1" in found.told


def test_a_base_that_is_not_there(home):
    found = finding(load(writer="local", base="/no/base"), "writer")
    assert found.state == "broken" and "/no/base" in found.told and found.remedy


def promoted(home):
    """Write what the ledger reads of a finished round on the toy base, and promote it."""
    folder = adapters.folder_of(home, "toy", 1)
    folder.mkdir(parents=True)
    record = {
        "name": "toy/round-1", "recipe": {"name": "toy", "values": recipe(base()).values()},
        "objective": "sft", "base": {"name": str(base())}, "parent": None, "policy": "continue",
        "scores": {}, "created": "2026-01-01T00:00:00+00:00",
    }  # fmt: skip
    manifests.seal(folder, record)
    adapters.promote(home, "toy/round-1")
    return folder


def test_the_promoted_adapter_and_its_base_are_named(home):
    promoted(home)
    found = finding(load(writer="local"), "writer")
    assert (found.state, found.told) == ("good", f"toy/round-1 on {base()} ({base()})")


@pytest.mark.parametrize("damage", ["text", "record", "list"])
def test_a_damaged_ledger_of_adapters_is_broken(home, damage):
    manifest = promoted(home) / "MANIFEST.json"
    if damage == "text":
        manifest.write_text("{", encoding="utf-8")
    elif damage == "record":
        manifest.write_text(json.dumps({"name": "toy/round-1"}), encoding="utf-8")
    else:
        (home / "adapters" / "PROMOTED").write_text("toy", encoding="utf-8")
    found = finding(load(writer="local"), "writer")
    assert found.state == "broken" and found.remedy
