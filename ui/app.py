"""Build the web chat in Gradio: lay out components and wire events to a page; never launch it.

    service -> Page -> components + events -> Blocks -> mounted on somebody's application

What an event does is in `ui.page`; how it looks, in `chat.css`.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from medchat.service import ChatService
from ui.page import Page, Parts
from ui.session import MAX_QUESTION, Session
from ui.text import LANGUAGES, page_text
from ui.theme import theme

if TYPE_CHECKING:
    from gradio import Blocks
    from gradio.components import Component

AT_ONCE = 2
"""Questions that are answered at the same time; more wait in the queue and see that they do."""

WAITING = 32
"""Events that may wait; whoever comes after is told that it is full."""

ANSWERED = ("transcript", "live", "ask", "stop", "history", "place")
"""The parts that an answer changes."""

Outputs = dict[object, object]


def mount(application: object, service: ChatService, path: str, home: Path) -> None:
    """Mount the chat on a FastAPI application; nothing of the home is ever served as a file.

    The application must answer `/assets/` and pass pages through `ui.theme.dress`.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_TEMP_DIR"] = str(home / "cache" / "page")
    import gradio as gr

    closed = {"openapi_url": None, "docs_url": None, "redoc_url": None}
    gr.mount_gradio_app(
        cast(Any, application),
        build(service),
        path=path,
        theme=theme(),
        app_kwargs=closed,
        footer_links=[],
        run_history=False,  # it would keep questions in the browser
        allowed_paths=[],
        blocked_paths=[str(home)],
        max_file_size="1kb",
        show_error=False,
        ssr_mode=False,
        pwa=False,
        enable_monitoring=False,
        mcp_server=False,
    )


def build(service: ChatService) -> "Blocks":
    """Build the page; importing Gradio takes seconds, so it happens here."""
    import gradio as gr

    blocks: Blocks = gr.Blocks(
        title=page_text("en")("page"), fill_width=True, analytics_enabled=False
    )
    with blocks:
        session = gr.State(Session())
        parts = _layout()
        _wire(blocks, parts, session, Page(service))
    blocks.queue(max_size=WAITING, default_concurrency_limit=8, api_open=False)
    return blocks


def _layout() -> dict[str, "Component"]:
    """Lay the parts out; the language of their words is set when a page loads."""
    import gradio as gr

    def text(name: str) -> gr.Markdown:
        return gr.Markdown(elem_id=name, sanitize_html=True, latex_delimiters=[], container=False)

    parts: dict[str, Component] = {}
    with gr.Row(elem_id="medchat"):
        with gr.Column(elem_id="side"):
            parts["brand"] = text("brand")
            parts["new"] = gr.Button(elem_id="new", size="md")
            parts["search"] = gr.Textbox(elem_id="search", show_label=False, max_length=200)
            parts["history"] = text("history")
            parts["base"] = text("base")
            parts["language"] = gr.Radio(
                [(name, id) for id, name in LANGUAGES.items()],
                elem_id="language",
                show_label=False,
                container=False,
            )
        with gr.Column(elem_id="main"):
            parts["top"] = text("top")
            with gr.Column(elem_id="reading"):
                parts["transcript"] = text("transcript")
                parts["live"] = text("live")
            with gr.Column(elem_id="composer"):
                with gr.Row(elem_id="asking"):
                    parts["box"] = gr.Textbox(
                        elem_id="box",
                        show_label=False,
                        lines=1,
                        max_lines=8,
                        max_length=MAX_QUESTION,
                        container=False,
                    )
                    parts["ask"] = gr.Button(elem_id="ask", variant="primary")
                    parts["stop"] = gr.Button(elem_id="stop", visible=False)
                parts["keys"] = text("keys")
                parts["card"] = text("card")
                parts["foot"] = text("foot")
        with gr.Column(elem_id="evidence"):
            parts["panel"] = text("panel")
    with gr.Column(elem_id="offstage"):
        parts["place"] = text("place-holder")
        parts["signal"] = gr.Textbox(elem_id="signal", show_label=False)
        parts["tell"] = gr.Button(elem_id="tell")
    return parts


def _wire(
    blocks: "Blocks", parts: Mapping[str, "Component"], session: "Component", page: Page
) -> None:
    import gradio as gr

    at = cast(Mapping[str, Any], parts)  # events are attributes that no type of Gradio's declares

    def outputs(changed: Parts) -> Outputs:
        return {
            parts[name]: value if isinstance(value, str) else gr.update(**dict[str, Any](value))
            for name, value in changed.items()
        }

    def simple(act: Callable[..., Parts]) -> Callable[..., Outputs]:
        return lambda *given: outputs(act(*given))

    def load(held: Session, request: gr.Request) -> Outputs:
        accepted = request.headers.get("accept-language", "")
        return outputs(page.load(held, request.query_params, accepted))

    def answer(held: Session) -> Iterator[Outputs]:
        for changed in page.answer(held):
            yield outputs(changed)

    hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    every = {"outputs": set(parts.values()), **hidden}
    quick = {"queue": False, **every}
    # pictures of a draft come many times a second, so they name the few parts that can change
    told = {"outputs": {parts[name] for name in ANSWERED}, **hidden}
    box, search, signal, language = at["box"], at["search"], at["signal"], at["language"]

    blocks.load(load, [session], **quick)
    begun = gr.on([box.submit, at["ask"].click], simple(page.begin), [session, box], **quick)
    begun.then(
        answer,
        [session],
        concurrency_limit=AT_ONCE,
        concurrency_id="answer",
        trigger_mode="multiple",  # a question may follow one that was given up but still runs
        **told,
    )
    at["stop"].click(simple(page.stop), [session], **quick)
    at["new"].click(simple(page.new), [session], **quick)
    at["tell"].click(simple(page.signal), [session, signal], trigger_mode="multiple", **quick)
    search.change(simple(page.find), [session, search], trigger_mode="always_last", **quick)
    language.input(simple(page.set_language), [session, language], **quick)
