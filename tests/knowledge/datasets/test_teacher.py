"""Teacher: a real server on loopback rewords answers; what it breaks stays as it was."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from toy_lessons import opened

from knowledge.datasets.teacher import REWORDED, UNASKED
from knowledge.datasets.teacher_server import TeacherOptions
from knowledge.errors import KnowledgeError
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import check

STYLES = ("chatdoctor", "huatuo", "grounded")
FILES = ("train.jsonl", "validation.jsonl")


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module")
def plain(graph, tmp_path_factory):
    """Give the rows of a build without a teacher, by their ids."""
    folder = tmp_path_factory.mktemp("plain") / "data"
    build.build(*graph, folder, BuildOptions(limit=30, styles=STYLES))
    return {row["id"]: row for row in rows_of(folder)}


class School:
    """A server whose answers a test decides; it counts what it was asked."""

    def __init__(self):
        self.answer = lambda said: (200, json.dumps(said))
        self.requests = []
        school = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                school.requests.append((self.path, dict(self.headers), body))
                status, text = school.answer(json.loads(body["messages"][1]["content"]))
                reply = {"choices": [{"message": {"role": "assistant", "content": text}}]}
                reply["usage"] = {"total_tokens": 10}
                data = json.dumps(reply).encode() if status == 200 else b"no"
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:  # whoever asked has hung up
                    pass

            def log_message(self, *about):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def school():
    school = School()
    yield school
    school.close()


def taught(graph, school, folder, name="data", limit=30, **about):
    about = {"wait": 0.01, "timeout": 5.0, **about}
    teacher = TeacherOptions(school.url, "toy", folder / "cache.db", **about)
    options = BuildOptions(limit=limit, styles=STYLES, teacher=teacher)
    report = build.build(*graph, folder / name, options)
    written = json.loads((folder / name / "report.json").read_text(encoding="utf-8"))
    return report, written["teacher"]


def rows_of(folder):
    return [
        json.loads(line)
        for name in FILES
        for line in (folder / name).read_text(encoding="utf-8").splitlines()
    ]


def opening(said):
    """Put words before the first sentence that claim nothing."""
    first = said[0]
    chinese = not first.isascii() and any("\u4e00" <= sign <= "\u9fff" for sign in first)
    return ["一般来说，" + first if chinese else "In short: " + first, *said[1:]]


def test_what_is_worded_anew_and_proves_is_taken(graph, school, tmp_path):
    school.answer = lambda said: (200, f"```json\n{json.dumps(opening(said))}\n```")
    report, counts = taught(graph, school, tmp_path, key="secret")
    assert counts[REWORDED] > 10 and report.rows == 30
    assert check(*graph, tmp_path / "data").proven == 30
    new = [row for row in rows_of(tmp_path / "data") if "teacher" in row["meta"]]
    assert len(new) >= 10
    for row in new:
        assert row["messages"][-1]["content"].startswith(("一般来说，", "In short: "))
        assert row["meta"]["teacher"] == "toy"
    assert len({row["id"] for row in rows_of(tmp_path / "data")}) == 30
    path, headers, body = school.requests[0]
    assert path == "/v1/chat/completions" and headers["Authorization"] == "Bearer secret"
    assert body["model"] == "toy"
    card = (tmp_path / "data/CARD.md").read_text(encoding="utf-8")
    assert "A language model then reworded answers" in card and f"| {REWORDED} |" in card


def test_rows_that_cite_or_decline_are_not_asked_about(graph, school, tmp_path):
    _, counts = taught(graph, school, tmp_path)
    assert counts[UNASKED] > 5
    assert not [body for _, _, body in school.requests if "[1]" in body["messages"][1]["content"]]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda said: (200, "I would rather talk about the weather."), "no list of sentences"),
        (lambda said: (200, json.dumps({"sentences": said})[:-9]), "list of sentences"),
        (lambda said: (200, json.dumps([*said, "Take warfarin too."])), "number of sentences"),
        (lambda said: (200, json.dumps([f"{said[0]} So it is.", *said[1:]])), "of sentences"),
        (lambda said: (200, json.dumps([f"Warfarin: {said[0]}", *said[1:]])), "not proven"),
        (lambda said: (200, json.dumps([f"禁用：{each}" for each in said])), "not proven"),
        (lambda said: (200, json.dumps(["As a language model: " + said[0], *said[1:]])), "leakage"),
        (lambda said: (200, json.dumps(said)), "nothing was changed"),
        (lambda said: (200, ""), "no list of sentences"),
    ],
)
def test_nonsense_is_counted_and_leaves_rows_as_they_were(
    graph, plain, school, tmp_path, answer, why
):
    school.answer = answer
    report, counts = taught(graph, school, tmp_path)
    assert any(why in reason for reason in counts)
    assert sum(counts.values()) >= report.rows == 30
    for row in rows_of(tmp_path / "data"):
        assert "teacher" in row["meta"] or row == plain[row["id"]]
    assert check(*graph, tmp_path / "data").proven == 30


def test_a_passing_failure_is_tried_again(graph, school, tmp_path):
    tries = {}

    def answer(said):
        key = json.dumps(said)
        tries[key] = tries.get(key, 0) + 1
        return (503, "") if tries[key] < 3 else (200, json.dumps(opening(said)))

    school.answer = answer
    _, counts = taught(graph, school, tmp_path)
    assert counts[REWORDED] > 10
    assert set(tries.values()) == {3}


def test_a_repeated_run_asks_nothing_and_gives_the_same_bytes(graph, school, tmp_path):
    school.answer = lambda said: (200, json.dumps(opening(said)))
    taught(graph, school, tmp_path, "one")
    asked = len(school.requests)
    taught(graph, school, tmp_path, "two")
    assert asked > 10 and len(school.requests) == asked
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_run_that_ends_half_way_goes_on(graph, school, tmp_path):
    seen = []

    def answer(said):
        seen.append(said)
        return (200, json.dumps(opening(said))) if len(seen) <= 12 else (401, "")

    school.answer = answer
    with pytest.raises(KnowledgeError, match="failed .* times in a row"):
        taught(graph, school, tmp_path, limit=200, parallel=1)
    assert not (tmp_path / "data").exists()
    before = len(school.requests)
    school.answer = lambda said: (200, json.dumps(opening(said)))
    _, counts = taught(graph, school, tmp_path, limit=200)
    assert counts[REWORDED] > 12
    asked_again = {json.dumps(body["messages"]) for _, _, body in school.requests[before:]}
    told = {json.dumps(body["messages"]) for _, _, body in school.requests[:12]}
    assert not told & asked_again


def test_a_dead_server_ends_the_run_with_a_sentence(graph, school, tmp_path):
    school.close()
    began = time.monotonic()
    with pytest.raises(KnowledgeError, match="failed .* times in a row") as caught:
        taught(graph, school, tmp_path, limit=200)
    assert caught.value.where == "--teacher" and caught.value.remedy
    assert time.monotonic() - began < 60
    assert not (tmp_path / "data").exists()


def test_a_slow_server_is_given_up_on_in_time(graph, school, tmp_path):
    def answer(said):
        time.sleep(1.0)
        return 200, json.dumps(said)

    school.answer = answer
    with pytest.raises(KnowledgeError, match="failed .* times in a row"):
        taught(graph, school, tmp_path, timeout=0.05, parallel=16)


def test_requests_go_out_side_by_side(graph, school, tmp_path):
    inside, most = [], []

    def answer(said):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        inside.pop()
        return 200, json.dumps(opening(said))

    school.answer = answer
    taught(graph, school, tmp_path, limit=60, parallel=6)
    assert 3 <= max(most) <= 6


@pytest.mark.parametrize(
    ("url", "model", "where"),
    [
        ("ftp://x/v1", "toy", "--teacher"),
        ("nonsense", "toy", "--teacher"),
        ("http://127.0.0.1:1/v1", "", "--teacher-model"),
    ],
)
def test_wrong_addresses_are_refused(url, model, where, tmp_path):
    with pytest.raises(KnowledgeError) as caught:
        TeacherOptions(url, model, tmp_path / "replies.db")
    assert caught.value.where == where


def test_the_key_stays_out_of_what_is_printed(tmp_path):
    options = TeacherOptions("http://127.0.0.1:1/v1", "toy", tmp_path / "replies.db", key="secret")
    assert "secret" not in repr(options)
