"""Fetch web addresses into files, within limits, and only where the curator allows it.

    address -> scheme and host checked -> every hop resolved and checked -> file beside its origin

An address may lead, by a name or by a redirect, to machines that only this one can reach. So each
hop is resolved here, refused where it is not public, and the connection goes to the very address
that was checked. A private host is fetched only where the curator wrote its number (or localhost).
"""

import codecs
import datetime
import hashlib
import ipaddress
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import folders, origins

if TYPE_CHECKING:
    import httpx2

LARGEST = 64 * 1024 * 1024
"""Bytes of a page or file, unpacked."""

SECONDS = 60.0
"""Seconds that one address may take, redirects included."""

HOPS = 5
"""Redirects that are followed."""

FOLDER = "fetched"
"""The folder of a home in which fetched files are kept."""

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/+")
_ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "application/pdf": ".pdf",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "text/turtle": ".ttl",
    "application/n-triples": ".nt",
    "application/rdf+xml": ".rdf",
    "application/epub+zip": ".epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_TEXTS = {".html", ".xhtml", ".md", ".txt", ".csv", ".tsv"}
_REMEDY = "Open it in a browser, save the page, and add the file."


def find_paths(given: Iterable[str], home: Path, *, allow: bool) -> list[Path]:
    """Return paths as they are, and for each web address the file that was fetched from it.

    Raises KnowledgeError for an address where fetching is not allowed, or where it fails.
    """
    texts = [*given]
    for text in texts:
        address = _ADDRESS.match(text)
        if address and address[1].lower() not in ("http", "https"):
            raise KnowledgeError(
                f"{folders.show(text)} is an address of a kind that is not fetched.",
                where=folders.show(text),
                remedy="Download it and add the file; name a file of this machine by its path.",
            )
        if address and not allow:
            raise KnowledgeError(
                f"{folders.show(text)} is a web address, and nothing is fetched unasked.",
                where=folders.show(text),
                remedy="Download it and add the file, or pass --allow-fetch to have it fetched.",
            )
    return [fetch(text, home) if _ADDRESS.match(text) else Path(text) for text in texts]


def fetch(address: str, home: Path) -> Path:
    """Fetch a web address and return the file, which lies beside a note of its origin.

    Raises KnowledgeError where the address, or one that it leads to, is refused or fails.
    """
    import httpx2

    start = _normalise(address)
    named = (urlsplit(start).hostname or "").lower()
    deadline = time.monotonic() + SECONDS
    place = start
    with httpx2.Client(trust_env=False, follow_redirects=False) as client:
        # A server may send its headers byte by byte; none of the client's limits is on the whole.
        clock = threading.Timer(SECONDS, client.close)
        clock.start()
        try:
            for _ in range(HOPS + 1):
                answer = _ask(client, place, named, deadline)
                if isinstance(answer, _Answer):
                    return _keep(start, answer, home)
                place = _follow(place, answer)
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, RuntimeError) as error:
            if time.monotonic() > deadline:
                raise _refused(place, f"takes more than {SECONDS:.0f} seconds") from error
            why = str(error).strip().rstrip(".") or type(error).__name__
            raise _refused(place, f"cannot be fetched: {why}") from error
        finally:
            clock.cancel()
    raise _refused(address, f"redirects more than {HOPS} times")


def _normalise(address: str) -> str:
    """Return an address without fragment; raise KnowledgeError where it is none."""
    try:
        parts = urlsplit(address.strip())
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _refused(address, f"is no web address: {error}") from error
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise _refused(address, "is no web address: it names no host")
    if parts.username or parts.password:
        raise _refused(address, "holds a user name or password, which would be kept")
    return urlunsplit((parts.scheme.lower(), parts.netloc, parts.path or "/", parts.query, ""))


def _follow(place: str, location: str) -> str:
    target = _normalise(urljoin(place, location))
    if place.startswith("https:") and not target.startswith("https:"):
        raise _refused(place, "redirects from https to http")
    return target


class _Answer:
    """What a server sent: its type, and its bytes."""

    def __init__(self, kind: str, data: bytes) -> None:
        self.kind = kind
        self.data = data


def _ask(client: "httpx2.Client", place: str, named: str, deadline: float) -> "_Answer | str":
    """Return what is at an address, or to where it redirects."""
    parts = urlsplit(place)
    host = parts.hostname or ""
    number = _checked_number(host, parts.port or (443 if parts.scheme == "https" else 80), named)
    port = f":{parts.port}" if parts.port else ""
    pinned = f"[{number}]" if ":" in number else number
    left = deadline - time.monotonic()
    if left <= 0:
        raise _refused(place, f"takes more than {SECONDS:.0f} seconds")
    with client.stream(
        "GET",
        urlunsplit((parts.scheme, pinned + port, parts.path or "/", parts.query, "")),
        headers={"Host": parts.netloc, "User-Agent": "medchat", "Accept": "*/*"},
        extensions={"sni_hostname": host},
        timeout=min(15.0, left),
    ) as response:
        if response.status_code in (301, 302, 303, 307, 308):
            return response.headers.get("location", "")
        if response.status_code != 200:
            raise _refused(place, f"cannot be fetched: the server says {response.status_code}")
        pieces, size = [], 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > LARGEST:
                raise _refused(place, f"is larger than {LARGEST // 1024**2} MiB")
            if time.monotonic() > deadline:
                raise _refused(place, f"takes more than {SECONDS:.0f} seconds")
            pieces.append(piece)
        return _Answer(response.headers.get("content-type", ""), b"".join(pieces))


def _checked_number(host: str, port: int, named: str) -> str:
    """Return the number of a host; raise KnowledgeError where it is private and was not named."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _refused(host, "cannot be fetched: there is no such host") from error
    numbers = [str(each[4][0]).partition("%")[0] for each in found]
    named_private = host.lower() == named and (_is_number(host) or named == "localhost")
    for number in numbers:
        if not named_private and not is_public(number):
            raise KnowledgeError(
                f"{folders.show(host)} is a machine of a private network ({number}).",
                where=folders.show(host),
                remedy="Download it and add the file, or write the address with its number.",
            )
    return numbers[0]


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(number: str) -> bool:
    """Say whether a host's number is one of the public network.

    >>> is_public("93.184.215.14"), is_public("169.254.169.254"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    address = ipaddress.ip_address(number)
    inner = [address]
    if isinstance(address, ipaddress.IPv6Address):
        # Numbers that carry one of the older network within them lead there.
        carried = address.ipv4_mapped or address.sixtofour
        wide = int(address) >> 32
        if wide == int(ipaddress.ip_address("64:ff9b::")) >> 32:
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        inner += [carried] if carried else []
    return all(each.is_global and not each.is_multicast for each in inner)


def _keep(address: str, answer: _Answer, home: Path) -> Path:
    """Write a file under its address, in place of what was fetched from there before."""
    ending = _ending(address, answer)
    parts = urlsplit(address)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2]).removesuffix(ending)
    stem = re.sub(r"[^\w-]+", "-", last or (parts.hostname or "page")).strip("-")[:60] or "page"
    folder = home / FOLDER / hashlib.sha256(address.encode()).hexdigest()[:16]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / f"{stem}{ending}"
    path.write_bytes(_marked(answer, ending))
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    origins.keep(path, origins.Origin(address, today))
    return path


def _ending(address: str, answer: _Answer) -> str:
    """Return the extension of a file: what its type says, else that of its address."""
    own = Path(urlsplit(address).path).suffix.lower()
    said = _ENDINGS.get(answer.kind.partition(";")[0].strip().lower(), "")
    if said in ("", ".txt", ".xml", ".json") and re.fullmatch(r"\.\w{1,8}", own):
        return own  # servers send much of what they do not know as plain text
    return said or (".html" if answer.data.lstrip()[:1] == b"<" else "")


def _marked(answer: _Answer, ending: str) -> bytes:
    """Return a text in the encoding that the server states as UTF-8 with its mark."""
    said = _CHARSET.search(answer.kind)
    marks: Sequence[bytes] = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if said is None or ending not in _TEXTS or answer.data.startswith(tuple(marks)):
        return answer.data
    try:
        return answer.data.decode(said[1]).encode("utf-8-sig")
    except (LookupError, UnicodeError):
        return answer.data  # a wrong statement is common; the characters themselves decide


def _refused(address: str, why: str) -> KnowledgeError:
    return KnowledgeError(
        f"{folders.show(address)} {why}.", where=folders.show(address), remedy=_REMEDY
    )
