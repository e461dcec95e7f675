"""Every word of a page, a document or an article is read, or counted by name."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.ingest.sources import reading
from knowledge.records import DocumentRecord, ReadReport


def _names(text: str) -> list[str]:
    return text.split()


INLINE = _names(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark meter nobr "
    "output progress q rb rp rt rtc ruby s samp slot small span strike strong sub sup time tt u var"
)
"""Elements of HTML within a line, those of earlier versions too."""

BLOCKS = _names(
    "address article aside blockquote button canvas caption center dd desc details dialog div dl "
    "dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup iframe legend li "
    "main map menu nav noscript object ol option p pre search section select summary svg table "
    "template text textarea ul unknown-element video audio"
)


def read(path: Path, format: str, content: str) -> tuple[str, ReadReport]:
    path.write_text(content, encoding="utf-8")
    report = ReadReport()
    texts = [
        f"{section.title}\n{section.text}"
        for record in reading.read(path, format, report)
        if isinstance(record, DocumentRecord)
        for section in record.sections
    ]
    return "\n".join(texts), report


@pytest.mark.parametrize("name", [*INLINE, *BLOCKS])
def test_every_element_of_html_is_read_or_counted(tmp_path: Path, name: str) -> None:
    held = f"<{name}>zqword</{name}>"
    part = f"<p>First {held} last.</p>" if name in INLINE else f"<p>First.</p>{held}<p>Last.</p>"
    page = f"<!DOCTYPE html><html><body><h1>Gout</h1>{part}<p>Rest</p></body></html>"
    text, report = read(tmp_path / "a.html", "html", page)
    assert "zqword" in text or report.left_out
    for word in ("First", "Rest"):
        assert word in text or "text outside the main part of the page" in report.left_out


@pytest.mark.parametrize(
    ("part", "text", "reason"),
    [
        ("<p>Give <del>5</del> <ins>7</ins> mg.</p>", "Give 7 mg.", "struck-out text (not read)"),
        ("<p>Give <span style='text-decoration:line-through'>5</span> 7 mg.</p>", "Give 7 mg.",
         "struck-out text (not read)"),
        ("<p><ruby>痛<rt>tong</rt></ruby>风</p>", "痛风", "reading above characters (not read)"),
        ("<p>Seen.</p><img src=x alt='Curve of doses'>", "Seen.", "picture (not read)"),
        ("<p>Seen.</p><iframe srcdoc='<p>words</p>'></iframe>", "Seen.",
         "embedded page or media (not read)"),
        ("<style>.no {display: none}</style><p>Seen.</p><p class=no>Not.</p>", "Seen.",
         "hidden text removed"),
        ("<style>#no, .x { visibility:hidden }</style><p>Seen.</p><p id=no>Not.</p>", "Seen.",
         "hidden text removed"),
        ("<main><p>Seen.</p></main><p>Outside.</p>", "Seen.",
         "text outside the main part of the page"),
    ],
)  # fmt: skip
def test_what_a_page_shows_or_hides_and_is_not_read_is_counted(
    tmp_path: Path, part: str, text: str, reason: str
) -> None:
    page = f"<!DOCTYPE html><html><body>{part}</body></html>"
    said, report = read(tmp_path / "a.html", "html", page)
    assert said.strip() == text
    assert reason in report.left_out


@pytest.mark.parametrize(
    "sheet",
    [
        "@media print { .no { display: none } }",
        ".no { display: none } .no.open { display: block }",
        "nav .no { display: none }",
        "/* .no { display: none } */",
    ],
)
def test_a_rule_for_other_cases_hides_nothing(tmp_path: Path, sheet: str) -> None:
    page = (
        f"<!DOCTYPE html><html><head><style>{sheet}</style></head><body>"
        "<p class='no open'>Seen.</p></body></html>"
    )
    said, _ = read(tmp_path / "a.html", "html", page)
    assert said.strip() == "Seen."


def test_struck_out_text_of_an_article_is_counted(tmp_path: Path) -> None:
    article = (
        "<article><front><article-meta><title-group><article-title>T</article-title></title-group>"
        "</article-meta></front><body><p>Give <strike>5</strike> 7 mg.</p></body></article>"
    )
    said, report = read(tmp_path / "a.xml", "jats", article)
    assert said.strip() == "Give 7 mg."
    assert report.left_out == {"struck-out text (not read)": 1}


JATS_INLINE = _names(
    "abbrev bold chem-struct ext-link inline-formula inline-supplementary-material italic "
    "monospace named-content overline roman sans-serif sc strike styled-content "
    "sub sup underline uri xref"
)
"""Elements of JATS within a line, as library exports leave them in abstracts."""


def _ris(text: str) -> str:
    return f"TY  - JOUR\nTI  - Gout\nAB  - First {text} last.\nDO  - 10.1000/a\nER  - \n"


def _nbib(text: str) -> str:
    return f"PMID- 3\nTI  - Gout.\nAB  - First {text} last.\nDP  - 2020\n"


def _medrag(text: str) -> str:
    return json.dumps({"id": "a", "title": "Gout", "content": f"First {text} last."})


def _markdown(text: str) -> str:
    return f"# Gout\n\nFirst {text} last.\n"


def _csl(text: str) -> str:
    return json.dumps([{"type": "article", "title": "Gout", "abstract": f"First {text} last."}])


@pytest.mark.parametrize(
    ("format", "suffix", "write"),
    [
        ("ris", ".ris", _ris), ("nbib", ".nbib", _nbib), ("medrag", ".jsonl", _medrag),
        ("markdown", ".md", _markdown), ("csl-json", ".json", _csl),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", [*INLINE, *(f"jats:{name}" for name in JATS_INLINE)])
def test_every_element_within_a_line_of_an_export_is_read_or_counted(
    tmp_path: Path, format: str, suffix: str, write: Callable[[str], str], name: str
) -> None:
    text, report = read(tmp_path / f"a{suffix}", format, write(f"<{name}>zqword</{name}>"))
    assert "zqword" in text or report.left_out
    assert report.left_out or ("First" in text and "last" in text)


PUBMED_INLINE = _names("b i u sup sub")


@pytest.mark.parametrize("name", PUBMED_INLINE)
@pytest.mark.parametrize("place", ["ArticleTitle", "Abstract"])
def test_every_element_within_a_line_of_pubmed_is_read(
    tmp_path: Path, place: str, name: str
) -> None:
    title, abstract = "Gout", "Rest."
    held = f"First <{name}>7</{name}> last."
    if place == "ArticleTitle":
        title = held
    else:
        abstract = held
    path = tmp_path / "a.xml"
    path.write_text(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
        f"<ArticleTitle>{title}</ArticleTitle><Abstract><AbstractText>{abstract}</AbstractText>"
        "</Abstract></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>",
        encoding="utf-8",
    )
    (record,) = reading.read(path, "pubmed", ReadReport())
    assert isinstance(record, DocumentRecord)
    said = f"{record.title} {' '.join(section.text for section in record.sections)}"
    assert any(sign in said for sign in "7⁷₇") and said.count("First") == 1
    assert "last" in said
