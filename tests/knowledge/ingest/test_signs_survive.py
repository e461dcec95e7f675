"""Readers of literature give back what an author wrote: markup rules touch markup only."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.ingest.sources import reading
from knowledge.ingest.sources.literature.markup import known_tags, markdown_text, tables
from knowledge.records import DocumentRecord, EntityRecord, ReadReport

_NUMBER = st.sampled_from(["3", "0.05", "18", "1,000", "5*10^9", "50 × 10⁹", "30–59", "2.5"])
_SIGN = st.sampled_from(["<", ">", "≤", "≥", "<=", ">=", "±", "=", "≈", "< ", "> ", "~", "− "])
_UNIT = st.sampled_from(["µg", "mg/m²", "10⁹/L", "mmol/L", "°C", "%", "× ULN", "µmol/L", "years"])
_WORD = st.sampled_from(
    ["ALT", "HLA-B*58:01", "C_max", "<ULN", ">ULN", "p", "H₂O", "CYP2C19*2/*3", "R&D", "α2", "女性"]
    + [
        "a < b and b > c",
        "#3",
        "[3]",
        "(n=5)",
        "AT&T;",
        "-5",
        "5 * 3",
        "x*(a)*(b)",
        "snake_case_id",
        "2*3*4",
        "HLA-B*15:02",
        "~5 mg ~ 10 mg",
        "a_b_c",
        "$5 and $10",
        "p<.001",
        "<5%",
        "7 mg** weekly",
        "x^2",
        "C:\\temp",
        "H~2~O",
        "- 5",
        "+ 2",
        "# 3",
        "1. 5",
    ]
)
SENTENCES = st.lists(
    st.one_of(st.tuples(_SIGN, _NUMBER, _UNIT).map(lambda p: f"{p[0]}{p[1]} {p[2]}"), _WORD),
    min_size=1,
    max_size=7,
).map(lambda parts: "Stop " + " ".join(" ".join(parts).split()) + ".")


def _page(sentence: str) -> str:
    return f"<!DOCTYPE html><html><body><p>{sentence}</p></body></html>"


def _escaped_page(sentence: str) -> str:
    safe = sentence.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _page(safe)


FILES: dict[str, tuple[str, Callable[[str], str]]] = {
    "markdown": ("a.md", lambda text: f"# Note\n\n{text}\n"),
    "text": ("a.txt", lambda text: f"Note\n\n{text}\n"),
    "ris": ("a.ris", lambda text: f"TY  - JOUR\nTI  - Note\nAB  - {text}\nER  - \n"),
    "nbib": ("a.nbib", lambda text: f"PMID- 3\nTI  - Note\nAB  - {text}\n"),
    "medrag": ("a.jsonl", lambda text: json.dumps({"id": "a", "title": "N", "content": text})),
    "html": ("a.html", _escaped_page),
}


def read_text(folder: Path, format: str, content: str) -> str:
    path = folder / FILES[format][0]
    path.write_text(content, encoding="utf-8")
    (record,) = reading.read(path, format, ReadReport())
    assert isinstance(record, DocumentRecord)
    return "\n".join(section.text for section in record.sections)


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(SENTENCES)
def test_every_reader_gives_back_the_signs_of_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, sentence: str
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for format, (_, wrap) in FILES.items():
        assert read_text(folder, format, wrap(sentence)) == sentence, format


def _article(sentences: list[str]) -> str:
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in sentences)
    return (
        "<article><front><article-meta><title-group><article-title>T</article-title></title-group>"
        f"</article-meta></front><body>{paragraphs}</body></article>"
    )


def _citation(sentences: list[str]) -> str:
    texts = "".join(
        f'<AbstractText Label="PART">{escape(each)}</AbstractText>' for each in sentences
    )
    return (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>T"
        f"</ArticleTitle><Abstract>{texts}</Abstract></Article></MedlineCitation></PubmedArticle>"
        "</PubmedArticleSet>"
    )


def _page_of(sentences: list[str]) -> str:
    rows = "".join(f"<tr><td>{escape(each)}</td></tr>" for each in sentences)
    return f"<!DOCTYPE html><html><body><table>{rows}</table></body></html>"


def _list_of(sentences: list[str]) -> str:
    return "# Note\n\n" + "\n".join(f"- {each}" for each in sentences) + "\n"


LISTS: dict[str, tuple[str, str, Callable[[list[str]], str]]] = {
    "an article": ("jats", "a.xml", _article),
    "a citation": ("pubmed", "p.xml", _citation),
    "a table of a page": ("html", "a.html", _page_of),
    "a list in Markdown": ("markdown", "a.md", _list_of),
}


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(SENTENCES, min_size=100, max_size=100))
def test_files_of_many_sentences_give_each_back(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name, (format, file, write) in LISTS.items():
        (folder / file).write_text(write(sentences), encoding="utf-8")
        (record,) = reading.read(folder / file, format, ReadReport())
        assert isinstance(record, DocumentRecord)
        found = [line for each in record.sections for line in each.text.split("\n\n")]
        assert found == sentences, name
    document = docx.Document()
    for sentence in sentences:
        document.add_paragraph(sentence)
    document.save(str(folder / "a.docx"))
    (record,) = reading.read(folder / "a.docx", "docx", ReadReport())
    assert isinstance(record, DocumentRecord)
    assert record.sections[0].text.split("\n\n") == sentences


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(SENTENCES)
def test_texts_of_the_project_s_own_records_keep_their_signs(
    tmp_path_factory: pytest.TempPathFactory, sentence: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "a.yaml"
    path.write_text(
        "format: medchat-records\ntitle: A\nlicence: CC0-1.0\nsource: W\nrecords:\n"
        f"- kind: condition\n  en: Gout\n  note: {json.dumps(sentence)}\n"
        f"  description: [{json.dumps(sentence)}]\n",
        encoding="utf-8",
    )
    (record,) = reading.read(path, "medchat-records", ReadReport())
    assert isinstance(record, EntityRecord)
    assert record.note == sentence
    assert [name.text for each in record.statements for name in each.text] == [sentence]


@pytest.mark.parametrize("format", FILES)
def test_raised_and_lowered_figures_are_kept_apart(tmp_path: Path, format: str) -> None:
    wrap = _page if format == "html" else FILES[format][1]
    text = read_text(tmp_path, format, wrap("WBC 4 × 10<sup>9</sup>/L in H<sub>2</sub>O."))
    assert text == "WBC 4 × 10⁹/L in H₂O."


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<p>ALT <ULN at 10<sup>9</sup>/L</p>", "ALT <ULN at 10⁹/L"),
        ("<jats:p>Given at &lt;3 h, <jats:italic>n</jats:italic> = 4.</jats:p>",
         "Given at <3 h, n = 4."),
        ("if p<b and b>c", "if p<b and b>c"),
        ("<i>S. aureus</i> x<sup>a+1</sup>", "S. aureus x^(a+1)"),
        ("&amp;lt; is read once", "&lt; is read once"),
        ("<mml:math><mml:mn>10</mml:mn></mml:math> mg", "10 mg"),
        ("<math xmlns='u'><msup><mn>10</mn><mn>9</mn></msup><mo>&lt;</mo><mi>&alpha;</mi></math>/L",
         "10⁹ < α/L"),
        ("<jats:inline-formula><jats:alternatives><jats:tex-math>$$P \\le 0.05$$</jats:tex-math>"
         "</jats:alternatives></jats:inline-formula> held", "P ≤ 0.05 held"),
        ("<inline-formula>n = 4</inline-formula> rats", "n = 4 rats"),
        ("<math><mfenced open='[' close=']'><mn>1</mn><mn>2</mn></mfenced></math>", "[1, 2]"),
        ("<math><unknown/></math> mg", "⟦?⟧ mg"),
        ("<math><mn>1</math> mg", "⟦?⟧ mg"),
        ("<math>" + "<mrow>" * 300 + "</mrow>" * 300 + "</math> mg", "⟦?⟧ mg"),
        ("HbA<sub>1c</sub>, 4<sup>th</sup> day", "HbA1c, 4th day"),
    ],
)  # fmt: skip
def test_known_tags_are_taken_off_and_others_stay(raw: str, text: str) -> None:
    assert known_tags.plain(raw) == text


def test_signs_in_a_page_of_html_are_no_tags(tmp_path: Path) -> None:
    page = _page("Go on while ALT is <ULN; stop at <3 or > 5. <custom-tag>Rest</custom-tag>")
    assert read_text(tmp_path, "html", page) == ("Go on while ALT is <ULN; stop at <3 or > 5. Rest")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Stop once ALT is\n>3 times ULN.", "Stop once ALT is >3 times ULN."),
        ("Stop once ALT is\n> 3 times ULN.", "Stop once ALT is > 3 times ULN."),
        ("> Quoted words\n> go on.", "Quoted words go on."),
        ("The dose is\n40. Then rest.", "The dose is 40. Then rest."),
        ("Keep it at\n- 20 °C.", "Keep it at - 20 °C."),
        ("**Dose** of *A* and ***B***, __C__ and _D_.", "Dose of A and B, C and D."),
        ("使用**阿司匹林**治疗。", "使用阿司匹林治疗。"),
        (r"2 \* 3 and `a*b*c` &lt; \<p\>", "2 * 3 and a*b*c < <p>"),
        ("Halved[1][2], see [the note](a_(b).md).", "Halved[1][2], see the note."),
    ],
)
def test_marks_of_markdown_go_and_signs_stay(raw: str, text: str) -> None:
    assert markdown_text.markdown_paragraphs(raw) == text


def test_rows_of_a_markdown_table_keep_their_heads() -> None:
    text = "| Weight | Dose |\n|---|---|\n| <10 kg | 5 mg |\n| a\\|b | **9 mg** |\n\nRest."
    assert markdown_text.markdown_paragraphs(text).split("\n\n") == [
        "Weight <10 kg: Dose: 5 mg.",
        "Weight a|b: Dose: 9 mg.",
        "Rest.",
    ]


def test_merged_cells_of_a_page_are_spread(tmp_path: Path) -> None:
    table = (
        "<table><caption>Doses of Abazine</caption>"
        "<tr><th rowspan=2>Age</th><th colspan=2>Dose</th></tr><tr><th>day</th><th>night</th></tr>"
        "<tr><td rowspan=2>child</td><td>1 mg</td><td>2 mg</td></tr>"
        "<tr><td colspan=2>none</td></tr>"
        "<tr><td colspan=3>Renal failure</td></tr><tr><td>adult</td><td>3 mg</td><td></td></tr>"
        "</table>"
    )
    assert read_text(tmp_path, "html", _page(table)).split("\n\n") == [
        "Doses of Abazine",
        "Age child: Dose, day: 1 mg; Dose, night: 2 mg.",
        "Age child: Dose, day and Dose, night: none.",
        "Renal failure, Age adult: Dose, day: 3 mg.",
    ]


def test_a_cell_that_claims_many_columns_covers_what_others_leave() -> None:
    wide = tables.Cell("a", columns=10**9, rows=10**9)
    grid = tables.spread([[wide], [tables.Cell("b"), tables.Cell("c")]])
    assert [[cell.text for cell in row] for row in grid] == [["a", "a"], ["a", "a", "b", "c"]]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Give 5 *μ*g on the *n*th day.", "Give 5 μg on the nth day."),
        ("Allele *2*a of *CYP2C19*.", "Allele *2*a of CYP2C19."),
        (r"At $10^{-3}$ or \(10^{-6}\) mol, $P \le 0.05$.", "At 10⁻³ or 10⁻⁶ mol, P ≤ 0.05."),
        ("At 10$^9$/L and 10^-3^ mol.", "At 10⁹/L and 10⁻³ mol."),
        ("It costs $5 to $10, x^2 + y^2.", "It costs $5 to $10, x^2 + y^2."),
        ("Code `$x^2$` and \\$5.", "Code $x^2$ and $5."),
        ("About ~5 to ~10 mg.", "About ~5 to ~10 mg."),
    ],
)
def test_formulas_and_emphasis_of_markdown_are_read(raw: str, text: str) -> None:
    assert markdown_text.markdown_paragraphs(raw) == text


@pytest.mark.parametrize(
    ("format", "name", "content"),
    [
        ("markdown", "a.md", "# Gout\n\nGive ~~5~~ 7 mg daily.\n"),
        ("markdown", "a.md", "# Gout\n\nGive <del>5</del> 7 mg daily.\n"),
        ("ris", "a.ris", "TY  - JOUR\nTI  - Gout\nAB  - Give <del>5</del> 7 mg daily.\nER  - \n"),
        ("nbib", "a.nbib", "PMID- 3\nTI  - Gout.\nAB  - Give <s>5</s> 7 mg daily.\n"),
        ("csl-json", "a.json",
         '[{"type": "article", "title": "Gout", "abstract": "Give <del>5</del> 7 mg daily."}]'),
    ],
)  # fmt: skip
def test_struck_out_text_is_counted(tmp_path: Path, format: str, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    report = ReadReport()
    (record,) = reading.read(tmp_path / name, format, report)
    assert isinstance(record, DocumentRecord)
    assert [each.text for each in record.sections] == ["Give 7 mg daily."]
    assert report.left_out == {"struck-out text (not read)": 1}


BROKEN = [
    (("Aspirin 100 mg", "Statin 20 mg"), ["Aspirin 100 mg", "Statin 20 mg"]),
    (("Dose: 5 mg", "max: 10 mg"), ["Dose: 5 mg", "max: 10 mg"]),
    (("Do not", "Give it after 65."), ["Do not Give it after 65."]),
    (("Treated with 5 mg of", "Abazine daily."), ["Treated with 5 mg of Abazine daily."]),
    (("Give 5 mg", "daily."), ["Give 5 mg daily."]),
    (("Dose", "5 mg"), ["Dose 5 mg"]),
    (("5 mg Abazine", "9 mg Betazine"), ["5 mg Abazine", "9 mg Betazine"]),
    (("剂量：5 毫克", "最大：9 毫克"), ["剂量：5 毫克", "最大：9 毫克"]),
    (("每日口服", "一次"), ["每日口服一次"]),
]
"""Lines parted by a forced break, and the paragraphs that they are."""


@pytest.mark.parametrize(("lines", "told"), BROKEN)
@pytest.mark.parametrize("format", ["html", "markdown", "ris", "hard"])
def test_a_forced_break_parts_lines_that_do_not_go_on(
    tmp_path: Path, format: str, lines: tuple[str, str], told: list[str]
) -> None:
    wrap = {
        "html": ("html", "a.html", "<!DOCTYPE html><html><body><p>{}<br/>{}</p></body></html>"),
        "markdown": ("markdown", "a.md", "# T\n\n{}<br>{}\n"),
        "hard": ("markdown", "a.md", "# T\n\n{}  \n{}\n"),
        "ris": ("ris", "a.ris", "TY  - JOUR\nTI  - T\nAB  - {}<br>{}\nER  - \n"),
    }
    name, file, form = wrap[format]
    (tmp_path / file).write_text(form.format(*lines), encoding="utf-8")
    (record,) = reading.read(tmp_path / file, name, ReadReport())
    assert isinstance(record, DocumentRecord)
    assert [line for each in record.sections for line in each.text.split("\n\n")] == told


def test_lines_of_a_cell_are_kept_apart(tmp_path: Path) -> None:
    page = _page(
        "<table><tr><th>Renal<br>function</th><th>Dose</th></tr><tr><td>good</td>"
        "<td>5 mg<br>10 mg at night<br>Stop at 80</td></tr></table>"
    )
    assert read_text(tmp_path, "html", page) == (
        "Renal function good: Dose: 5 mg; 10 mg at night; Stop at 80."
    )
