"""Two readers in two browsers, one server, the mini model: every answer comes and is recorded."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from toy_home import fill

from medchat.settings import load
from medchat.storage import conversations
from medchat.storage.database import open_engine

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTIONS = (
    "What is the first-line treatment of type 2 diabetes?",
    "What are the side effects of metformin?",
    "痛风有什么症状？",
)

DRIVER = """
import asyncio, json, sys
from playwright.async_api import async_playwright

DONE = "n => document.querySelectorAll('article.answer:not(.writing):not(.notice)').length >= n"

async def read(browser, url, questions, leave):
    page = await (await browser.new_context()).new_page()
    await page.goto(url)
    await page.wait_for_selector("body.medchat-ready")
    for number, question in enumerate(questions, 1):
        await page.fill("#box textarea", question)
        await page.keyboard.press("Enter")
        await page.wait_for_function(DONE, arg=number, timeout=120_000)
    await page.fill("#box textarea", leave)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#live article")
    await page.close()

async def main(url, chromium, questions):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-quic"]
        )
        turned = questions[1:] + questions[:1]
        await asyncio.gather(
            read(browser, url, questions, "What causes gout?"),
            read(browser, url, turned, "What are the complications of type 2 diabetes?"),
        )
        await browser.close()

asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
"""


def test_two_readers_at_once_are_both_answered_and_recorded(home: Path, tmp_path: Path) -> None:
    import json

    pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed")
    engine = open_engine(load())
    fill(engine, home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url, log = f"http://127.0.0.1:{port}", tmp_path / "server.log"
    with log.open("w") as written:
        server = subprocess.Popen(
            [sys.executable, "-m", "medchat.cli", "serve", "--port", str(port)],
            stdout=written, stderr=written, env={**os.environ, "MEDCHAT_BASE": "mini"},
        )  # fmt: skip
    try:
        _wait(lambda: httpx.get(f"{url}/health").json()["ready"], log, 120)
        driven = subprocess.run(
            [sys.executable, "-c", DRIVER, url, chromium, json.dumps(QUESTIONS)],
            capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip
        assert driven.returncode == 0, driven.stderr[-800:] + log.read_text()[-800:]
        # the last question of each was left while it was answered
        expected = sorted([*QUESTIONS, *QUESTIONS, *LEFT])
        _wait(lambda: _asked(engine) == expected, log, 120)
        health = httpx.get(f"{url}/health")
        assert health.status_code == 200
        told = health.json()
        assert (told["answering"], told["waiting"], told["stuck"]) == (0, 0, 0)
        assert not any(question in log.read_text() for question in expected)
    finally:
        server.kill()
        server.wait()
        engine.dispose()


LEFT = ("What causes gout?", "What are the complications of type 2 diabetes?")


def _asked(engine) -> list[str]:
    """Return the questions that were recorded with their answers."""
    found = []
    for one in conversations.conversations(engine):
        messages = conversations.messages(engine, one.id)
        answered = [message.answer is not None for message in messages if message.role != "user"]
        assert all(answered)
        found.extend(message.text for message in messages if message.role == "user")
    return sorted(found)


def _wait(truth, log: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if truth():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(log.read_text()[-800:])
