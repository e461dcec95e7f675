"""Turns that outlive their readers: one event at a time, then alone; stopped ones end."""

import logging
import threading

import pytest

from medchat import running_turns
from medchat.chat import Status
from medchat.errors import MedchatError
from medchat.running_turns import RunningTurns


@pytest.fixture
def made():
    return []


def steps(made, count=4, error=None):
    def events():
        for number in range(count):
            made.append(number)
            yield Status(str(number))
        if error:
            raise error

    return events


def test_a_reader_gets_all_events(made):
    turns = RunningTurns()
    turn = turns.begin(steps(made))
    assert [event.step for event in turn] == ["0", "1", "2", "3"]
    assert list(turn) == []
    turn.join(5)
    assert turns.count == 0


def test_it_does_not_run_ahead_of_a_reader_who_is_there(made):
    turn = RunningTurns().begin(steps(made))
    next(turn)
    turn.join(0.3)
    assert made == [0]
    turn.leave()
    turn.join(5)
    assert made == [0, 1, 2, 3]


def test_a_reader_who_takes_nothing_for_long_has_left(made, monkeypatch):
    monkeypatch.setattr(running_turns, "_PATIENCE", 0.1)
    turn = RunningTurns().begin(steps(made))
    turn.join(5)
    assert made == [0, 1, 2, 3]
    assert [event.step for event in turn] == ["0", "1", "2", "3"]  # back again


def test_a_stopped_turn_ends_where_it_is_and_tells_who_waits(made):
    closed, held = threading.Event(), threading.Event()

    def events():
        try:
            yield Status("first")
            held.wait(30)
            yield Status("second")
            made.append("recorded")
        finally:
            closed.set()

    turn = RunningTurns().begin(events)
    next(turn)
    seen = []
    reader = threading.Thread(target=lambda: seen.extend(turn))
    reader.start()
    turn.stop()
    reader.join(5)
    assert not reader.is_alive() and seen == []
    held.set()
    assert closed.wait(5)
    turn.join(5)
    assert made == []


def test_an_error_is_the_readers_and_its_words_are_in_no_log(made, caplog):
    turns = RunningTurns()
    error = ValueError("Mrs Example, born 1950")
    with pytest.raises(ValueError, match="Mrs Example"):
        list(turns.begin(steps(made, error=error)))
    alone = turns.begin(steps(made, error=error))
    with caplog.at_level(logging.DEBUG):
        alone.leave()
        alone.join(5)
    assert "ValueError in events" in caplog.text
    assert "Mrs Example" not in caplog.text
    assert turns.count == 0


def test_no_more_run_than_may(made):
    turns = RunningTurns(most=2)
    running = [turns.begin(steps(made)) for _ in range(2)]
    with pytest.raises(MedchatError, match="Too many"):
        turns.begin(steps(made))
    for turn in running:
        turn.leave()
        turn.join(5)
    assert len(list(turns.begin(steps(made)))) == 4
