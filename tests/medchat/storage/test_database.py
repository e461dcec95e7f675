"""The database: migrations give what the models say, in SQLite and in PostgreSQL."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError
from toy_home import fill, scripted

import knowledge.graph.catalog
import medchat.storage.conversations
from knowledge.graph.catalog import connect
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.index import garbage_collection, generations
from knowledge.ingest import folder_sync, updates
from knowledge.ingest.folder_sync import SyncRequest
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import check
from knowledge.search import catalog_views
from medchat.answering.answer import Answer, Model
from medchat.errors import MedchatError
from medchat.settings import load
from medchat.storage import conversations, database

CHECKOUT = Path(__file__).resolve().parents[3]
METADATA = (
    knowledge.graph.catalog.CatalogBase.metadata,
    medchat.storage.conversations.ConversationRow.metadata,
)
TABLES = {name for metadata in METADATA for name in metadata.tables}


def differences(engine):
    """Return what the models say and the database does not, or the other way round."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, list(METADATA))


def test_migrations_give_what_the_models_say_and_run_twice(home):
    engine = connect(load().database)
    assert database.current(engine) == database.BLANK
    assert database.upgrade(engine) == database.newest()
    assert differences(engine) == []
    assert set(inspect(engine).get_table_names()) == {*TABLES, "alembic_version"}
    assert database.upgrade(engine) == database.newest()
    assert differences(engine) == []


def test_the_database_of_the_home_is_made_at_the_door(home):
    engine = database.open_engine(load())
    assert database.current(engine) == database.newest()
    with engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "secure_delete")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}


def test_a_named_database_with_data_is_only_upgraded_on_request(tmp_path, monkeypatch):
    path = tmp_path / "ward.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (id INTEGER)")
    monkeypatch.setenv("MEDCHAT_DATABASE_URL", f"sqlite:///{path}")
    with pytest.raises(MedchatError, match="revision none") as raised:
        database.open_engine(load())
    assert "db upgrade" in raised.value.remedy
    database.upgrade(connect(f"sqlite:///{path}"))
    assert database.current(database.open_engine(load())) == database.newest()


def test_merges_made_before_they_were_recorded_are_told_from_the_rows(home, tmp_path):
    from alembic import command

    engine = database.open_engine(load())
    fill(engine, home)
    merge_and_split(engine, home, tmp_path)
    with engine.connect() as connection:
        recorded = connection.execute(text("SELECT * FROM joins ORDER BY 1, 2")).all()
    assert {how for _, _, how, _ in recorded} == {"name", "identifier"}
    config = database._config()
    config.attributes["url"] = engine.url
    command.downgrade(config, "0004")
    assert "joins" not in inspect(engine).get_table_names()
    assert database.upgrade(engine) == database.newest()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM joins ORDER BY 1, 2")).all() == recorded


def merge_and_split(engine, home, folder):
    """Merge two ontologies with what is there, by name and by identifier, and split one again."""
    for name, terms in (
        ("a", ("DOID:1", "gout")),
        ("b", ("DOID:1", "podagra")),
        ("c", ("MONDO:1", "gout")),
    ):
        path = folder / f"{name}.obo"
        stanza = "[Term]\nid: {}\nname: {}\n".format(*terms)
        path.write_text(f"format-version: 1.2\n\n{stanza}", encoding="utf-8")
        updates.add(engine, home, [path])
    (source,) = (
        each["source"]["id"]
        for each in catalog_views.merges(engine, 4, "gout")["merges"]
        if each["how"] == "identifier"
    )
    return updates.split(engine, home, "gout", source)


def test_two_upgrades_at_once_are_one(home):
    code = (
        "import sys; from medchat.storage import database; "
        "from knowledge.graph.catalog import connect; "
        "print(database.upgrade(connect(sys.argv[1])))"
    )
    command = [sys.executable, "-c", code, load().database]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) for _ in "ab"
    ]
    assert [one.communicate()[0].strip() for one in both] == [database.newest()] * 2
    assert differences(connect(load().database)) == []


def test_many_processes_open_a_new_database_at_once(tmp_path):
    code = (
        "import sys; from knowledge.graph.catalog import connect; "
        "[connect(f'sqlite:///{sys.argv[1]}/{n}.db').connect().close() for n in range(150)]"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    opened = [subprocess.Popen(command, stderr=subprocess.PIPE, cwd=CHECKOUT) for _ in "abc"]
    assert [one.communicate()[1] for one in opened] == [b""] * 3


def test_an_upgrade_that_dies_leaves_nothing(home, tmp_path):
    copied = tmp_path / "migrations"
    shutil.copytree(database.migrations(), copied)
    step = copied / "versions" / "0001_first.py"
    source = step.read_text(encoding="utf-8")
    step.write_text(
        source.replace("def downgrade", "    raise KeyboardInterrupt\n\n\ndef downgrade", 1),
        encoding="utf-8",
    )
    engine = connect(load().database)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(copied))
    config.attributes["url"] = engine.url
    with pytest.raises(KeyboardInterrupt):
        command.upgrade(config, "head")
    assert inspect(engine).get_table_names() == []
    assert database.upgrade(engine) == database.newest()


def test_a_server_that_does_not_answer_is_one_sentence(monkeypatch):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://me:s3cret@127.0.0.1:{held.getsockname()[1]}/med"
        monkeypatch.setenv("MEDCHAT_DATABASE_URL", url)
        with pytest.raises(MedchatError) as raised:
            database.open_engine(load())
    told = f"{raised.value.what} {raised.value.where} {raised.value.remedy}"
    assert "does not answer" in told
    assert "s3cret" not in told


def test_a_backup_is_a_whole_database(home, tmp_path):
    engine = database.open_engine(load())
    conversations.add(engine, None, "Why?", Answer("So.", "en", (), (), True, Model("quote"), None))
    copy = database.backup(engine, tmp_path / "copies" / "medchat.db")
    assert [each.title for each in conversations.conversations(connect(f"sqlite:///{copy}"))] == [
        "Why?"
    ]
    with pytest.raises(MedchatError, match="exists"):
        database.backup(engine, copy)


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _as_postgres(*words: str) -> list[str]:
    if os.geteuid() != 0:
        return list(words)
    return ["runuser", "-u", "postgres", "--", *words]


@pytest.fixture(scope="module")
def postgresql():
    """Start a real server in a folder of its own, on the loopback only."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (/usr/lib/postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="medchat-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    data = folder / "data"
    subprocess.run(
        _as_postgres(str(binaries / "initdb"), "-D", str(data), "-U", "medchat", "-A", "trust"),
        check=True, capture_output=True, cwd=folder,
    )  # fmt: skip
    options = f"-h 127.0.0.1 -p {port} -k {folder} -F"
    pg_ctl = _as_postgres(str(binaries / "pg_ctl"), "-D", str(data), "-w")
    log = str(folder / "log")
    subprocess.run([*pg_ctl, "-l", log, "-o", options, "start"], check=True, cwd=folder,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    yield f"postgresql+psycopg://medchat@127.0.0.1:{port}"
    subprocess.run(
        [*pg_ctl, "-m", "immediate", "stop"], check=True, capture_output=True, cwd=folder
    )
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(postgresql):
    """Give the URL of a fresh database on the server."""
    name = f"test_{time.monotonic_ns()}"
    admin = create_engine(f"{postgresql}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return f"{postgresql}/{name}"


@pytest.mark.postgresql
def test_postgresql_gets_the_same_schema(server, monkeypatch):
    monkeypatch.setenv("MEDCHAT_DATABASE_URL", server)
    engine = database.open_engine(load())
    assert database.current(engine) == database.newest()
    assert differences(engine) == []
    assert database.upgrade(engine) == database.newest()
    with pytest.raises(MedchatError, match="Only the SQLite"):
        database.backup(engine, Path("copy.db"))
    engine.dispose()


@pytest.mark.postgresql
def test_postgresql_keeps_foreign_keys(server):
    engine = connect(server)
    database.upgrade(engine)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(
            text("INSERT INTO names VALUES (1, 'no-such', 'x', 'x', 'en', 0, 'no-such', 1, NULL)")
        )
    engine.dispose()


@pytest.mark.postgresql
def test_a_merge_is_split_on_postgresql(server, home, monkeypatch, tmp_path):
    monkeypatch.setenv("MEDCHAT_DATABASE_URL", server)
    engine = database.open_engine(load())
    fill(engine, home)
    done = merge_and_split(engine, home, tmp_path)
    graph = KnowledgeGraph(engine, done.generation)
    assert [each.id for each in graph.named("podagra")] == [done.part]
    assert [each.id for each in graph.named("gout")] == [done.entity]
    assert len(catalog_views.merges(engine, done.generation, "gout")["splits"]) == 1
    generations.rollback(engine, home, done.generation - 1)
    assert [each.id for each in KnowledgeGraph(engine, 6).named("podagra")] == [done.entity]
    assert generations.verify(engine, home) == []
    engine.dispose()


@pytest.mark.postgresql
def test_a_chat_on_postgresql(server, home, monkeypatch):
    monkeypatch.setenv("MEDCHAT_DATABASE_URL", server)
    engine = database.open_engine(load())
    fill(engine, home)
    chat = scripted(engine, ["First-line treatment of type 2 diabetes: metformin [1]."])
    answer = chat.ask("What is the first-line treatment of type 2 diabetes?")
    assert not answer.abstained
    assert [citation.kind for citation in answer.citations] == ["fact"]
    held = conversations.messages(engine, str(answer.conversation))
    assert [message.role for message in held] == ["user", "assistant"]
    assert held[1].answer is not None
    assert held[1].answer.document() == answer.document()
    assert [each.id for each in conversations.search(engine, "METFORMIN")] == [answer.conversation]
    assert conversations.remove(engine, [str(answer.conversation)]) == 1
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM citations")).scalar() == 0
    engine.dispose()


@pytest.mark.postgresql
def test_lessons_of_postgresql_are_those_of_sqlite(server, home, monkeypatch, tmp_path):
    made = []
    for place, url in enumerate((None, server)):
        if url:
            monkeypatch.setenv("MEDCHAT_DATABASE_URL", url)
        engine = database.open_engine(load())
        base = tmp_path / f"home-{place}"
        fill(engine, base)
        for workers in (1, 2):
            out = tmp_path / f"data-{place}-{workers}"
            build.build(engine, 1, out, BuildOptions(limit=60, workers=workers))
            report = check(engine, 1, out)
            assert (report.proven, report.faults) == (report.rows, [])
            made.append((out / "train.jsonl").read_bytes())
        engine.dispose()
    assert made[0].count(b"\n") > 20 and set(made) == {made[0]}


@pytest.mark.postgresql
def test_a_folder_is_synchronised_on_postgresql(server, home, monkeypatch, tmp_path):
    monkeypatch.setenv("MEDCHAT_DATABASE_URL", server)
    engine = database.open_engine(load())
    request = SyncRequest(tmp_path / "ward", "Ward", confirmed=True)
    request.folder.mkdir()
    for number in range(4):
        (request.folder / f"{number}.md").write_text(f"# Rule\n\nDrug{number} 5 mg.")
    assert folder_sync.sync(engine, home, request).documents == 4
    (request.folder / "0.md").write_text("# Rule\n\nDrug0 7 mg.")
    (request.folder / "1.md").unlink()
    (request.folder / "2.md").rename(request.folder / "two.md")
    done = folder_sync.sync(engine, home, request)
    assert [len(each) for each in (done.replaced, done.removed, done.moved)] == [1, 1, 1]
    (request.folder / "two.md").write_text("# Rule\n\nDrug2 7 mg.")
    assert len(updates.add(engine, home, [request.folder], title="Ward").replaced) == 1
    garbage_collection.collect(engine, home, keep=1)
    assert generations.verify(engine, home) == []
    engine.dispose()
