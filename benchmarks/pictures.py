"""The README's pictures of the web chat, taken from a running server.

    medchat serve                          (in one terminal)
    python benchmarks/pictures.py [URL]    (in another) -> docs/pictures/*.png

Needs Chromium and playwright. The conversations it holds are deleted again.
"""

import argparse
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
ENGLISH = "When should metformin be stopped because of the kidneys?"
CHINESE = "痛风急性发作怎么治疗？"
PATIENCE = 120_000


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: what is asked, on which screen, in which colours."""

    name: str
    language: str
    question: str
    width: int = 1440
    height: int = 900
    colours: str = "light"


SHOTS = (
    Shot("chat-en", "en-GB", ENGLISH),
    Shot("chat-zh", "zh-CN", CHINESE),
    Shot("chat-dark", "en-GB", ENGLISH, colours="dark"),
    Shot("chat-narrow", "zh-CN", CHINESE, 390, 844),
)


def main() -> int:
    """Take every picture; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:7860")
    parser.add_argument("--out", type=Path, default=PICTURES)
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is not installed: install it to take pictures.", file=sys.stderr)
        return 2

    from playwright.sync_api import sync_playwright

    given.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for shot in SHOTS:
            print(take(browser, given.url, shot, given.out))
    return 0


def take(browser: "Browser", url: str, shot: Shot, folder: Path) -> Path:
    """Ask, open the first citation, take the picture, delete the conversation."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        locale=shot.language,
        color_scheme="dark" if shot.colours == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.wait_for_selector("body.medchat-ready")
    page.wait_for_selector(".welcome")
    page.fill("#box textarea", shot.question)
    page.keyboard.press("Enter")
    page.wait_for_selector("#transcript .answer")
    if shot.width > 800:
        page.click("#transcript .cite >> nth=0")
        page.wait_for_selector("#sources mark")
    page.mouse.move(shot.width / 2, shot.height * 0.75)
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(500)
    path = folder / f"{shot.name}.png"
    page.screenshot(path=path)
    _delete(page, narrow=shot.width <= 800)
    context.close()
    return path


def _delete(page: "Page", *, narrow: bool) -> None:
    if narrow:
        page.click(".do-menu")
    page.click(".conversation.current .options summary")
    page.click(".conversation.current .do-delete")
    page.click(".conversation.current .do-delete.sure")
    page.wait_for_selector(".welcome")


if __name__ == "__main__":
    sys.exit(main())
