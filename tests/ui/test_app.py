"""The web chat in a real browser: ask, watch, open a citation, reload, rate, delete; nothing leaks.

One server and one browser for the file; every page also proves that it asked this machine only and
that the browser had nothing to complain about.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from toy_chat import HOSTILE, PAYLOADS, QUOTE, Served, serve_toy
from toy_home import fill

from medchat.settings import load
from medchat.storage import conversations
from medchat.storage.database import open_engine

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 30_000

Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve_toy(tmp_path_factory.mktemp("chat")) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed")
    with sync.sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=FLAGS)


@pytest.fixture(scope="module")
def heard() -> list[str]:
    """Collect what pages complain about: words on the console, dialogs, requests elsewhere."""
    return []


@pytest.fixture(scope="module")
def opened(browser: "Browser", toy: Served, heard: list[str]) -> Open:
    def opened(**settings: object) -> "Page":
        options = {"locale": "en-GB", "viewport": WIDE, **settings}
        page = browser.new_context(**options).new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda said: heard.extend(_complaint(said.type, said.text)))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", lambda dialog: heard.append(f"dialog {dialog.message}"))
        page.on("request", lambda asked: heard.extend(_foreign(asked.url, toy.url)))
        page.goto(toy.url)
        page.wait_for_selector("body.medchat-ready")
        page.wait_for_selector(".welcome, #transcript .answer")
        return page

    return opened


@pytest.fixture(scope="module")
def only_page(opened: Open) -> "Page":
    return opened()


@pytest.fixture
def page(only_page: "Page") -> "Page":
    """Give the one wide English page of this file, at the start of a new conversation."""
    if only_page.locator("#language label.selected:has-text('English')").count() == 0:
        only_page.click("#language label:has-text('English')")
    only_page.fill("#search input, #search textarea", "")
    only_page.click("#new:has-text('New')")
    only_page.wait_for_selector(".welcome h2:has-text('What')")
    return only_page


@pytest.fixture(autouse=True)
def no_complaint(heard: list[str]) -> Iterator[None]:
    heard.clear()
    yield
    assert heard == []


def _complaint(kind: str, text: str) -> list[str]:
    # a page that is left while an answer comes gives up its own request
    given_up = text.startswith(("AbortError", "Unexpected error Connection errored out"))
    return [text] if kind == "error" and not given_up else []


def _foreign(url: str, own: str) -> list[str]:
    return [] if url.startswith((own, "data:", "blob:")) else [url]


def _ask(page: "Page", question: str) -> None:
    known = page.locator("#transcript .answer").count()
    page.fill("#box textarea", question)
    page.keyboard.press("Enter")
    page.locator("#transcript .answer").nth(known).wait_for()


def _cite(page: "Page", n: int = 1) -> None:
    page.click(f"#transcript .cite:has-text('{n}') >> nth=0")
    page.wait_for_selector(f"#source-{n}[open] mark")


def _titles(toy: Served) -> list[str]:
    return [one.title for one in conversations.conversations(toy.engine)]


def _eventually(truth: Callable[[], bool]) -> bool:
    for _ in range(300):
        if truth():
            return True
        time.sleep(0.1)
    return False


def test_ask_watch_cite_reload(page: "Page") -> None:
    page.evaluate(REMEMBER)
    _ask(page, "What are the slow first-line treatments?")
    seen = page.evaluate("window.seen")
    answer = page.inner_text("#transcript .answer .text")
    assert any("Searching the knowledge base" in one for one in seen)
    assert any("Checking each sentence" in one for one in seen)
    drafts = [one for one in seen if "Draft, not yet checked" in one and "Metformin" in one]
    assert len(drafts[0]) < len(drafts[-1])
    assert len(drafts[0]) < len(answer)
    assert page.inner_text("#live") == ""

    _cite(page)
    assert page.inner_text("#source-1 mark") == QUOTE
    passage = page.inner_text("#source-1 blockquote")
    assert QUOTE in passage
    assert len(passage) > 2 * len(QUOTE)
    card = page.inner_text("#source-1")
    assert "2024" in card
    assert "Initial treatment" in card
    assert "note:t2d#1" in card

    address = page.url
    assert re.search(r"[?&]c=[0-9a-f]{32}", address)
    page.reload()
    page.wait_for_selector("#transcript .answer")
    assert "slow first-line treatments" in page.inner_text("#transcript .question")
    assert page.url == address
    page.wait_for_selector(".conversation.current")
    _cite(page, 2)
    assert "Knowledge graph" in page.inner_text("#source-2")


def test_a_follow_up_stays_in_its_conversation(page: "Page", toy: Served) -> None:
    _ask(page, "What comes first?")
    before, address = len(_titles(toy)), page.url
    _ask(page, "And then?")
    assert page.locator("#transcript .answer").count() == 2
    assert (len(_titles(toy)), page.url) == (before, address)
    page.click("#new")
    page.wait_for_selector(".welcome")
    assert "c=" not in page.url


def test_the_whole_page_changes_its_language(page: "Page") -> None:
    _ask(page, "Which medicine?")
    _cite(page)
    page.click("#language label:has-text('中文')")
    page.wait_for_selector("#new:has-text('新对话')")
    assert page.get_attribute("html", "lang") == "zh"
    assert page.get_attribute("#box textarea", "placeholder") == "请输入临床问题"
    assert page.inner_text("#ask") == "提问"
    assert page.inner_text("#sources-title") == "来源"
    seen = page.inner_text("body")
    assert not re.search("Sources|Copy|Helpful|Conversations|Knowledge base", seen)
    page.click("#new")
    page.click(".examples button >> nth=0")
    page.wait_for_selector("#transcript .answer[lang=zh]")
    page.reload()
    page.wait_for_selector("#new:has-text('新对话')")


def test_a_chinese_browser_is_greeted_in_chinese(opened: Open) -> None:
    assert "您想查询什么" in opened(locale="zh-CN").inner_text("#transcript")


def test_a_verdict_with_its_reason_is_stored(page: "Page", toy: Served) -> None:
    _ask(page, "Rate this")
    page.click(".thumb-down")
    page.check(".reasons input[value=unsafe]")
    page.fill(".reasons input[type=text]", "The dose is missing <b>")
    page.click(".do-send-reason")
    page.wait_for_selector(".thumb-down.chosen")
    assert "Noted: not helpful" in page.inner_text("#transcript")
    with Session(toy.engine) as session:
        row = session.scalars(
            select(conversations.FeedbackRow).order_by(conversations.FeedbackRow.created.desc())
        ).first()
    assert row is not None
    assert (row.verdict, row.reason) == ("down", "unsafe: The dose is missing <b>")
    page.click(".thumb-up")
    page.wait_for_selector(".thumb-up.chosen")
    page.reload()
    page.wait_for_selector(".thumb-up.chosen")


def test_conversations_are_found_renamed_and_deleted(page: "Page", toy: Served) -> None:
    _ask(page, "Zoster in pregnancy")
    page.fill("#search input, #search textarea", "zoster")
    page.locator(".conversation").nth(1).wait_for(state="detached")
    page.click(".conversation .options summary")
    page.fill(".menu input", "Shingles <i>")
    page.click(".menu .do-rename")
    page.wait_for_selector(".conversation:has-text('Shingles <i>')")
    assert "Shingles <i>" in _titles(toy)
    page.click(".conversation .options summary")
    page.click(".menu .do-delete")
    assert page.inner_text(".menu .do-delete") == "Delete for good?"
    page.click(".menu .do-delete")
    page.wait_for_selector(".welcome")
    assert "Shingles <i>" not in _titles(toy)
    assert b"Zoster" not in (toy.home / "medchat.db").read_bytes()


def test_many_conversations_scroll_above_what_the_page_says_of_the_base(page: "Page") -> None:
    _ask(page, "One of many")
    bottoms = page.evaluate(
        """() => {
          const one = document.querySelector(".conversation");
          for (let n = 0; n < 60; n++) one.after(one.cloneNode(true));
          const list = document.querySelector("#history").lastElementChild;
          const top = document.querySelector("#base").getBoundingClientRect().top;
          const above = list.getBoundingClientRect().bottom <= top;
          const found = [list.scrollHeight > list.clientHeight, above];
          const reached = document.elementFromPoint(40, top + 5).closest(".conversation") === null;
          for (let n = 0; n < 60; n++) one.nextElementSibling.remove();
          return [...found, reached];
        }"""
    )
    assert bottoms == [True, True, True]


def test_a_question_can_be_given_up(page: "Page", toy: Served) -> None:
    page.fill("#box textarea", "endless question to stop")
    page.click("#ask")
    page.wait_for_selector("#live .draft")
    page.click("#stop")
    page.wait_for_selector("#live .notice:has-text('Stopped')")
    page.wait_for_selector("#ask")
    assert "endless question to stop" not in _titles(toy)
    _ask(page, "Another one")


def test_an_answer_outlives_its_page(page: "Page", toy: Served) -> None:
    page.fill("#box textarea", "slow question, then gone")
    page.keyboard.press("Enter")
    page.wait_for_selector("#live .draft")
    page.reload()
    page.wait_for_selector(".welcome")
    assert _eventually(lambda: "slow question, then gone" in _titles(toy))


def test_a_fault_is_one_sentence_and_the_page_goes_on(page: "Page") -> None:
    page.fill("#box textarea", "explode")
    page.keyboard.press("Enter")
    page.wait_for_selector("#live .notice:has-text('Something went wrong')")
    assert "ZeroDivisionError" not in page.content()
    _ask(page, "Better now?")


def test_hostile_text_stays_text(page: "Page", toy: Served) -> None:
    assert len(PAYLOADS) >= 100
    asked = f"hostile {HOSTILE}"[:1900]
    _ask(page, asked)
    _cite(page)
    page.fill("#search input, #search textarea", "<script>")
    page.wait_for_selector(".conversation")
    page.reload()
    page.wait_for_selector("#transcript .answer")
    _cite(page)
    assert page.evaluate("window.hit") is None
    assert page.inner_text("#source-1 mark").startswith(HOSTILE[:60])
    inside = "#medchat .md :is(script, img, svg, iframe, object, embed, style, form, a)"
    assert page.locator(inside).count() == 0
    id = re.search(r"c=([0-9a-f]+)", page.url)
    assert id
    conversations.remove(toy.engine, [id[1]])


def test_a_narrow_screen_needs_no_sideways_scrolling(opened: Open) -> None:
    page = opened(viewport=NARROW)
    assert _fits(page)
    _ask(page, "What first on a telephone, with " + "averyveryverylongword" * 6)
    assert _fits(page)
    _cite(page)
    assert _fits(page)
    panel, box = page.locator("#evidence").bounding_box(), page.viewport_size
    assert panel and box
    assert panel["y"] > box["height"] / 4
    page.click(".do-close-sources")
    page.wait_for_selector("#sources", state="detached")
    page.click(".do-menu")
    page.wait_for_selector("body.menu-open .conversation >> nth=0")
    assert _fits(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("body:not(.menu-open)")


def _fits(page: "Page") -> bool:
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= innerWidth && "
            "[...document.querySelectorAll('#reading, #composer, #evidence, #side')]"
            ".every((one) => one.scrollWidth <= one.clientWidth + 1)"
        )
    )


def test_the_keyboard_does_it_all(page: "Page") -> None:
    page.locator("body").press("/")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("in two lines")
    page.keyboard.press("Enter")
    page.wait_for_selector("#transcript .answer")
    assert page.inner_text("#transcript .question p") == "By keyboard\nin two lines"
    page.focus("#transcript .cite >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#source-1[open] summary:focus")
    page.keyboard.press("Escape")
    page.wait_for_selector("#sources", state="detached")
    assert page.evaluate("document.activeElement.classList.contains('cite')")


def test_the_page_is_told_to_those_who_hear_it(page: "Page") -> None:
    region = page.locator("#announcer[role=status][aria-live=polite]")
    _ask(page, "What is heard?")
    assert _eventually(lambda: "Metformin is the usual" in (region.text_content() or ""))
    for name, role in (("side", "navigation"), ("main", "main"), ("evidence", "complementary")):
        assert page.get_attribute(f"#{name}", "role") == role
        assert page.get_attribute(f"#{name}", "aria-label")
    _cite(page)
    page.click(".thumb-down")
    assert page.evaluate(NAMELESS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_against_its_ground(page: "Page", scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.reload()
    page.wait_for_selector(".welcome")
    assert page.evaluate(FAINT) == []
    _ask(page, "What is seen?")
    _ask(page, "Is there a unicorn?")
    _cite(page)
    page.click(".thumb-down >> nth=0")
    page.click(".conversation .options summary >> nth=0")
    page.click(".menu .do-delete >> visible=true")
    page.wait_for_timeout(300)
    assert page.evaluate(FAINT) == []


def test_each_reader_has_a_page_of_their_own(page: "Page", opened: Open) -> None:
    one, other = page, opened()
    _ask(one, "Mine")
    assert other.locator(".welcome").count() == 1
    other.click("#language label:has-text('中文')")
    other.wait_for_selector("#new:has-text('新对话')")
    assert one.inner_text("#new") == "New conversation"


def test_the_real_chat_answers_from_its_knowledge(
    browser: "Browser", tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("real")
    engine = open_engine(load(home=str(home)))
    fill(engine, home)
    with serve_toy(home) as served:
        page = browser.new_context(locale="en-GB", viewport=WIDE).new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(served.url)
        page.wait_for_selector(".welcome")
        _ask(page, "What are the contraindications of metformin?")
        _cite(page)
        quote = page.inner_text("#source-1 mark")
        assert "severe renal impairment" in quote
        assert "A handful of records" in page.inner_text("#source-1")
        _ask(page, "二甲双胍有哪些不良反应？")
        assert "乳酸酸中毒" in page.inner_text("#transcript .answer[lang=zh] .text")
        _ask(page, "What is the capital of France?")
        assert page.locator("#transcript .abstained").count() == 1
        assert "Generation 1" in page.inner_text("#base")
    engine.dispose()


REMEMBER = """() => {
  window.seen = [];
  const live = document.getElementById("live");
  new MutationObserver(() => window.seen.push(live.innerText))
    .observe(live, { childList: true, subtree: true, characterData: true });
}"""
"""Keeps all that the live turn shows from now on; the eye of a test is slower than a page."""

NAMELESS = """() => {
  const named = (one) => one.textContent.trim() || one.getAttribute("aria-label") || one.title
    || one.closest("label")?.textContent.trim() || one.labels?.[0]?.textContent.trim();
  const seen = (one) => one.getClientRects().length > 0;
  return [...document.querySelectorAll("button, input, textarea, summary, select")]
    .filter((one) => seen(one) && !named(one)).map((one) => one.outerHTML.slice(0, 120));
}"""
"""Finds the controls that have no name to be heard."""

FAINT = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255, 255];
  };
  const found = [];
  const walk = document.createTreeWalker(document.getElementById("medchat"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement, style = getComputedStyle(one);
    if (!walk.currentNode.textContent.trim() || one.closest(".unseen")) continue;
    if (!one.getClientRects().length || style.visibility !== "visible") continue;
    const [a, b] = [light(rgba(style.color)), light(ground(one))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${walk.currentNode.textContent.slice(0, 40)}`);
  }
  return found;
}"""
"""Finds the words whose contrast with what is behind them is under 4.5 to 1."""


def test_a_patient_card_is_filled_in_used_and_taken_back(page: "Page", tmp_path: Path) -> None:
    page.click("#card summary")
    page.fill("#card input[name=age]", "67")
    page.fill("#card input[name=medicines]", "warfarin, digoxin")
    page.click("#card .do-card")
    page.wait_for_selector("#card-note:has-text('3 of 3 entries')")
    bundle = tmp_path / "bundle.json"
    bundle.write_text('{"resourceType": "Patient"}', encoding="utf-8")
    page.click("#card summary")
    page.set_input_files("#card input[type=file]", str(bundle))
    page.click("#card .do-card")
    page.wait_for_selector("#card-note:has-text('not a Bundle')")
    page.click("#card summary")
    page.fill("#card input[name=medicines]", "warfarin")
    page.click("#card .do-card")
    page.wait_for_selector("#card-note:has-text('1 of 1 entries')")
    _ask(page, "What first?")
    page.click("#transcript .about .chip")
    page.wait_for_selector("#transcript .question:has-text('remove warfarin')")
