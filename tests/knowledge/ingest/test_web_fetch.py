"""Web addresses against a real server: fetched where allowed, within limits, never a way inside."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.graph.catalog import CatalogBase, connect
from knowledge.ingest import updates, web_fetch
from knowledge.ingest.sources import detect, reading
from knowledge.records import DocumentRecord, ReadReport

PAGE = "<html><body><h1>Kappazine guide</h1><p>Give {dose} µg per kg.</p></body></html>"


class Site:
    """A server of pages: path -> status, headers, body."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.hosts: list[str] = []
        self.slow = ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.hosts.append(self.headers["Host"])
                if site.slow and self.path == site.slow:
                    self.trickle()
                    return
                status, headers, body = site.pages.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def trickle(self) -> None:
                try:
                    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 300:
                        self.wfile.write(bytes([byte]))
                        time.sleep(0.05)
                except OSError:
                    pass

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def put(self, path: str, body: bytes, kind: str = "text/html; charset=utf-8") -> str:
        self.pages[path] = (200, {"Content-Type": kind}, body)
        return self.url + path

    def lead(self, path: str, to: str) -> str:
        self.pages[path] = (302, {"Location": to}, b"")
        return self.url + path


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def read(path: Path) -> DocumentRecord:
    (record,) = reading.read(path, detect.detect_format(path), ReadReport())
    assert isinstance(record, DocumentRecord)
    return record


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a.html", "http://example.org", "HTTPS://Example.org/", "https:/e.org/x"],
)
def test_an_address_is_not_fetched_unasked(tmp_path: Path, address: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        web_fetch.find_paths([address], tmp_path, allow=False)
    assert address in caught.value.what and "web address" in caught.value.what
    assert "Download it" in caught.value.remedy and "--allow-fetch" in caught.value.remedy
    assert caught.value.status == 2


@pytest.mark.parametrize("address", ["ftp://example.org/a.xml", "file:///etc/passwd", "s3://b/k"])
def test_other_kinds_of_address_are_refused_even_then(tmp_path: Path, address: str) -> None:
    with pytest.raises(KnowledgeError, match="kind that is not fetched"):
        web_fetch.find_paths([address], tmp_path, allow=True)


def test_paths_stay_as_they_are(tmp_path: Path) -> None:
    given = ["notes/a b.md", "-x.md", "https.md"]
    assert web_fetch.find_paths(given, tmp_path, allow=False) == [Path(each) for each in given]


def test_a_page_is_known_by_its_address_and_replaced_by_a_later_fetch(
    tmp_path: Path, site: Site
) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'medchat.db'}")
    CatalogBase.metadata.create_all(engine)
    address = site.put("/guides/kappazine.html", PAGE.format(dose=5).encode())
    (path,) = web_fetch.find_paths([address + "#dose"], tmp_path, allow=True)
    record = read(path)
    assert record.key == f"web:127.0.0.1:{site.port}/guides/kappazine.html" or (
        record.key.startswith("web:127.0.0.1:")
    )
    assert f"url:{address}" in record.identifiers
    assert any(each.startswith("fetched:20") for each in record.identifiers)
    assert updates.add(engine, tmp_path, [path]).documents == 1
    site.put("/guides/kappazine.html", PAGE.format(dose=7).encode())
    again = web_fetch.fetch(address, tmp_path)
    assert again == path and read(again).key == record.key
    assert updates.add(engine, tmp_path, [again]).documents == 1
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT text, until FROM documents ORDER BY since").all()
    assert ["5 µg" in rows[0][0], "7 µg" in rows[1][0]] == [True, True]
    assert rows[0][1] is not None and rows[1][1] is None


@pytest.mark.parametrize(
    ("kind", "text", "encoding"),
    [
        ("text/html; charset=gb2312", "每日五十毫克。", "gb2312"),
        ("text/html; charset=big5", "每日五十毫克。", "big5"),
        ('text/html; charset="windows-1252"', "Give 5 µg per kg – Sjögren.", "cp1252"),
        ("text/html; charset=utf-8", "Give 5 µg per kg.", "utf-8"),
    ],
)
def test_the_encoding_that_a_server_states_is_that_of_the_page(
    tmp_path: Path, site: Site, kind: str, text: str, encoding: str
) -> None:
    body = f"<html><head><meta charset='iso-8859-5'></head><body><p>{text}</p></body></html>"
    address = site.put("/a", body.encode(encoding), kind)
    assert read(web_fetch.fetch(address, tmp_path)).sections[0].text == text


@pytest.mark.parametrize(
    ("path", "kind", "body", "format"),
    [
        ("/export", "text/plain", b"Gout\n\nColchicine eases gout.\n", "text"),
        ("/a.nbib", "text/plain", b"PMID- 3\nTI  - Gout.\nAB  - Colchicine.\n", "nbib"),
        ("/note.md", "application/octet-stream", b"# Gout\n\nColchicine eases gout.\n", "markdown"),
        ("/page", "", b"<html><body><p>Gout hurts.</p></body></html>", "html"),
    ],
)
def test_what_it_is_follows_from_type_name_and_content(
    tmp_path: Path, site: Site, path: str, kind: str, body: bytes, format: str
) -> None:
    fetched = web_fetch.fetch(site.put(path, body, kind), tmp_path)
    assert detect.detect_format(fetched) == format


def test_a_document_with_a_key_of_its_own_keeps_it(tmp_path: Path, site: Site) -> None:
    address = site.put("/a.nbib", b"PMID- 3\nTI  - Gout.\nAB  - Colchicine.\n", "text/plain")
    assert read(web_fetch.fetch(address, tmp_path)).key == "pmid:3"


def test_redirects_are_followed_and_not_for_ever(tmp_path: Path, site: Site) -> None:
    site.put("/there", PAGE.format(dose=5).encode())
    address = site.lead("/here", "/there")
    assert f"url:{address}" in read(web_fetch.fetch(address, tmp_path)).identifiers
    with pytest.raises(KnowledgeError, match="redirects more than 5 times"):
        web_fetch.fetch(site.lead("/round", "/round"), tmp_path)


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:192.168.1.1]/",
        "http://2130706433/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
    ],
)
def test_a_redirect_never_leads_inside(tmp_path: Path, site: Site, target: str) -> None:
    with pytest.raises(KnowledgeError, match="private network|no web address|no such host"):
        web_fetch.fetch(site.lead("/away", target), tmp_path)


def names_of(site: Site, monkeypatch: pytest.MonkeyPatch, number: str) -> str:
    """Let a host's name stand for a number; return an address with it."""
    there = socket.getaddrinfo

    def look_up(host: str, *args: object, **kwargs: object) -> object:
        return there(number if host == "guide.example" else host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return f"http://guide.example:{site.port}"


@pytest.mark.parametrize("number", ["127.0.0.1", "10.1.2.3", "169.254.1.1", "fe80::1", "0.0.0.0"])
def test_a_name_that_stands_for_a_private_machine_is_refused(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    address = names_of(site, monkeypatch, number)
    with pytest.raises(KnowledgeError, match="guide.example is a machine of a private network"):
        web_fetch.fetch(address, tmp_path)
    assert site.hosts == []


def test_the_connection_goes_to_the_number_that_was_checked(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = names_of(site, monkeypatch, "127.0.0.1")
    monkeypatch.setattr(web_fetch, "is_public", lambda number: True)
    site.put("/a.html", PAGE.format(dose=5).encode())
    record = read(web_fetch.fetch(f"{address}/a.html", tmp_path))
    assert site.hosts == [f"guide.example:{site.port}"]
    assert f"url:{address}/a.html" in record.identifiers


def test_limits_of_size_and_time_hold(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_fetch, "LARGEST", 1024 * 1024)
    with pytest.raises(KnowledgeError, match="larger than 1 MiB"):
        web_fetch.fetch(site.put("/big", b"x" * 1_100_000), tmp_path)
    monkeypatch.setattr(web_fetch, "SECONDS", 0.5)
    site.slow = "/slow"
    began = time.monotonic()
    with pytest.raises(KnowledgeError, match="takes more than"):
        web_fetch.fetch(site.url + "/slow", tmp_path)
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:1/", "cannot be fetched"),
        ("http://user:secret@example.org/", "user name or password"),
        ("http://nosuchhost.invalid/", "no such host"),
        ("http:///a", "names no host"),
        ("http://[bad/", "no web address"),
    ],
)
def test_what_fails_is_one_sentence(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(KnowledgeError, match=said) as caught:
        web_fetch.fetch(address, tmp_path)
    assert "add the file" in caught.value.remedy


def test_a_page_that_is_not_there_is_told(tmp_path: Path, site: Site) -> None:
    with pytest.raises(KnowledgeError, match="the server says 404"):
        web_fetch.fetch(site.url + "/none", tmp_path)
