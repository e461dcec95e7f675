"""`medchat kb sync` and `kb watch`: a source follows a folder, from the command line."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from knowledge import lock
from knowledge.index import generations
from knowledge.ingest.folder_sync import SyncRequest
from medchat.cli import kb_watch
from medchat.cli.open_base import open_base
from medchat.settings import load
from medchat.web import open_service


@pytest.fixture
def ward(tmp_path):
    folder = tmp_path / "ward"
    folder.mkdir()
    for number in range(6):
        note(folder, number, 5)
    return folder


def note(folder: Path, number: int, dose: int) -> None:
    text = f"# Rule {number}\n\nDrug{number} is given at {dose} mg once daily.\n"
    (folder / f"{number}.md").write_text(text, encoding="utf-8")


def test_kb_sync_previews_refuses_and_makes_one_generation(engine, run, ward):
    words = ("kb", "sync", str(ward), "--source", "Ward notes")
    status, out, _ = run(*words, "--dry-run", "--json")
    assert status == 0 and len(json.loads(out)["added"]) == 6
    assert generations.newest(engine) == 1
    status, out, _ = run(*words, "--json")
    assert status == 0 and json.loads(out)["documents"] == 6

    for number in range(2):
        (ward / f"{number}.md").unlink()
    note(ward, 2, 7)
    status, out, err = run(*words)
    assert (status, out) == (2, "") and generations.newest(engine) == 2
    (refusal,) = [line for line in err.splitlines() if "would be removed" in line]
    assert "2 of the 6 documents" in refusal and "--yes" in refusal
    status, out, _ = run(*words, "--dry-run")
    assert status == 0 and "removed: 2" in out and "--yes" in out and "Rule 0" in out
    status, out, _ = run(*words, "--max-removals", "0.5")
    assert status == 0
    found = {
        line.rpartition("  ")[0].strip(): line.rpartition("  ")[2] for line in out.splitlines()
    }
    assert (found["generation"], found["replaced"], found["removed"]) == ("3", "1", "2")
    assert run("kb", "verify")[0] == 0


def test_kb_add_says_what_it_replaced_and_what_is_gone(engine, run, ward):
    run("kb", "add", str(ward))
    (ward / "0.md").unlink()
    note(ward, 1, 8)
    status, out, err = run("kb", "add", str(ward))
    assert status == 0 and "replaced    1" in out
    assert "1 documents of this folder are no longer there" in err and "kb sync" in err


def test_a_synchronisation_beside_another_writer_is_one_sentence(engine, run, ward, home):
    with lock.hold(home):
        status, _, err = run("kb", "sync", str(ward), "--source", "Ward notes")
    assert status == 1 and f"process {os.getpid()}" in err


def _until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def _settled(engine, before):
    """Return the generation after `before` that lasts: a slow machine may part a burst in two."""
    _until(lambda: generations.newest(engine) > before)
    newest = None
    while newest != generations.newest(engine):
        newest = generations.newest(engine)
        time.sleep(3)
    return newest


def test_kb_watch_follows_bursts_and_a_running_service_answers_from_them(
    engine, ward, home, capsys
):
    stop, seen = threading.Event(), []
    request = SyncRequest(ward, "Ward notes")

    def follow():
        with open_base(load()) as base:
            seen.extend(kb_watch.updates(base, request, stop, pause=300, again=500))

    thread = threading.Thread(target=follow)
    thread.start()
    service = open_service(load())
    list(service.ask("What is gout?"))  # the chat is open before the folder changes
    try:
        first = _settled(engine, 1)
        for number in range(5):
            note(ward, number, 9)
        (ward / "bad.md").write_text("---\nyear: soon\n---\nText.", encoding="utf-8")
        second = _settled(engine, first)
        with lock.hold(home):
            note(ward, 5, 9)
            time.sleep(1.5)
        third = _settled(engine, second)
        for number in range(4):
            (ward / f"{number}.md").unlink()
        time.sleep(2)
        note(ward, 9, 3)
        time.sleep(2)
        assert generations.newest(engine) == third  # too much would be removed
        for number in range(4):
            note(ward, number, 9)
        _settled(engine, third)
        answer = list(service.ask("What dose of Drug9 is given?"))[-1].answer
        assert "3 mg" in answer.text
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
    err = capsys.readouterr().err
    assert "bad.md" in err and "would be removed" in err and "is being changed by process" in err
    assert generations.verify(engine, home) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to a child")
def test_kb_watch_ends_with_ctrl_c(engine, ward):
    # a shell that runs tests in the background has them, and what they start, ignore the signal
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "medchat.cli", "kb", "watch", str(ward), "--source", "Ward"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        signal.signal(signal.SIGINT, before)
        try:
            _until(lambda: generations.newest(engine) == 2, 120)
            time.sleep(2)
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=60)
        finally:
            child.kill()
    assert child.returncode == 130 and "Traceback" not in err
    assert "generation" in out


def test_kb_watch_of_no_folder_is_one_sentence(engine, run, tmp_path):
    status, _, err = run("kb", "watch", str(tmp_path / "none"), "--source", "Ward")
    assert status == 2 and "is no folder" in err
