"""Readers of reference libraries: BibTeX, CSL-JSON and EndNote, as programs export them."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from knowledge.errors import KnowledgeError
from knowledge.ingest import updates
from knowledge.ingest.sources import detect, reading
from knowledge.ingest.sources.literature.markup.latex_text import plain_latex
from knowledge.records import DocumentRecord, NoticeRecord, ReadReport


def read(folder: Path, name: str, content: str) -> tuple[list[DocumentRecord], ReadReport]:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    report = ReadReport()
    found = reading.read(path, detect.detect_format(path), report)
    return [each for each in found if isinstance(each, DocumentRecord)], report


def body(record: DocumentRecord) -> str:
    return "\n\n".join(section.text for section in record.sections)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"M{\"u}ller, \'{E}cole, {\v{s}}, \c{c}, {\ss}, \aa, na\"{\i}ve",
         "Müller, École, š, ç, ß, å, naïve"),
        (r"5{\textless}10 and {\textgreater} 3, $\leq$ 4, {$<$}i{$>$}", "5<10 and > 3, ≤ 4, <i>"),
        (r"10$^9$/L, 10$^{-3}$, H$_2$O, $10^9$, x\textsuperscript{a+1}",
         "10⁹/L, 10⁻³, H₂O, 10⁹, x^(a+1)"),
        (r"25\,mg, 60\% of 5~000 \& more, 30--59", "25 mg, 60% of 5 000 & more, 30–59"),
        (r"60% of users_of A&B #3", "60% of users_of A&B #3"),
        (r"US$500 and $600 a day", "US$500 and $600 a day"),
        (r"costs \$5", "costs $5"),
        (r"\textbf{Dose} {\em in vivo} \emph{a {\it b}} ``c''", "Dose in vivo a b “c”"),
        (r"\mu g, \beta-blocker, 3 $\pm$ 0.4 $\mu$g", "μg, β-blocker, 3 ± 0.4 μg"),
        (r"$\frac{a+1}{b}$ \(p < 0.05\)", "(a + 1)/b p < 0.05"),
        (r"give \dosis{5} mg", "give ⟦?⟧ 5 mg"),
        (r"\unknown", "⟦?⟧ "),
        (r"open \( a and so on", "open ⟦?⟧ a and so on"),
        ("\\textbf{" * 60 + "x" + "}" * 60, "⟦?⟧"),
    ],
)  # fmt: skip
def test_latex_becomes_text_and_what_is_not_known_is_a_hole(latex: str, text: str) -> None:
    assert plain_latex(latex) == text


ZOTERO = r"""
% Encoding: UTF-8
@comment{jabref-meta: databaseType:biblatex;}
@string{wj = "Ward " # {Journal}}
@article{mustermann_abazine_2021,
	title = {{Abazine} in {\textless}i{\textgreater}vivo{\textless}/i{\textgreater}: {A} "trial"},
	volume = {3},
	journaltitle = wj,
	author = {Mustermann, Eva and M{\"u}ller, Karl},
	date = {2021-03-04},
	eprint = {987654},
	eprinttype = {pmid},
	note = {PMCID: PMC7654321},
	doi = {10.1000/s0140(05)1},
	abstract = {BACKGROUND: Falls are common. RESULTS: Abazine 5\,mg at {\textless}10$^{9}$/L cut
 falls by 12{\%} (P {\textless} 0.05).

CONCLUSION: It works.},
	keywords = {Retracted Publication, falls},
	customthing = {A text that nobody reads.}
}
junk between entries
@inproceedings(key2, title = "Bezine " # "in {\"}quotes{\"}", crossref = {proc}, month = jan)
@proceedings{proc, title = {Ward Congress}, year = 2019, editor = {X}}
"""


def test_bibtex_is_read_as_zotero_and_jabref_write_it(tmp_path: Path) -> None:
    found, report = read(tmp_path, "a.bib", ZOTERO)
    first = found[0]
    assert first.title == 'Abazine in vivo: A "trial"'
    assert first.identifiers == ("pmid:987654", "pmc:PMC7654321", "doi:10.1000/s0140(05)1")
    assert (first.year, first.journal, first.retracted, first.line) == (
        2021,
        "Ward Journal",
        True,
        5,
    )
    assert [(each.title, each.text) for each in first.sections] == [
        ("Background", "Falls are common."),
        ("Results", "Abazine 5 mg at <10⁹/L cut falls by 12% (P < 0.05)."),
        ("Conclusion", "It works."),
    ]
    child = next(each for each in found if each.title.startswith("Bezine"))
    assert (child.year, child.journal, child.type) == (2019, "Ward Congress", "conference paper")
    assert report.left_out["field customthing (not read)"] == 1


def test_bibtex_of_cnki_is_read(tmp_path: Path) -> None:
    text = (
        "@article{ZHYX202001001,\nauthor = {张三 and 李四},\ntitle = {甲药治疗痛风的临床研究},\n"
        "journal = {病房杂志},\nyear = {2020},\nabstract = {<正>目的 观察甲药≤5mg的疗效。},\n}\n"
    )
    path = tmp_path / "a.bib"
    path.write_bytes(text.encode("gb18030"))
    report = ReadReport()
    (record,) = reading.read(path, detect.detect_format(path), report)
    assert isinstance(record, DocumentRecord)
    assert (record.language, record.title) == ("zh", "甲药治疗痛风的临床研究")
    assert body(record) == "目的 观察甲药≤5mg的疗效。"
    assert record.key.startswith("bibtex:")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("@article{a, title = {A}}\n\n@article{b,\n title = {B,\n year = 2020}\n", "at line 3"),
        ("@article{a,\n title = {A {b},\n year = 2020\n}\n@article{b,\n title = {B}}\n", "line 1"),
        ("@article{a,\n title = {A},\n year 2020\n}\n", "line 2"),
        ('@article{a, title = "A}\n', "line 1"),
        ("@article{a, title = }\n", "line 1"),
    ],
)
def test_broken_bibtex_is_refused_with_its_line(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        read(tmp_path, "a.bib", text)
    assert "BibTeX" in caught.value.what and what in caught.value.what


def test_a_macro_and_a_year_that_say_nothing_are_counted(tmp_path: Path) -> None:
    text = "@misc{a, title = foo # { of gout}, year = {in press}, abstract = {One. \\x y. Two.}}"
    found, report = read(tmp_path, "a.bib", text)
    assert found[0].title == "⟦?⟧ of gout" and found[0].year is None
    assert report.left_out["macro that the file does not define"] == 1
    assert report.left_out["year that cannot be read (kept without)"] == 1
    assert report.left_out[reading.HOLED] == 1


CROSSREF = {
    "DOI": "10.1000/ABC",
    "type": "journal-article",
    "title": ["Cezine for <i>cough</i>"],
    "subtitle": ["a trial"],
    "container-title": ["Ward Journal"],
    "abstract": "<jats:title>Abstract</jats:title><jats:sec>"
    "<jats:title>Results</jats:title><jats:p>"
    "At &lt;10<jats:sup>9</jats:sup>/L it helped.</jats:p></jats:sec>",
    "issued": {"date-parts": [[2018, 3]]},
    "published-print": {"date-parts": [[2019]]},
    "is-referenced-by-count": 3,
    "highlights": "Not read.",
}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda item: json.dumps([item, item | {"DOI": "10.1000/b"}]),
        lambda item: json.dumps(item) + "\n" + json.dumps(item),
        lambda item: json.dumps({"items": [item]}),
        lambda item: json.dumps({"references": [item]}),
        lambda item: json.dumps({"status": "ok", "message-type": "work", "message": item}),
        lambda item: json.dumps({"status": "ok", "message": {"total": 1, "items": [item]}}),
    ],
    ids=["array", "lines", "items", "references", "work", "works"],
)
def test_csl_json_is_read_in_all_its_wraps(tmp_path: Path, wrap: Callable[[object], str]) -> None:
    found, report = read(tmp_path, "a.json", wrap(CROSSREF))
    first = found[0]
    assert (first.title, first.year, first.key) == (
        "Cezine for cough: a trial",
        2018,
        "doi:10.1000/abc",
    )
    assert [(each.title, each.text) for each in first.sections] == [
        ("Results", "At <10⁹/L it helped.")
    ]
    assert report.left_out["field highlights (not read)"] == len(found)


def test_zotero_keeps_pmid_in_the_note(tmp_path: Path) -> None:
    item = {"id": 1, "type": "article-journal", "title": "A", "note": "PMID: 77\nPMCID: PMC66555"}
    found, _ = read(tmp_path, "a.json", json.dumps([item]))
    assert found[0].identifiers == ("pmid:77", "pmc:PMC66555")


def test_updates_of_crossref_become_notices(tmp_path: Path) -> None:
    notice = CROSSREF | {
        "DOI": "10.1000/n",
        "update-to": [{"DOI": "10.1000/X", "type": "retraction"}],
    }
    retracted = CROSSREF | {"updated-by": [{"DOI": "10.1000/n", "type": "retraction"}]}
    worry = CROSSREF | {
        "DOI": "10.1000/w",
        "updated-by": [{"DOI": "10.1000/n", "type": "expression_of_concern"}],
    }
    path = tmp_path / "a.json"
    path.write_text(json.dumps([notice, retracted, worry]))
    found = list(reading.read(path, "csl-json", ReadReport()))
    notices = [each for each in found if isinstance(each, NoticeRecord)]
    assert [(each.about, each.kind) for each in notices] == [
        ("doi:10.1000/x", "retraction"), ("doi:10.1000/abc", "retraction"),
        ("doi:10.1000/w", "concern"),
    ]  # fmt: skip
    documents = [each for each in found if isinstance(each, DocumentRecord)]
    assert [each.retracted for each in documents] == [False, True, False]
    assert documents[0].type == "retraction notice"


def _record(inner: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" ?><xml><records><record><database name="M.enl" '
        'path="M.enl">M.enl</database><source-app name="EndNote" version="20.1">E</source-app>'
        f'<rec-number>1</rec-number><ref-type name="Journal Article">17</ref-type>{inner}'
        "</record></records></xml>"
    )


def test_endnote_xml_raises_its_styles(tmp_path: Path) -> None:
    style = '<style face="{}" font="default" size="100%">{}</style>'
    runs = "".join(
        style.format(face, text)
        for face, text in [
            ("normal", "Dezine at &lt;10"), ("superscript", "9"), ("normal", "/L in H"),
            ("subscript", "2"), ("italic", "O.&#xD;It helped."),
        ]
    )  # fmt: skip
    found, report = read(
        tmp_path,
        "a.xml",
        _record(
            f"<titles><title>{style.format('normal', 'Dezine')}</title><secondary-title>Ward"
            f"</secondary-title></titles><dates>"
            f"<year>{style.format('normal', '2017')}</year></dates>"
            f"<abstract>{runs}</abstract><accession-num>876543</accession-num>"
            "<electronic-resource-num>"
            "https://doi.org/10.1000/Q</electronic-resource-num><remote-database-name>Medline"
            "</remote-database-name><research-notes>Mine.</research-notes>"
        ),
    )
    assert body(found[0]) == "Dezine at <10⁹/L in H₂O.\n\nIt helped."
    assert found[0].identifiers == ("pmid:876543", "doi:10.1000/q")
    assert (found[0].title, found[0].year, found[0].journal) == ("Dezine", 2017, "Ward")
    assert report.left_out == {"field research-notes (not read)": 1}


def test_tagged_text_of_cnki_is_read(tmp_path: Path) -> None:
    text = (
        "%0 Journal Article\n%A 张三\n%+ 某医院;\n%T 乙药治疗高血压\n%J 病房杂志\n%D 2021\n%V 3\n"
        "%K 高血压;乙药\n%X 目的:观察乙药<5mg的疗效。\n方法:随机。\n"
        "%P 1-5\n%@ 0000-0000\n%W CNKI\n\n"
        "%0 Thesis\n%T Thesis of Ezine (Retracted)\n%8 May 2011\n%^ What?\n"
    )
    found, report = read(tmp_path, "a.enw", text)
    assert [(each.title, each.year, each.type) for each in found] == [
        ("乙药治疗高血压", 2021, "journal article"),
        ("Thesis of Ezine (Retracted)", 2011, "thesis"),
    ]
    assert body(found[0]).startswith("目的:观察乙药<5mg的疗效。") and found[1].retracted
    assert report.left_out["no abstract (kept with its title)"] == 1


TITLE = "Colchicine and allopurinol in adults with recurrent gout"
LIBRARY = {
    "bib": f"@article{{a, title={{{TITLE}}}, year=2019, "
    f"doi={{10.1000/GOUT(05)1}}, abstract={{It eased.}}}}",
    "json": json.dumps(
        [{"type": "article-journal", "title": TITLE, "DOI": "10.1000/GOUT(05)1",
          "abstract": "It eased."}]
    ),
    "xml": _record(
        f"<titles><title>{TITLE}</title></titles><dates><year>2019</year></dates>"
        "<abstract>It eased.</abstract>"
    ),
    "enw": f"%0 Journal Article\n%T {TITLE}\n%D 2019\n%X It eased.\n",
}  # fmt: skip


@pytest.mark.parametrize("suffix", LIBRARY)
def test_a_reference_to_an_article_of_pubmed_is_a_duplicate(
    engine: Engine, home: Path, tmp_path: Path, suffix: str
) -> None:
    nbib = tmp_path / "a.nbib"
    nbib.write_text(
        f"PMID- 123456\nTI  - {TITLE}\nAB  - It eased attacks.\nDP  - 2019\n"
        "AID - 10.1000/gout(05)1 [doi]\n"
    )
    updates.add(engine, home, [nbib], licence="none")
    library = tmp_path / f"a.{suffix}"
    library.write_text(LIBRARY[suffix])
    update = updates.add(engine, home, [library], licence="none")
    assert update.documents == 0
    assert update.left_out == {"reference to an article that is there under another id": 1}


_WORDS = st.lists(
    st.sampled_from(
        ["ALT <ULN", ">3 times", "10⁹/L", "H₂O", "5 µg", "≤ 4", "60%", "R&D", "$5", "a_b", "#3",
         "{x}",
         "Müller", "痛风", "–", "~", "x^2", "\\", "±", '"q"', "š", "ß"]
    ),
    min_size=1, max_size=8,
).map(lambda words: "Stop " + " ".join(words) + ".")  # fmt: skip
_LATEX = {
    **{"\\": "{\\textbackslash}", "<": "{\\textless}"},
    **{">": "{\\textgreater}", "%": "\\%"},
    **{"&": "\\&"},
    **{"$": "\\$", "_": "\\_", "#": "\\#", "{": "\\{", "}": "\\}", "~": "{\\textasciitilde}"},
    **{"^": "{\\textasciicircum}", "⁹": "$^9$", "₂": "\\textsubscript{2}", "≤": "$\\leq$"},
    **{"ü": '{\\"u}', "š": "\\v{s}", "ß": "{\\ss}", "–": "--", "±": "$\\pm$"},
}  # fmt: skip


def _latex(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in text)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_WORDS, min_size=1, max_size=4))
def test_generated_references_come_back_from_every_format(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    files = {
        "g.bib": "\n".join(
            f"@article{{k{n},\n title = {{T{n}}},\n abstract = {{{_latex(text)}}}\n}}"
            for n, text in enumerate(texts)
        ),
        "g.json": json.dumps(
            [{"type": "article-journal", "title": f"T{n}", "abstract": text}
             for n, text in enumerate(texts)]
        ),
        "g.xml": "<xml><records>"
        + "".join(
            f"<record><ref-type name='Journal Article'>17</ref-type>"
            f"<titles><title>T{n}</title></titles>"
            f"<abstract><style>{escape(text)}</style></abstract></record>"
            for n, text in enumerate(texts)
        )
        + "</records></xml>",
        "g.enw": "\n\n".join(
            f"%0 Journal Article\n%T T{n}\n%X {text}" for n, text in enumerate(texts)
        ),
    }  # fmt: skip
    for name, content in files.items():
        found, report = read(folder, name, content)
        assert [body(each) for each in found] == texts, name
        assert report.left_out == {}, name


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r"Give \SI{3}{mg} or \qty[x = y]{4}{\milli\gram\per\kilogram\per\day}.",
         "Give 3 mg or 4 mg/kg/d."),
        (r"$\SI{3}{mg}$, $x = \qty{3}{\ug}$", "3 mg, x = 3 µg"),
        (r"\num{1e-3}, \num{5.2e9}/L, \num{3 +- 1}", "1 × 10⁻³, 5.2 × 10⁹/L, 3 ± 1"),
        (r"\SIrange{3}{5}{mg}, \numrange{1}{2}, \SIlist{1;2}{\mL}", "3 to 5 mg, 1 to 2, 1, 2 mL"),
        (r"\SI{5}{\percent} at \SI{37}{\celsius}, \ang{30}", "5% at 37 °C, 30°"),
        (r"\si{mg.L^{-1}}, \unit{\kilo\gram\per\metre\squared}", "mg·L⁻¹, kg/m²"),
        (r"\ce{H2O}, \ce{SO4^2-}, \ce{Na+}", "H₂O, SO₄²⁻, Na⁺"),
        (r"\qty{3}{\foo}, \SI{3}, \ce{A -> B}", "3 ⟦?⟧, ⟦?⟧, ⟦?⟧"),
    ],
)  # fmt: skip
def test_numbers_and_units_of_latex_packages_are_written_out(raw: str, text: str) -> None:
    assert plain_latex(raw) == text


def ris(tmp_path: Path, lines: str) -> tuple[DocumentRecord, ReadReport]:
    path = tmp_path / "a.ris"
    path.write_text(f"TY  - JOUR\n{lines}ER  - \n", encoding="utf-8")
    report = ReadReport()
    (record,) = reading.read(path, "ris", report)
    assert isinstance(record, DocumentRecord)
    return record, report


def test_a_second_title_is_counted_and_a_second_abstract_is_read(tmp_path: Path) -> None:
    record, report = ris(
        tmp_path, "TI  - Gout\nT1  - La goutte\nAB  - Rest.\nN2  - Give 5 mg of Abazine.\n"
    )
    assert record.title == "Gout"
    assert record.sections[0].text == "Rest.\n\nGive 5 mg of Abazine."
    assert report.left_out == {"other title of the reference (not read)": 1}


@pytest.mark.parametrize("second", ["Rest in bed.", "REST IN BED", "Rest"])
def test_what_two_fields_say_alike_is_read_once(tmp_path: Path, second: str) -> None:
    lines = f"TI  - Gout\nT1  - GOUT.\nAB  - Rest in bed.\nN2  - {second}\n"
    record, report = ris(tmp_path, lines)
    assert record.sections[0].text == "Rest in bed."
    assert report.left_out == {}


def test_a_line_of_an_abstract_that_looks_like_a_field_stays_in_it(tmp_path: Path) -> None:
    lines = "AB  - Give either\nPO - 10 mg\nIV - 5 mg daily.\nAD  - A ward\nQQ  - other\n"
    record, report = ris(tmp_path, f"TI  - Gout\n{lines}")
    assert record.sections[0].text == "Give either PO - 10 mg IV - 5 mg daily."
    assert report.left_out == {"field QQ (not read)": 1}
