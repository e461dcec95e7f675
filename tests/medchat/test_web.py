"""The web application: what it answers, what it refuses, and which headers everything has."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from toy_chat import Served, serve_toy

from medchat.chat import Event, Status
from medchat.errors import MedchatError
from medchat.settings import load
from medchat.web import MOST_BYTES, allowed_hosts, check_host, serve

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve_toy(tmp_path_factory.mktemp("web")) as served:
        yield served


def test_health_tells_what_is_in_force(toy: Served) -> None:
    told = httpx.get(f"{toy.url}/health").json()
    assert told == {
        "ready": True, "generation": 1, "adapter": "mini-2", "answering": 0, "waiting": 0,
        "stuck": 0,
    }  # fmt: skip


def test_the_root_leads_to_the_chat_and_keeps_the_address(toy: Served) -> None:
    answer = httpx.get(f"{toy.url}/?c=abc&lang=zh")
    assert (answer.status_code, answer.headers["location"]) == (307, "/chat/?c=abc&lang=zh")


@pytest.mark.parametrize("path", ["/", "/health", "/chat/", "/assets/chat.js", "/nothing"])
def test_everything_carries_the_security_headers(toy: Served, path: str) -> None:
    headers = httpx.get(toy.url + path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    scripts = re.search("script-src ([^;]*)", policy)
    assert scripts and "unsafe" not in scripts[1]


def test_a_page_runs_our_scripts_alone_and_each_time_by_another_number(toy: Served) -> None:
    numbers = set()
    for _ in range(2):
        answer = httpx.get(f"{toy.url}/chat/")
        found = re.search("'nonce-([^']+)'", answer.headers["content-security-policy"])
        assert found
        numbers.add(found[1])
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert len(scripts) >= 5
        assert all(f'nonce="{found[1]}"' in script for script in scripts)
        assert answer.headers["cache-control"] == "no-store"
    assert len(numbers) == 2


def test_the_page_names_no_other_place(toy: Served) -> None:
    page = httpx.get(f"{toy.url}/chat/").text
    head = page[: page.index("window.gradio_config")] + page[page.rindex("</script>") :]
    assert re.findall(r'(?:src|href|content)="(?:https?:)?//[^"]*', head) == []
    theme = httpx.get(f"{toy.url}/chat/theme.css").text
    assert re.findall(r"@import|@font-face|url\(.?(?!.?data:)", theme) == []


@pytest.mark.parametrize(
    "path",
    ["/docs", "/redoc", "/openapi.json", "/chat/docs", "/chat/openapi.json", "/chat/monitoring",
     "/chat/config", "/chat/login", "/chat/gradio_api/info", "/chat/gradio_api/upload",
     "/chat/gradio_api/openapi.json", "/chat/gradio_api/proxy=http://127.0.0.1/",
     "/chat/gradio_api/component_server", "/chat/assets/../config", "/chat/assets/..%2fconfig",
     "/assets/app.py", "/assets/..%2fapp.py", "/assets/text%2fen.yaml"],
)  # fmt: skip
def test_what_nobody_needs_is_not_there(toy: Served, path: str) -> None:
    assert httpx.get(toy.url + path, follow_redirects=True).status_code in {401, 403, 404}


@pytest.mark.parametrize("name", ["medchat.db", "knowledge/CURRENT", "medchat.toml"])
@pytest.mark.parametrize(
    "route", ["/chat/gradio_api/file=", "/chat/file=", "/chat/static/", "/chat/assets/"]
)
def test_no_file_of_the_home_can_be_read(toy: Served, route: str, name: str) -> None:
    (toy.home / "medchat.toml").write_text("")
    for path in (toy.home / name, f"../../../../../../{toy.home / name}", f"..%2f..%2f{name}"):
        answer = httpx.get(f"{toy.url}{route}{path}", follow_redirects=True)
        assert answer.status_code in {400, 403, 404, 405}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
def test_another_name_for_this_server_is_refused(toy: Served, host: str) -> None:
    for path in ("/health", "/chat/", "/chat/theme.css"):
        assert httpx.get(toy.url + path, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_another_site_can_neither_read_nor_send(toy: Served, origin: str) -> None:
    headers = {"origin": origin}
    read = httpx.get(f"{toy.url}/chat/theme.css", headers=headers)
    assert "access-control-allow-origin" not in read.headers
    sent = httpx.post(f"{toy.url}/chat/gradio_api/queue/join", headers=headers, json={})
    assert sent.status_code == 403
    asked = {**headers, "access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in httpx.options(
        f"{toy.url}/chat/gradio_api/queue/join", headers=asked
    ).headers  # fmt: skip


def test_the_page_may_send_to_its_own_server(toy: Served) -> None:
    sent = httpx.post(f"{toy.url}/chat/gradio_api/queue/join", headers={"origin": toy.url}, json={})
    assert sent.status_code != 403


@pytest.mark.parametrize(
    ("host", "known", "unknown"),
    [
        ("127.0.0.1", "localhost", "0.0.0.0"),
        ("localhost", "127.0.0.1", socket.gethostname()),
        ("0.0.0.0", socket.gethostname(), "0.0.0.0"),
        ("ward.example", "ward.example", "evil.example"),
    ],
)
def test_the_names_of_a_server(host: str, known: str, unknown: str) -> None:
    names = allowed_hosts(host)
    assert known in names
    assert unknown not in names
    assert "*" not in names


def test_a_port_in_use_is_one_sentence(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(MedchatError) as raised:
            serve(load(), "127.0.0.1", port, announce=pytest.fail)
    assert raised.value.status == 2
    assert raised.value.where == f"127.0.0.1:{port}"
    assert "--port" in raised.value.remedy


def test_the_door_is_light_until_somebody_serves() -> None:
    code = "import sys, medchat.web; print(' '.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CHECKOUT,
        env={**os.environ},
    ).stdout.split()  # fmt: skip
    assert {"gradio", "fastapi", "torch", "uvicorn"}.isdisjoint(loaded)


def test_health_fails_while_the_model_does_not_come_back(home: Path) -> None:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from medchat.answering.answer import Model
    from medchat.answering.writer import Writer
    from medchat.answering.writing_threads import TimeLimits, WritingThreads
    from medchat.errors import WriterStalled
    from medchat.service import ChatService
    from medchat.storage.database import open_engine
    from medchat.web import _add_routes

    class Opened:
        writer = Writer(None, Model("mini"), threads=WritingThreads(str, TimeLimits(5, 0.2, 5)))

        def stream(
            self, question: str, conversation: str | None = None, *, card: object = None
        ) -> Iterator[Event]:
            yield Status(question)

    gate = threading.Event()

    def stuck(model: str, stopped: Callable[[], bool]) -> Iterator[str]:
        yield "a"
        gate.wait(60)

    engine = open_engine(load())
    service = ChatService(engine, home, Opened)
    list(service.ask("What causes gout?"))
    application = FastAPI()
    _add_routes(application, service)
    client = TestClient(application)
    assert client.get("/health").status_code == 200
    threads = Opened.writer.threads
    assert threads is not None
    with pytest.raises(WriterStalled):
        list(threads.stream(stuck))
    told = client.get("/health")
    assert (told.status_code, told.json()["ready"], told.json()["stuck"]) == (503, False, 1)
    assert list(threads.stream(lambda model, stopped: iter("b"))) == ["b"]
    assert client.get("/health").status_code == 200
    gate.set()
    engine.dispose()


@pytest.mark.parametrize("path", ["/chat/gradio_api/queue/join", "/chat/gradio_api/run/predict"])
@pytest.mark.parametrize("told", [True, False])
def test_a_body_longer_than_any_question_is_refused(toy: Served, path: str, told: bool) -> None:
    body = b'{"data": ["' + b"x" * MOST_BYTES + b'"]}'
    content = body if told else iter([body[:1000], body[1000:]])
    answer = httpx.post(toy.url + path, content=content, headers={"origin": toy.url})
    assert answer.status_code == 413
    assert answer.text == "The request is longer than 64 KiB, more than any question needs.\n"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_long_body_is_refused_before_it_is_sent(toy: Served) -> None:
    where = urlsplit(toy.url)
    head = (
        f"POST /chat/gradio_api/queue/join HTTP/1.1\r\nHost: {where.netloc}\r\n"
        "Content-Type: application/json\r\nContent-Length: 9000000000\r\n\r\n"
    )
    with socket.create_connection((str(where.hostname), int(where.port or 0)), 10) as sent:
        sent.sendall(head.encode())
        assert sent.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "ward.example", ""])
def test_an_address_that_others_can_reach_needs_a_flag(home: Path, host: str) -> None:
    with pytest.raises(MedchatError) as raised:
        check_host(host, allow_remote=False)
    assert raised.value.status == 2
    assert "--allow-remote" in raised.value.remedy
    check_host(host, allow_remote=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_needs_no_flag(host: str) -> None:
    check_host(host, allow_remote=False)


@pytest.mark.parametrize("given", [["--host", "0.0.0.0"], []])
def test_the_command_refuses_before_it_prepares_anything(home: Path, given: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "medchat.cli", "serve", "--port", "0", *given],
        capture_output=True, text=True, check=False, timeout=60, cwd=CHECKOUT,
        env={**os.environ, **({} if given else {"MEDCHAT_HOST": "0.0.0.0"})},
    )  # fmt: skip
    assert ran.returncode == 2
    assert "--allow-remote" in ran.stderr and "Traceback" not in ran.stderr
    assert not home.exists()
