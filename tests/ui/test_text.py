"""The page's words: both languages say the same things, and every word that is used is there."""

import re
from pathlib import Path
from string import Formatter

import pytest

from ui.text import LANGUAGES, page_text, preferred_language

PACKAGE = Path(__file__).resolve().parents[2] / "ui"


def _fields(line: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(line) if field}


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_a_language_has_the_keys_and_the_fields_of_english(language: str) -> None:
    english, other = page_text("en").lines, page_text(language).lines
    assert list(english) == list(other)
    differing = [key for key in english if _fields(english[key]) != _fields(other[key])]
    assert differing == []


def test_every_key_in_the_code_is_spoken() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
    used = set(re.findall(r"""words\(["'](\w+)["']""", code))
    assert len(used) > 40
    assert used <= set(page_text("en").lines)


def test_every_key_is_used_somewhere() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.iterdir()
        if path.suffix in {".py", ".js"}
    )
    families = ("card_", "example_", "step_", "reason_", "rated_", "source_", "part_")
    idle = [
        key
        for key in page_text("en").lines
        if not re.search(rf"""["'(]{key}["')]""", code) and not key.startswith(families)
    ]
    assert idle == []


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("fr-FR,zh;q=0.5", "zh"),
        ("fr", "en"),
        ("", "en"),
        (";;,,q=", "en"),
    ],
)
def test_the_browser_chooses_the_first_language_that_is_spoken(
    accepted: str, language: str
) -> None:
    assert preferred_language(accepted) == language


def test_an_unknown_language_falls_back_to_english() -> None:
    assert page_text("xx").language == "en"


def test_the_chinese_page_is_chinese() -> None:
    latin = [
        key
        for key, line in page_text("zh").lines.items()
        if not re.search("[一-鿿]", line) and key != "page"
    ]
    assert latin == []
