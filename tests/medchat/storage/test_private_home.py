"""Homes that their owner alone can read: made under any umask, tightened where they are older."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from toy_home import fill

from medchat import doctor
from medchat.settings import load
from medchat.storage import database
from medchat.storage.private_home import open_to_others, tighten

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


def modes(home: Path) -> set[str]:
    """Return the modes of all that lies in a home, of folders and of files."""
    return {
        f"{'d' if path.is_dir() else 'f'}{stat.S_IMODE(path.stat().st_mode):o}"
        for path in (home, *home.rglob("*"))
    }


@pytest.mark.parametrize("umask", ["000"])
def test_what_a_command_makes_is_private_whatever_the_umask(home: Path, umask: str) -> None:
    notes = home.parent / "gout.md"
    notes.write_text("# Gout and cherries\n\nCherries are eaten in gout.\n", encoding="utf-8")
    command = f"umask {umask}; {sys.executable} -m medchat.cli kb add {notes}"
    subprocess.run(["sh", "-c", command], check=True, capture_output=True)
    assert (home / "medchat.db").exists() and (home / "knowledge" / "CURRENT").exists()
    assert modes(home) == {"d700", "f600"}


def test_an_older_home_is_tightened_as_it_is_opened_and_doctor_tells(home: Path) -> None:
    engine = database.open_engine(load())
    fill(engine, home)
    engine.dispose()
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (home / "mine.txt").write_text("not medchat's")
    (home / "mine.txt").chmod(0o644)
    told = next(one for one in doctor.examine(load()).findings if one.name == "home")
    assert told.state == "empty" and "other users" in told.told
    database.open_engine(load()).dispose()
    assert list(open_to_others(home)) == []
    assert stat.S_IMODE((home / "mine.txt").stat().st_mode) == 0o644
    assert stat.S_IMODE((home / "medchat.db").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    told = next(one for one in doctor.examine(load()).findings if one.name == "home")
    assert told.state == "good"


def test_a_folder_that_is_more_than_a_home_keeps_its_mode(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / "medchat.db").write_text("")
    (shared / "medchat.db").chmod(0o666)
    outside = tmp_path / "outside"
    outside.write_text("")
    outside.chmod(0o644)
    (shared / "data").mkdir(0o755)
    (shared / "data" / "link").symlink_to(outside)
    assert tighten(shared) == 2
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
    assert stat.S_IMODE((shared / "medchat.db").stat().st_mode) == 0o600
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_an_error_of_the_database_does_not_repeat_what_was_asked(home: Path) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    engine = database.open_engine(load())
    with pytest.raises(SQLAlchemyError) as raised, engine.connect() as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE q = :q"), {"q": "Mrs Example"})
    assert "Mrs Example" not in str(raised.value)
    engine.dispose()
