"""JATS: every word of an article is read or counted; tables, formulas, entities, prefixes."""

import unicodedata
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.ingest.sources import reading
from knowledge.ingest.sources.literature.markup.linear_formulas import linear_mathml, linear_tex
from knowledge.ingest.sources.literature.markup.tables import Cell, spread, state_rows
from knowledge.records import DocumentRecord, ReadReport
from knowledge.text.holes import HOLE

DOCTYPE = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "JATS-archivearticle1.dtd">'


def article(tmp_path, body, more="", root="article", doctype=""):
    path = tmp_path / "a.xml"
    meta = '<article-id pub-id-type="pmid">7</article-id><title-group><article-title>T'
    path.write_text(
        f"{doctype}<{root}><front><article-meta>{meta}</article-title></title-group>"
        f"</article-meta></front><body>{body}</body>{more}</article>",
        encoding="utf-8",
    )
    report = ReadReport()
    (record,) = reading.read(path, "jats", report)
    assert isinstance(record, DocumentRecord)
    return record, report


def parts(record):
    return [(each.title, each.text) for each in record.sections]


def test_a_table_is_told_row_by_row_with_caption_and_notes(tmp_path):
    table = """<sec><title>Doses</title><p>See the table.</p><table-wrap><label>Table 2</label>
    <caption><p>Dose of Omegazine by liver function.</p></caption><table><thead>
    <tr><th rowspan="2">Class</th><th colspan="2">Dose</th></tr>
    <tr><th>adults</th><th>children</th></tr></thead><tbody>
    <tr><td>A</td><td>20 mg<sup><xref ref-type="table-fn" rid="n">a</xref></sup></td>
    <td>5 mg</td></tr><tr><td>B</td><td colspan="2">Avoid. Ask first.</td></tr></tbody></table>
    <table-wrap-foot><fn id="n"><label>a</label><p>Halve it after 65.</p></fn>
    </table-wrap-foot></table-wrap></sec>"""
    record, report = article(tmp_path, table)
    assert parts(record) == [
        ("Doses", "See the table."),
        (
            "Doses: Table 2: Dose of Omegazine by liver function",
            "Dose of Omegazine by liver function.\n\n"
            "Class A: Dose, adults: 20 mg (note a); Dose, children: 5 mg.\n\n"
            "Class B: Dose, adults and Dose, children: Avoid; Ask first.\n\n"
            "Note a: Halve it after 65.",
        ),
    ]
    assert report.left_out == {}


def test_short_notes_stand_in_each_part_of_a_long_table(tmp_path):
    rows = "".join(f"<tr><td>Drug{n}</td><td>{n} mg daily by mouth</td></tr>" for n in range(60))
    table = f"""<table-wrap><label>Table 1</label><table><thead><tr><th>Drug</th><th>Dose</th></tr>
    </thead><tbody>{rows}</tbody></table><table-wrap-foot><p>With food.</p></table-wrap-foot>
    </table-wrap>"""
    record, _ = article(tmp_path, table)
    assert len(record.sections) > 2
    assert all(each.text.endswith("\n\nWith food.") for each in record.sections)
    assert all(f"Drug{n}: Dose: {n} mg" in str(parts(record)) for n in range(60))


def test_groups_of_rows_and_empty_first_cells_keep_what_they_belong_to():
    head = [[Cell("Drug"), Cell("Use"), Cell("Dose")]]
    rows = [
        [Cell("Adults", columns=3)],
        [Cell("Tauzine"), Cell("itch"), Cell("5 mg")],
        [Cell(""), Cell("pain"), Cell("9 mg")],
        [Cell("Sex"), Cell(""), Cell("")],
        [Cell("male", indented=True), Cell("x"), Cell("1")],
        [Cell("Age"), Cell("y"), Cell("2")],
    ]
    assert list(state_rows(head, rows)) == [
        "Adults, Drug Tauzine: Use: itch; Dose: 5 mg.",
        "Adults, Drug Tauzine: Use: pain; Dose: 9 mg.",
        "Adults, Sex.",
        "Adults, Sex, Drug male: Use: x; Dose: 1.",
        "Adults, Drug Age: Use: y; Dose: 2.",
    ]


def test_spans_that_claim_too_much_are_read_as_they_stand():
    grid = spread([[Cell("a", columns=10**5, rows=10**5), Cell("b")], [Cell("c")]])
    assert [[cell.text for cell in line] for line in grid] == [["a", "b"], ["a", "c"]]


@pytest.mark.parametrize(
    ("math", "text"),
    [
        ("<mn>4.1</mn><mo>±</mo><mn>0.2</mn>", "4.1 ± 0.2"),
        ("<mn>3</mn><mfrac><mn>1</mn><mn>4</mn></mfrac>", "3 1/4"),
        ("<mi>x</mi><mo>≤</mo><mo>−</mo><mn>3</mn>", "x ≤ −3"),
        ("<mn>2</mn><mo>\u2062</mo><mn>5</mn>", "2 · 5"),
        ("<msup><mn>10</mn><mrow><mo>−</mo><mn>6</mn></mrow></msup>", "10⁻⁶"),
        ("<msup><mi>e</mi><mrow><mo>-</mo><mi>k</mi><mi>t</mi></mrow></msup>", "e^(-kt)"),
        ("<msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt>", "√(a + b)"),
        ("<mfrac><mi>a</mi><mfrac><mi>b</mi><mi>c</mi></mfrac></mfrac>", "a/(b/c)"),
        ("<mfrac><mi>a</mi><mrow><mn>2</mn><mi>b</mi></mrow></mfrac>", "a/(2b)"),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", "x\u0304"),
        ("<msub><mi>C</mi><mtext>max</mtext></msub><mi>V</mi>", "C_max V"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
        ("<apply><plus/><ci>x</ci></apply>", HOLE),
        ("<mi>\ue011</mi><mo>=</mo><mn>1</mn>", f"{HOLE} = 1"),
        ("<menclose notation='updiagonalstrike'><mi>x</mi></menclose>", HOLE),
    ],
)
def test_mathml_on_one_line(math, text):
    assert linear_mathml(fromstring(f"<math>{math}</math>")) == text


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\documentclass{x}\begin{document}$$6\pm0.5$$\end{document}", "6 ± 0.5"),
        (r"\frac{a+b}{2c}", "(a + b)/(2c)"),
        (r"5\,\mu\mathrm{g/kg}", "5 μg/kg"),
        (r"10^{-3}\ \text{mg per day}", "10⁻³ mg per day"),
        (r"\sqrt[3]{x+1}", "(x + 1)^(1/3)"),
        (r"37^\circ\mathrm{C}", "37°C"),
        (r"\begin{cases} 1 & x>0\\ 0 & x \le 0\end{cases}", "{1, x > 0; 0, x ≤ 0"),
        (r"\foo{x}", f"{HOLE}x"),
        ("x^", f"x^{HOLE}"),
        ("}", HOLE),
    ],
)
def test_tex_on_one_line(tex, text):
    assert linear_tex(tex) == text


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="\\{}^_$&%~[] abfrcsqt12+-<", max_size=40))
def test_any_tex_is_read_or_has_a_hole(tex):
    said = linear_tex(tex)
    assert "\\" not in said
    if not (HOLE in said or "%" in tex or "sqrt" in tex):
        figures = [sign for sign in unicodedata.normalize("NFKC", said) if sign.isdigit()]
        assert sorted(figures) == sorted(sign for sign in tex if sign.isdigit())


def test_formulas_stand_in_their_sentence_and_what_cannot_be_read_is_a_hole(tmp_path):
    body = """<p>Give <inline-formula><alternatives><tex-math>\\frac{D}{2}</tex-math>
    <inline-graphic href="x"/></alternatives></inline-formula> mg if
    <disp-formula><label>(3)</label><math><mi>x</mi><mo>&lt;</mo><mn>4</mn></math></disp-formula>
    holds. Then take <inline-graphic href="y"/>g. Rest.</p>"""
    record, report = article(tmp_path, body)
    (section,) = record.sections
    assert section.text == (f"Give D/2 mg if Equation 3: x < 4 holds. Then take {HOLE}g. Rest.")
    assert report.left_out == {reading.HOLED: 1}


def test_entities_of_the_dtd_are_read_and_unknown_ones_are_holes(tmp_path):
    body = "<p>Give&nbsp;5&nbsp;&mu;g at &ge;38&deg;C, &alpha;&thinsp;&plusmn;&half;.</p>"
    record, _ = article(tmp_path, body + "<p>Take 5 &nosuchsign;g.</p>", doctype=DOCTYPE)
    assert record.sections[0].text == f"Give 5 μg at ≥38°C, α ±½.\n\nTake 5 {HOLE}g."


@pytest.mark.parametrize(
    "root", ["article", 'article xmlns="https://jats.nlm.nih.gov/ns/archiving/1.3/"']
)
def test_namespaces_do_not_matter(tmp_path, root):
    math = '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mn>5</m:mn></m:math>'
    record, _ = article(
        tmp_path, f"<p>Give <inline-formula>{math}</inline-formula> mg.</p>", root=root
    )
    assert record.sections[0].text == "Give 5 mg."


NAMES = (
    "bold italic sc monospace underline overline roman sans-serif named-content "
    "styled-content ext-link uri email abbrev institution funding-source milestone-start sub sup "
    "target related-object ruby inline-supplementary-material"
)
INLINE = NAMES.split()
HOLDERS = {
    "p": "<p>{0}</p>",
    "list": "<list><title>{0}</title><list-item><label>b)</label><p>{1}</p></list-item></list>",
    "def-list": "<def-list><def-item><term>{0}</term><def><p>{1}</p></def></def-item></def-list>",
    "quote": "<disp-quote><p>{0}</p><attrib>{1}</attrib></disp-quote>",
    "box": "<boxed-text><label>Box 1</label><caption><title>{0}</title></caption><p>{1}</p>"
    "<sec><title>{2}</title><p>{3}</p></sec></boxed-text>",
    "statement": "<statement><label>{0}</label><title>{1}</title><p>{2}</p></statement>",
    "speech": "<speech><speaker>{0}</speaker><p>{1}</p></speech>",
    "verse": "<verse-group><verse-line>{0}</verse-line><verse-line>{1}</verse-line></verse-group>",
    "preformat": "<preformat>{0}</preformat>",
    "code": "<code>{0}</code>",
    "figure": "<fig><label>Figure 9</label><caption><title>{0}</title><p>{1}</p></caption>"
    "<attrib>{2}</attrib></fig>",
    "figures": "<fig-group><caption><p>{0}</p></caption><fig><caption><p>{1}</p></caption></fig>"
    "</fig-group>",
    "table": "<table-wrap><caption><p>{0}</p></caption><table><thead><tr><th>{1}</th><th>{2}</th>"
    "</tr></thead><tbody><tr><td>{3}</td><td>{4}</td></tr></tbody></table>"
    "<table-wrap-foot><p>{5}</p></table-wrap-foot></table-wrap>",
    "tables": "<table-wrap-group><caption><p>{0}</p></caption><table-wrap><table><tr><td>{1}</td>"
    "</tr></table></table-wrap></table-wrap-group>",
    "cells": "<table-wrap><table><tr><th>{0}</th><td><list><list-item><p>{1}</p></list-item></list>"
    "</td></tr><tr><td>{2}</td></tr></table></table-wrap>",
    "formulas": "<disp-formula-group><disp-formula><math><mtext>{0}</mtext></math></disp-formula>"
    "</disp-formula-group>",
    "note": "<p>{0}<fn><label>*</label><p>{1}</p></fn></p>",
    "section": "<sec><title>{0}</title><subtitle>{1}</subtitle><p>{2}</p></sec>",
    "unknown": "<something><other>{0}</other> {1}</something>",
}


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_each_word_of_each_element_is_found_again(tmp_path_factory, data):
    count = 0
    words = []

    def word():
        nonlocal count
        count += 1
        words.append(f"word{count}q")
        name = data.draw(st.sampled_from(["", *INLINE]))
        return f"<{name}>{words[-1]}</{name}>" if name else words[-1]

    names = data.draw(st.lists(st.sampled_from(sorted(HOLDERS)), min_size=1, max_size=6))
    body = ""
    for name in names:
        plain = name in ("formulas", "code", "preformat")
        made = HOLDERS[name].format(*(word() for _ in range(6)))
        if plain:
            made = HOLDERS[name].format(*words[-6:])
        nested = name not in ("section", "note", "p") and data.draw(st.booleans())
        body += f"<p>Before {made} after.</p>" if nested else made
    used = [each for each in words if each in body]
    record, report = article(tmp_path_factory.mktemp("a"), body)
    text = "\n".join(f"{each.title}\n{each.text}" for each in record.sections)
    assert [each for each in used if each not in text] == []
    assert set(report.left_out) <= {"picture of a figure (its caption is read)"}


def test_what_stands_behind_an_article_is_read_or_counted(tmp_path):
    behind = """<back><ack><p>Thanks.</p></ack><app-group><app><title>Doses</title><p>Give 5 mg.
    </p></app></app-group><ref-list><ref/><ref/></ref-list><glossary><p>x</p></glossary></back>
    <floats-group><fig><caption><p>A curve.</p></caption><graphic/></fig></floats-group>
    <sub-article><body><p>Reply.</p></body></sub-article>"""
    body = (
        "<p>Text.</p><supplementary-material><caption><p>S1</p></caption></supplementary-material>"
    )
    record, report = article(tmp_path, body, behind)
    assert parts(record) == [
        ("", "Text."),
        ("A curve", "A curve."),
        ("Doses", "Give 5 mg."),
    ]
    assert report.left_out == {
        "supplementary file (not read)": 1,
        "picture of a figure (its caption is read)": 1,
        "acknowledgements (not read)": 1,
        "reference (not read)": 2,
        "glossary (not read)": 1,
        "sub-article (not read)": 1,
    }


@pytest.mark.parametrize(
    "title",
    [
        "Supplementation of zinc",
        "3.2. Effect of iron supplements on haemoglobin",
        "Financial incentives",
        "High-dose arm (see Additional file 2)",
        "Contribution of diet to relapse",
        "Disclosure of HIV status to partners",
        "Availability of oral rehydration salts",
        "Appendix 1. Eligibility criteria",
    ],
)
def test_a_section_whose_title_only_has_a_word_about_the_article_is_read(tmp_path, title):
    (record, report) = article(tmp_path, f"<sec><title>{title}</title><p>Give 5 mg.</p></sec>")
    assert [text for _, text in parts(record)] == ["Give 5 mg."]
    assert "section around the article" not in report.left_out


@pytest.mark.parametrize(
    "title",
    [
        "Competing interests",
        "Authors\u2019 contributions",
        "Electronic supplementary material",
        "Ethics approval and consent to participate",
        "Funding/support",
        "5. Acknowledgements and Funding:",
        "Additional file 2",
        "Availability of data and materials",
        "Clinical trial registration",
    ],
)
def test_a_section_about_the_article_is_counted(tmp_path, title):
    body = f"<sec><title>{title}</title><p>None.</p></sec><sec><p>Rest.</p></sec>"
    (record, report) = article(tmp_path, body)
    assert [text for _, text in parts(record)] == ["Rest."]
    assert report.left_out["section around the article"] == 1


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Anti-HCV (\u2013) and RhD (-).", "Anti-HCV (\u2013) and RhD (-)."),
        ("A change [\u20130.7, 0.1] of (\u2014 0.3) kPa.",) * 2,
        (
            "Falls [{0}] \u20130.4, more in ({0}; \u20130.5) men.",
            "Falls \u20130.4, more in (\u20130.5) men.",
        ),
        ("As said [{0}\u2013{0}], or ({0}, see there).", "As said, or (see there)."),
        ("Shown [[{0}]] twice<sup>{0},{0}</sup>.", "Shown twice."),
    ],
)
def test_signs_in_brackets_stay_where_no_citation_stood(tmp_path, text, held):
    mark = '<xref ref-type="bibr" rid="r">12</xref>'
    (record, _) = article(tmp_path, f"<p>{text.format(mark)}</p>")
    assert parts(record) == [("", held)]


def test_a_space_within_a_raised_or_lowered_part_parts_words(tmp_path):
    text = "<p>D<sub>max </sub>and 10<sup>9 </sup>5 mg tablets</p>"
    (record, _) = article(tmp_path, text)
    assert parts(record) == [("", "Dmax and 10\u2079 5 mg tablets")]
