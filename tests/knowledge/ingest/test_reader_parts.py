"""The parts that readers share: names and identifiers, joined rows, markup, tagged lines, plans."""

import pytest
from defusedxml.ElementTree import fromstring
from lxml import html as lxml_html

from knowledge.ingest import ingest_plan
from knowledge.ingest.sources.graph import medicalgraph, table_rows, terminologies, triple_mapping
from knowledge.ingest.sources.literature.markup import markdown_text, markup
from knowledge.ingest.sources.literature.pages import html_hidden_text
from knowledge.ingest.sources.literature.references import tagged_lines
from knowledge.records import EntityRecord, Name, ReadReport
from knowledge.vocabulary import RELATIONS

# Tables


def test_a_name_is_cleaned_or_counted() -> None:
    report = ReadReport()
    found = [table_rows.clean_name(each, report) for each in (" Gout ", "", "Sarcoma of...")]
    assert found == ["Gout", "", ""]
    assert report.left_out == {"no information": 1, "damaged name": 1}
    assert report.examples == {"damaged name": "Sarcoma of..."}


def test_an_entity_without_a_first_name_has_none() -> None:
    report = ReadReport()
    assert table_rows.clean_names(["Gout", "", "Gout", "Podagra"], "en", report) == (
        Name("Gout", "en"),
        Name("Podagra", "en"),
    )
    assert table_rows.clean_names(["", "Podagra"], "en", report) == ()


@pytest.mark.parametrize(
    ("register", "number", "expected"),
    [
        ("UMLS_CUI", " C0018099 ", "UMLS:C0018099"),
        ("ICD-10-CM", "M10", "ICD10CM:M10"),
        ("SNOMEDCT_US_2025_09_01", "90560007", "SNOMEDCT:90560007"),
        ("Own", "1", "OWN:1"),
        ("UMLS", " ", ""),
    ],
)
def test_an_identifier_has_one_spelling(register: str, number: str, expected: str) -> None:
    assert table_rows.format_identifier(register, number) == expected


def row(name: str, other: str, line: int, own: tuple[str, ...] = ()) -> EntityRecord:
    statement = table_rows.relate_to("symptom", (Name(other, "en"),))
    return EntityRecord("condition", (Name(name, "en"),), (statement,), line, own=own)


def said(record: EntityRecord) -> list[str]:
    return [each.term.names[0].text for each in record.statements if each.term]


def test_only_neighbours_of_one_subject_are_joined() -> None:
    rows = [
        row("Gout", "pain", 1),
        row("Gout", "fever", 2),
        row("Gout", "pain", 3),
        row("Gout", "pain", 4, own=("X:1",)),
        row("Asthma", "cough", 5),
        row("Gout", "pain", 6),
    ]
    joined = list(table_rows.join_neighbours(rows))
    assert [(each.names[0].text, each.line, said(each)) for each in joined] == [
        ("Gout", 1, ["pain", "fever"]),
        ("Gout", 4, ["pain"]),
        ("Asthma", 5, ["cough"]),
        ("Gout", 6, ["pain"]),
    ]
    many = [row("Gout", f"pain {number}", number) for number in range(1_200)]
    assert [len(each.statements) for each in table_rows.join_neighbours(many)] == [500, 500, 200]
    assert list(table_rows.join_neighbours([])) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("发热、咳嗽，无力；头痛", ["发热", "咳嗽", "无力", "头痛"]),
        ("MRI CT", ["MRI", "CT"]),
        ("Crohn disease 痛风", ["Crohn disease", "痛风"]),
        ("1,25-羟维生素D 血钙", ["1,25-羟维生素D", "血钙"]),
        ("甲(乙 丙)丁 戊", ["甲(乙 丙)丁", "戊"]),
        ("甲(乙 丙、丁", ["甲(乙", "丙", "丁"]),
        ("", []),
    ],
)
def test_a_chinese_list_is_split_where_names_end(text: str, parts: list[str]) -> None:
    assert medicalgraph.split_names(text) == parts


def test_a_list_is_not_split_at_spaces_where_they_belong_to_names() -> None:
    assert medicalgraph.split_names("甲 乙、丙", by_space=False) == ["甲 乙", "丙"]


@pytest.mark.parametrize("name", ["Juvenile onset", "Frequency", "Severe"])
def test_what_hpo_keeps_beside_phenotypes_is_known(name: str) -> None:
    assert not terminologies.is_phenotype(name)
    assert terminologies.is_phenotype(f"{name} pain")


def test_columns_are_known_whatever_their_case_and_separator() -> None:
    known = triple_mapping.TripleMapping()
    assert known.find_columns(["id", "Head-Entity", "RELATION TYPE", "tail entity", "x type"]) == {
        "head": "Head-Entity",
        "relation": "RELATION TYPE",
        "tail": "tail entity",
        "head_kind": "x type",
    }
    assert known.find_columns(["head", "relation"]) is None


def test_a_relation_seen_from_its_object_is_inverted() -> None:
    known = triple_mapping.TripleMapping()
    for id, relation in RELATIONS.items():
        if relation.inverse_en and not relation.symmetric:
            found = known.relation(relation.inverse_en)
            assert found is not None and (found.inverted or found.relation != id)
    assert known.relation("orbits") is None


# Markup


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<p>10<sup>-3</sup> mol</p>", "10⁻³ mol"),
        ("<p>the 4<sup>th</sup> day</p>", "the 4th day"),
        ("<p>a<break/>b &amp;lt; c</p>", "a b < c"),
        ("<p>a<!-- not seen -->b</p>", "ab"),
    ],
)
def test_an_element_is_a_line_of_text(xml: str, text: str) -> None:
    assert markup.element_text(fromstring(xml)) == text


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<p>Helps [<xref ref-type="bibr">1</xref>, <xref ref-type="fn">2</xref>].</p>', "Helps."),
        ('<p>It helps<sup><xref ref-type="bibr">3</xref></sup> here.</p>', "It helps here."),
        ('<p>As <xref ref-type="bibr">Smith, 2004</xref> found.</p>', "As Smith, 2004 found."),
        ('<p>See <xref ref-type="fig">2</xref>.</p>', "See 2."),
    ],
)  # fmt: skip
def test_numbers_that_cite_go_and_names_stay(xml: str, text: str) -> None:
    assert markup.element_text(fromstring(xml), frozenset({"bibr"})) == text


def test_no_element_has_no_text() -> None:
    assert markup.element_text(None) == ""


def test_markdown_becomes_paragraphs() -> None:
    text = (
        "One\nline with **bold** and [a link](x).\n\n- item\n- `code`\n\n|a|b|\n|---|---|\n|1|2|\n"
    )
    assert markdown_text.markdown_paragraphs(text).split("\n\n") == [
        "One line with bold and a link.",
        "item",
        "code",
        "a 1: b: 2.",
    ]


def test_lines_are_joined_without_a_space_between_chinese() -> None:
    assert markup.join_lines("痛风\n患者") == "痛风患者"
    assert markup.join_lines("gout\nhurts") == "gout hurts"
    assert markup.plain_paragraphs("a\nb\n \n\nc") == "a b\n\nc"


def test_sections_carry_the_headings_above_them() -> None:
    parts = [
        (1, "Gout"),
        (0, "Intro."),
        (2, "Care"),
        (3, "Drugs"),
        (0, "One."),
        (0, "---"),
        (2, "End"),
    ]
    report = ReadReport()
    found = markup.build_sections(parts, "Gout", report)
    assert [(each.title, each.text) for each in found] == [
        ("", "Intro."),
        ("Care: Drugs", "One."),
    ]
    assert report.left_out == {"heading without text": 1} and set(report.examples.values()) == {
        "End"
    }


def test_invisible_characters_are_counted_where_somebody_asks() -> None:
    with markup.count_invisible() as outer:
        with markup.count_invisible() as inner:
            assert markup.tidy("go\u200but") == "gout"
        markup.tidy("\ufeffgout\u202e")
    assert (inner.count, outer.count) == (1, 2)
    assert markup.tidy("go\u200but") == "gout"


@pytest.mark.parametrize(
    "attributes",
    [
        "hidden",
        'aria-hidden="true"',
        'style="display: none"',
        'style="font-size:0px"',
        'style="position:absolute;left:-9999px"',
        'style="color:#fffffe"',
        'style="height:0;overflow:hidden"',
        'style="opacity:0.0"',
    ],
)
def test_what_an_element_hides_is_removed_and_what_follows_stays(attributes: str) -> None:
    tree = lxml_html.fromstring(f"<div><p>Seen <b {attributes}>not seen</b> after.</p></div>")
    assert html_hidden_text.remove(tree) == ["not seen"]
    assert tree.text_content() == "Seen  after."


@pytest.mark.parametrize(
    "attributes",
    ['style="opacity:0.5"', 'style="color:#fff;background:#000"', 'style="left:-2px"', ""],
)
def test_what_can_be_seen_stays(attributes: str) -> None:
    tree = lxml_html.fromstring(f"<div><p>Seen <b {attributes}>seen too</b>.</p></div>")
    assert html_hidden_text.remove(tree) == []
    assert tree.text_content() == "Seen seen too."


# Tagged lines


def test_an_entry_keeps_its_fields_in_order() -> None:
    entry = tagged_lines.TaggedEntry(3)
    entry.fields += [("AB", ["One", "line.", "", "Two."]), ("KW", ["a", " b "]), ("KW", ["", "c"])]
    assert entry.all("KW", "AB") == ["a b", "c", "One line. Two."]
    assert entry.first("XX", "KW") == "a b" and entry.first("XX") == ""
    assert entry.raw("KW") == ["a", "b", "c"]
    assert entry.text("AB") == "One line.\n\nTwo."


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("AIM: To see. RESULTS: It helped.", [("Aim", "To see."), ("Results", "It helped.")]),
        ("We saw. RESULTS: It helped.", [("", "We saw. RESULTS: It helped.")]),
        ("AIM: To see.", [("", "AIM: To see.")]),
        ("Text. (ABSTRACT TRUNCATED AT 250 WORDS)", [("", "Text.")]),
        ("", []),
    ],
)
def test_an_abstract_is_split_at_two_labels_or_more(
    text: str, sections: list[tuple[str, str]]
) -> None:
    assert [(each.title, each.text) for each in tagged_lines.split_abstract(text)] == sections


@pytest.mark.parametrize(
    ("text", "doi", "pmid"),
    [
        ("https://doi.org/10.1000/ABC(5)1.", "10.1000/abc(5)1", ""),
        ("doi 10.1000%2Fabc", "10.1000/abc", ""),
        ("https://pubmed.ncbi.nlm.nih.gov/123/", "", "123"),
        ("http://www.ncbi.nlm.nih.gov/pubmed/45?x", "", "45"),
        ("PMID: 67", "", "67"),
        ("89", "", ""),
        ("(10.1016/0140-1111(91)92345-6).", "10.1016/0140-1111(91)92345-6", ""),
        ("10.1016/s0140-1111(05)", "10.1016/s0140-1111(05)", ""),
        ("see [10.1000/abc].", "10.1000/abc", ""),
        ("{10.1000.20/abc[1]x}，", "10.1000.20/abc[1]x", ""),
        (
            "https://doi.org/10.1002/(SICI)1000-1(19980101)1:1%3C16::AID-AB9%3E3.0.CO;2-2",
            "10.1002/(sici)1000-1(19980101)1:1<16::aid-ab9>3.0.co;2-2",
            "",
        ),
        ("10.1000/abc<br>more", "10.1000/abc", ""),
        ("<a>10.1000/abc</a>", "10.1000/abc", ""),
    ],
)
def test_identifiers_are_found_in_texts_and_addresses(text: str, doi: str, pmid: str) -> None:
    assert (tagged_lines.find_doi(text), tagged_lines.find_pmid(text)) == (doi, pmid)


# Plans


def test_counts_are_added_reason_by_reason() -> None:
    total = {"a": 1}
    source: ingest_plan.Row = {"left_out": {"a": 1}}
    ingest_plan.add_source_counts(source, total, {"a": 2, "b": 3})
    assert total == {"a": 3, "b": 3}
    assert source["left_out"] == {"a": 2, "b": 3}


def test_a_statement_to_a_thing_keeps_its_own_identifiers() -> None:
    names, own = (Name("Colchicine", "en"),), ("DRUGBANK:1",)
    statement = table_rows.relate_to("medicine", names, own=own, note="x")
    assert statement.term is not None and statement.note == "x"
    assert (statement.term.own, statement.term.identifiers) == (own, own)
