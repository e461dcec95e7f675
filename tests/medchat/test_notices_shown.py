"""Where a person meets an article, what was published on it is shown; what was retracted is not."""

import json

import pytest
from toy_home import open_filled, scripted
from typer.testing import CliRunner

from knowledge.ingest import updates
from medchat.answering.answer import Citation
from medchat.cli.main import app
from medchat.service import ChatService
from ui import evidence_pane
from ui.text import page_text

ARTICLE = (
    "TY  - JOUR\nTI  - Taudazine shortens hiccups in adults\nPY  - 2019\nDO  - 10.1000/1\n"
    "AB  - Taudazine 20 mg daily shortened hiccups in adults.\nER  - \n"
    "TY  - JOUR\nTI  - 磷陶嗪治疗成人顽固性呃逆的研究\nPY  - 2019\nDO  - 10.1000/2\n"
    "AB  - 磷陶嗪每日20毫克可缩短成人顽固性呃逆。\nER  - \n"
)
QUESTIONS = {"en": "Does Taudazine shorten hiccups?", "zh": "磷陶嗪能缩短顽固性呃逆吗？"}
QUOTES = {"en": "20 mg daily shortened", "zh": "每日20毫克"}
PLACES = {"en": "doi:10.1000/1", "zh": "doi:10.1000/2"}
TITLES = {"en": "Taudazine shortens hiccups in adults", "zh": "磷陶嗪治疗成人顽固性呃逆的研究"}


def notice(title: str) -> str:
    return f"TY  - JOUR\nTI  - {title}\nDO  - 10.1000/9\nER  - \n"


@pytest.fixture
def add(home, tmp_path, monkeypatch):
    """Give a function that adds RIS to a home that holds two articles."""
    monkeypatch.setenv("MEDCHAT_WRITER", "quote")
    engine = open_filled(home)

    def put(text: str):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.ris"
        path.write_text(text)
        updates.add(engine, home, [path])
        return engine

    put(ARTICLE)
    yield put
    engine.dispose()


def shell(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_question_whose_only_article_was_retracted_says_so(add, language) -> None:
    chat = scripted(add(ARTICLE), [])
    assert QUOTES[language] in chat.ask(QUESTIONS[language]).text
    engine = add(notice(f"RETRACTED: {TITLES[language]}"))
    answer = scripted(engine, []).ask(QUESTIONS[language])
    assert answer.abstained and QUOTES[language] not in answer.text
    assert not any(QUOTES[language] in citation.quote for citation in answer.citations)
    assert f"{TITLES[language]} ({PLACES[language]})" in answer.text
    assert ("was retracted" if language == "en" else "已被撤稿") in answer.text


@pytest.mark.parametrize(
    ("language", "title", "flag"),
    [
        ("en", "Expression of concern: {}", "[Expression of concern] "),
        ("en", "Erratum to: {}", "[Correction: doi:10.1000/9] "),
        ("zh", "关注声明：{}", "[关注声明] "),
        ("zh", "《{}》勘误", "[更正：doi:10.1000/9] "),
    ],
)
def test_a_quotation_of_a_flagged_article_shows_the_flag(add, language, title, flag) -> None:
    engine = add(notice(title.format(TITLES[language])))
    answer = scripted(engine, []).ask(QUESTIONS[language])
    cited = {citation.title for citation in answer.citations if QUOTES[language] in citation.quote}
    assert cited == {flag + TITLES[language]}


def test_the_shell_shows_flags_and_retractions(add) -> None:
    add(notice(f"Erratum to: {TITLES['en']}"))
    add(notice(f"撤稿声明：{TITLES['zh']}"))
    listed = shell("kb", "list", "--documents")
    assert f"[Correction: doi:10.1000/9] {TITLES['en']}" in listed
    assert f"[已撤稿] {TITLES['zh']}" in listed
    found = shell("kb", "search", QUESTIONS["en"])
    assert f"[Correction: doi:10.1000/9] {TITLES['en']}" in found
    found = shell("kb", "search", QUESTIONS["zh"])
    assert QUOTES["zh"] not in found
    assert f"not shown, since retracted: {TITLES['zh']} · doi:10.1000/2" in found
    shown = json.loads(shell("kb", "show", "doi:10.1000/1", "--json"))
    assert shown["notices"] == [{"kind": "correction", "by": "doi:10.1000/9"}]


def test_the_page_shows_notices_that_came_after_the_answer(add, home) -> None:
    engine = add(ARTICLE)
    answer = scripted(engine, []).ask(QUESTIONS["en"])
    citation = next(each for each in answer.citations if QUOTES["en"] in each.quote)
    assert isinstance(citation, Citation) and citation.title == TITLES["en"]
    made = ChatService(engine, home, lambda: scripted(engine, []))
    words = page_text("en")
    line = "A correction of this document was published. (doi:10.1000/9)"
    assert line not in evidence_pane.panel([made.source(citation)], 1, words)
    add(notice(f"Erratum to: {TITLES['en']}"))
    assert line in evidence_pane.panel([made.source(citation)], 1, words)
    updates.retract(engine, home, ["doi:10.1000/1"])
    assert words("retracted") in evidence_pane.panel([made.source(citation)], 1, words)


def test_each_kind_of_notice_has_its_words_on_the_page() -> None:
    from knowledge.text.notice_flags import FLAGS

    for language in ("en", "zh"):
        assert all(page_text(language).has(f"source_notice_{kind}") for kind in FLAGS)
