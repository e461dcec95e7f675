"""Threads that write: order, limits of time, threads that are stuck, readers who leave."""

import gc
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from medchat.answering.writing_threads import TimeLimits, WritingThreads
from medchat.errors import WriterStalled

QUICK = TimeLimits(answer=5.0, pause=0.5, load=5.0)


def eventually(truth, seconds=10.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if truth():
            return True
        time.sleep(0.02)
    return False


def say(*words):
    return lambda model, stopped: iter(words)


@pytest.fixture
def gate():
    """Give an event that holds stuck work, and let it go at the end."""
    held = threading.Event()
    yield held
    held.set()


def stuck(gate, *first):
    def work(model, stopped):
        yield from first
        gate.wait(60)

    return work


def test_one_thread_loads_and_runs_the_model_whoever_asks():
    loaded, ran = [], []

    def load():
        loaded.append(threading.current_thread().name)
        return "model"

    def work(model, stopped):
        ran.append((model, threading.get_ident()))
        yield "a"

    threads = WritingThreads(load, QUICK)
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda _: list(threads.stream(work)), range(8)))
    assert said == [["a"]] * 8
    assert loaded == ["writer"]
    assert len(set(ran)) == 1 and ran[0][1] != threading.get_ident()


def test_pieces_may_be_taken_by_another_thread_each():
    threads = WritingThreads(str, QUICK)
    one, other = threads.stream(say(*"abcd")), threads.stream(say(*"efgh"))
    taken = []
    for _ in range(4):
        for stream in (one, other):
            thread = threading.Thread(target=lambda s=stream: taken.append(next(s)))
            thread.start()
            thread.join(10)
    assert "".join(taken) == "aebfcgdh"


def test_requests_are_served_in_order_of_arrival(gate):
    threads, served = WritingThreads(str, TimeLimits(5, 5, 5)), []

    def noted(number):
        def work(model, stopped):
            served.append(number)
            yield "x"

        return work

    first = threads.stream(stuck(gate, "x"))
    next(first)
    rest = []
    for number in range(5):
        thread = threading.Thread(target=lambda n=number: list(threads.stream(noted(n))))
        thread.start()
        rest.append(thread)
        assert eventually(lambda n=number: threads.state().waiting == n + 1)
    gate.set()
    for thread in rest:
        thread.join(10)
    assert served == [0, 1, 2, 3, 4]


def test_closing_stops_the_work_after_its_next_piece():
    made = []

    def work(model, stopped):
        for number in range(100_000):
            made.append(number)
            yield "x"
            time.sleep(0.01)

    threads = WritingThreads(str, QUICK)
    stream = threads.stream(work)
    next(stream)
    stream.close()
    assert list(threads.stream(say("next"))) == ["next"]
    assert len(made) < 200


def test_a_whole_answer_has_a_limit_even_while_pieces_come():
    def endless(model, stopped):
        while True:
            yield "x"
            time.sleep(0.02)

    threads = WritingThreads(str, TimeLimits(answer=0.4, pause=5, load=5))
    begun = time.monotonic()
    with pytest.raises(WriterStalled):
        list(threads.stream(endless))
    assert 0.3 < time.monotonic() - begun < 60
    assert list(threads.stream(say("y"))) == ["y"]
    assert threads.state().stuck == 0


def test_a_thread_that_does_not_come_back_is_told_and_replaced(gate):
    loaded = []
    threads = WritingThreads(lambda: loaded.append(1), QUICK, spare=1)
    with pytest.raises(WriterStalled):
        list(threads.stream(stuck(gate, "a")))
    state = threads.state()
    assert (state.stuck, state.able, state.ready) == (1, False, False)
    assert list(threads.stream(say("b"))) == ["b"]
    state = threads.state()
    assert (state.stuck, state.able, state.ready) == (1, True, True)
    assert len(loaded) == 2

    # no more are replaced than may be: the next is refused at once
    with pytest.raises(WriterStalled):
        list(threads.stream(stuck(gate, "a")))
    begun = time.monotonic()
    with pytest.raises(WriterStalled, match="earlier"):
        list(threads.stream(say("c")))
    assert time.monotonic() - begun < 30
    assert (threads.state().stuck, threads.state().able) == (2, False)

    gate.set()
    assert eventually(lambda: threads.state().stuck == 0)
    assert list(threads.stream(say("d"))) == ["d"]


def test_who_waits_behind_a_stuck_request_whose_reader_left_is_served(gate):
    threads = WritingThreads(str, QUICK)
    left = threads.stream(stuck(gate, "a"))
    next(left)
    left.close()
    assert list(threads.stream(say("b"))) == ["b"]
    assert threads.state().stuck == 1


def test_a_model_that_does_not_load_is_the_readers_error_and_tried_again():
    tries = []

    def load():
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("damaged")
        return "model"

    threads = WritingThreads(load, QUICK)
    with pytest.raises(ValueError, match="damaged"):
        list(threads.stream(say("a")))
    assert list(threads.stream(say("a"))) == ["a"]


def test_a_load_that_never_ends_is_given_up(gate):
    threads = WritingThreads(lambda: gate.wait(60), TimeLimits(5, 5, load=0.3))
    with pytest.raises(WriterStalled):
        threads.load()
    assert threads.state().able is False


def test_closing_tells_who_waits_and_ends_the_threads(gate):
    threads = WritingThreads(str, TimeLimits(30, 30, 30))
    held = threads.stream(stuck(gate, "a"))
    next(held)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: list(threads.stream(say("b"))))
        assert eventually(lambda: threads.state().waiting == 1)
        threads.close()
        with pytest.raises(WriterStalled, match="closed"):
            waiting.result(10)
    (worker,) = threads._workers
    gate.set()
    worker.thread.join(10)
    assert not worker.thread.is_alive()
    with pytest.raises(WriterStalled, match="closed"):
        list(threads.stream(say("c")))


def test_several_threads_serve_at_once(gate):
    threads = WritingThreads(str, TimeLimits(5, 5, 5), at_once=3)
    held = [threads.stream(stuck(gate, "a")) for _ in range(2)]
    for stream in held:
        next(stream)
    assert list(threads.stream(say("b"))) == ["b"]
    assert threads.state().writing == 2


def courteous(gate, name, order):
    """Write ten pieces, each after the others were asked for theirs."""

    def work(model, stopped):
        gate.wait(10)
        for number in range(10):
            order.append(name)
            yield f"{name}{number}"
            yield ""

    return work


def test_a_thread_serves_several_by_turns(gate):
    order = []
    threads = WritingThreads(str, TimeLimits(10, 10, 10), together=2)
    with ThreadPoolExecutor(3) as pool:
        told = []
        for place, name in enumerate("abc"):
            work = courteous(gate, name, order)
            told.append(pool.submit(lambda one=work: list(threads.stream(one))))
            assert eventually(lambda n=place: sum(_counted(threads)) == n + 1)
        gate.set()
        said = [one.result(10) for one in told]
    assert said == [[f"{name}{number}" for number in range(10)] for name in "abc"]
    assert order[:4] in (list("aabb"), list("abab"), list("aaba"), list("abba"))
    assert "c" not in order[: order.index("b") + 9]  # two at most at the same time
    assert len(threads._workers) == 1


def _counted(threads):
    state = threads.state()
    return state.waiting, state.writing


def test_one_that_fails_or_leaves_does_not_hold_the_others(gate):
    threads = WritingThreads(str, TimeLimits(10, 10, 10), together=3)
    order = []

    def fails(model, stopped):
        yield "x"
        yield ""
        raise ValueError("broken")

    stays = threads.stream(courteous(gate, "a", order))
    gate.set()
    assert next(stays) == "a0"
    with pytest.raises(ValueError, match="broken"):
        list(threads.stream(fails))
    leaves = threads.stream(courteous(gate, "b", order))
    next(leaves)
    leaves.close()
    assert len(list(stays)) == 9
    assert eventually(lambda: threads.state().writing == 0)


def test_each_of_several_has_its_own_limit(gate):
    gate.set()
    threads = WritingThreads(str, TimeLimits(answer=0.6, pause=5, load=5), together=2)

    def endless(model, stopped):
        while True:
            time.sleep(0.01)
            yield "x"
            yield ""

    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(lambda: list(threads.stream(endless)))
        assert list(threads.stream(courteous(gate, "a", []))) == [f"a{at}" for at in range(10)]
        with pytest.raises(WriterStalled):
            long.result(10)


def test_a_stuck_one_takes_those_beside_it_along_and_the_next_is_served(gate):
    threads = WritingThreads(str, TimeLimits(answer=5, pause=0.4, load=5), together=2)

    def slow(model, stopped):
        while True:
            yield "a"
            yield ""
            time.sleep(0.02)

    beside = threads.stream(slow)
    next(beside)
    with pytest.raises(WriterStalled):
        list(threads.stream(stuck(gate, "b", "")))
    with pytest.raises(WriterStalled):
        list(beside)
    assert list(threads.stream(say("c"))) == ["c"]
    assert threads.state().stuck == 1


def test_a_writer_that_nobody_holds_ends_its_thread():
    from toy_finetune import base

    from medchat.answering.writer import LocalWriter

    writer = LocalWriter(base=str(base()), max_new_tokens=4)
    writer.warm_up()
    thread = writer.threads._workers[0].thread
    del writer
    gc.collect()
    thread.join(10)
    assert not thread.is_alive()


_LEAVES = """
import sys, time
from medchat.answering.writing_threads import TimeLimits, WritingThreads
from medchat.cli import startup


class Model:
    def __del__(self):
        time.sleep(0.5)
        print("freed", flush=True)


def work(model, stopped):
    yield "a"
    time.sleep(float(sys.argv[1]))  # beyond what any reader waits for


threads = WritingThreads(Model, TimeLimits(60, 60, 60))
stream = threads.stream(work)
next(stream)
del stream, threads  # as a command leaves them
from medchat.answering import writing_threads
print("ended", writing_threads.end_all(float(sys.argv[2])))
startup.end_threads(3) if sys.argv[3:] else sys.exit(3)
"""


def _leave(*arguments):
    command = [sys.executable, "-c", _LEAVES, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ)


def test_the_end_of_a_process_waits_for_a_thread_whose_owner_is_gone():
    done = _leave("0.5", "20")
    assert (done.returncode, done.stdout.split()) == (3, ["freed", "ended", "True"])


def test_a_process_ends_with_its_status_beside_a_thread_that_does_not_come_back():
    done = _leave("600", "0.2", "stuck")
    assert (done.returncode, done.stdout.split()) == (3, ["ended", "False"])
    assert "terminate" not in done.stderr
