"""Build the web application with the chat on it, and run its server.

    settings -> service -> application (health, assets, chat) -> guarded -> uvicorn

Refused is what a browser should not do here: other hosts' names, other sites' requests, scripts
that we did not send.
"""

import secrets
import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from medchat.error_places import keep_words_out
from medchat.errors import MedchatError
from medchat.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from medchat.service import ChatService

CHAT = "/chat"

ALLOWED_PATHS = (
    f"{CHAT}/assets/",
    f"{CHAT}/static/",
    f"{CHAT}/theme.css",
    f"{CHAT}/gradio_api/cancel",
    f"{CHAT}/gradio_api/heartbeat/",
    f"{CHAT}/gradio_api/queue/",
    f"{CHAT}/gradio_api/reset",
    f"{CHAT}/gradio_api/run/predict",
)
"""What the page asks Gradio for. Uploads, files, proxies and the description of the endpoints are
not among it, and are not there."""

MOST_BYTES = 64 * 1024
"""A request's body has at most this many bytes; the longest question takes a quarter of it."""

_LOCAL = ("127.0.0.1", "localhost", "[::1]")
_TOO_LONG = b"The request is longer than 64 KiB, more than any question needs.\n"
_SAFE = ("GET", "HEAD", "OPTIONS")
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'self'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def create_app(
    settings: Settings, host: str | None = None, *, service: "ChatService | None" = None
) -> "FastAPI":
    """Build the application that is served on `host`, by default the settings' one.

    The chat opens in the background; `/health` tells when it is ready.
    """
    from fastapi import FastAPI
    from fastapi.middleware.cors import CORSMiddleware
    from fastapi.middleware.trustedhost import TrustedHostMiddleware

    from ui.app import mount

    opened = service or open_service(settings)
    application = FastAPI(title="medchat", docs_url=None, redoc_url=None, openapi_url=None)
    _add_routes(application, opened)
    mount(application, opened, CHAT, settings.home)

    # without one of our own, Gradio would answer any origin with its own CORS headers
    application.add_middleware(CORSMiddleware, allow_origins=[])
    application.add_middleware(Guard)
    names = list(allowed_hosts(host or settings.host))
    application.add_middleware(TrustedHostMiddleware, allowed_hosts=names, www_redirect=False)
    opened.warm_up()
    return application


def open_service(settings: Settings) -> "ChatService":
    """Open the database and return the service; the chat opens later, then with all it needs."""
    from medchat.chat import Chat, open_chat
    from medchat.service import ChatService
    from medchat.storage.database import open_engine
    from medchat.warming import keep_warm

    engine = open_engine(settings)

    def opened() -> Chat:
        chat = open_chat(settings, engine=engine)
        chat.warm_up()
        keep_warm(chat)
        return chat

    return ChatService(engine, settings.home, opened)


def serve(
    settings: Settings,
    host: str | None = None,
    port: int | None = None,
    *,
    announce: Callable[[str], None],
    allow_remote: bool = False,
) -> None:
    """Serve the chat until somebody ends it; `announce` is called with the address.

    Raises MedchatError where the port is in use, and where other machines could reach the address
    and `allow_remote` is not set.
    """
    address, number = host or settings.host, settings.port if port is None else port
    check_host(address, allow_remote=allow_remote)
    import uvicorn

    keep_words_out()
    with closing(_bind(address, number)) as taken:
        application = create_app(settings, address)
        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        announce(f"Medchat is at {_url(address, taken.getsockname()[1])} (Ctrl+C ends it).")
        uvicorn.Server(config).run(sockets=[taken])


def check_host(host: str, *, allow_remote: bool) -> None:
    """Refuse an address that other machines can reach, unless that is wanted.

    Raises MedchatError.
    """
    if allow_remote or _is_loopback(host):
        return
    raise MedchatError(
        "Other machines could reach this address, and medchat has no login of its own.",
        where=f"--host {host}",
        remedy="Add --allow-remote behind a proxy with TLS and a login, or use 127.0.0.1.",
    )


def allowed_hosts(host: str) -> Sequence[str]:
    """Return the host names under which a server bound to `host` may be asked.

    A page of another site that makes its own name point here is refused by this list.
    """
    if _is_loopback(host):
        return _LOCAL
    own = [socket.gethostname(), socket.getfqdn()]
    addresses = [f"[{name}]" if ":" in name else name for name in _addresses(own[0])]
    given = [] if host in ("0.0.0.0", "::") else [f"[{host}]" if ":" in host else host]
    return list(dict.fromkeys([*_LOCAL, *given, *own, *addresses]))


class Guard:
    """Refuses other sites' requests and what the page does not need; adds the security headers."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded_send = ResponseRewriter(send).send
        length = _header(scope, b"content-length")
        if length.isdecimal() and int(length) > MOST_BYTES:
            await _refuse(guarded_send, 413, _TOO_LONG)
        elif scope["method"] not in _SAFE and _is_foreign(scope):
            await _refuse(guarded_send, 403)
        elif _is_blocked(scope["path"]):
            await _refuse(guarded_send, 404)
        else:
            await self._counted(scope, receive, guarded_send)

    async def _counted(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on as long as its body, of whatever length it says, is not too long."""
        read, answered, cut = 0, False, False

        async def counting_receive() -> "Message":
            nonlocal read, cut
            message = await receive()
            read += len(message.get("body", b""))
            if read > MOST_BYTES:
                cut = True
                return {"type": "http.disconnect"}
            return message

        async def noting_send(message: "Message") -> None:
            nonlocal answered
            if cut and not answered:
                return  # what the application says of a body that ended is not the reason
            answered = True
            await send(message)

        try:
            await self._app(scope, counting_receive, noting_send)
        except Exception:
            if not cut:
                raise
        if cut and not answered:
            await _refuse(send, 413, _TOO_LONG)


class ResponseRewriter:
    """Sends one response on with its headers; a page is held back until it is whole."""

    def __init__(self, send: "Send") -> None:
        self._send = send
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: "Message") -> None:
        """Send a part of the response."""
        if message["type"] == "http.response.start":
            message = {**message, "headers": self._guarded(message["headers"])}
            if _is_page(message["headers"]):
                self._start = message
                return
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_page(self._start)
            return
        await self._send(message)

    async def _send_page(self, start: "Message") -> None:
        from ui.theme import dress

        page = dress(self._body.decode("utf-8"), self._nonce).encode("utf-8")
        kept = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        length = (b"content-length", str(len(page)).encode())
        await self._send({**start, "headers": [*kept, length, (b"cache-control", b"no-store")]})
        await self._send({"type": "http.response.body", "body": page})

    def _guarded(self, headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        ours = {**_HEADERS, "content-security-policy": _POLICY.format(nonce=self._nonce)}
        names = {name.encode() for name in ours}
        kept = [pair for pair in headers if pair[0].lower() not in names]
        return [*kept, *((name.encode(), value.encode()) for name, value in ours.items())]


def _add_routes(application: "FastAPI", service: "ChatService") -> None:
    from fastapi import HTTPException, Request, Response
    from fastapi.responses import RedirectResponse

    from ui import theme

    @application.get("/", include_in_schema=False)
    def begin(request: Request) -> RedirectResponse:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{CHAT}/{query}", status_code=307)

    @application.get("/health")
    def health(response: Response) -> dict[str, object]:
        state = service.state()
        if not state.writer.able:
            response.status_code = 503
        return {
            "ready": state.ready,
            "generation": state.generation,
            "adapter": state.adapter,
            "answering": state.answering,
            "waiting": state.writer.waiting,
            "stuck": state.writer.stuck,
        }

    @application.get("/assets/{name}")
    def asset(name: str) -> Response:
        if name not in theme.ASSETS:
            raise HTTPException(404)
        kept = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(theme.asset(name), media_type=theme.ASSETS[name], headers=kept)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        raise MedchatError(
            f"The server cannot listen there: {(error.strerror or str(error)).lower()}.",
            where=f"{host}:{port}",
            remedy="Name another port with --port, or end what uses this one.",
        ) from error
    return taken


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _addresses(name: str) -> list[str]:
    try:
        return sorted({str(found[4][0]) for found in socket.getaddrinfo(name, None)})
    except OSError:
        return []


def _header(scope: "Scope", name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _is_foreign(scope: "Scope") -> bool:
    """Say whether another site's page sends this request; what is no browser names no origin."""
    origin = _header(scope, b"origin")
    return bool(origin) and urlsplit(origin).netloc != _header(scope, b"host")


def _is_page(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    held = {name.lower(): value for name, value in headers}
    return held.get(b"content-type", b"").startswith(b"text/html") and not held.get(
        b"content-encoding"
    )


def _is_blocked(path: str) -> bool:
    return path.startswith(f"{CHAT}/") and path != f"{CHAT}/" and not path.startswith(ALLOWED_PATHS)


async def _refuse(send: "Send", status: int, words: bytes = b"") -> None:
    headers = [(b"content-length", str(len(words)).encode())]
    if words:
        headers += [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})
