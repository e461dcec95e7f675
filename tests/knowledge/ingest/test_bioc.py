"""Readers of BioC: what PubMed Central and PubTator give, in XML and in JSON."""

import json
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import detect, reading
from knowledge.records import DocumentRecord, NoticeRecord, ReadReport, Record

Told = Sequence[tuple[dict[str, str], str]]

TABLE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<table frame="hsides"><thead><tr><th>eGFR</th>'
    "<th>Dose of Phizine</th></tr></thead><tbody><tr><td>&lt;30 mL/min</td><td>2 × 10<sup>3</sup>"
    " IU</td></tr></tbody></table>"
)
ARTICLE: Told = [
    (
        {
            "section_type": "TITLE", "type": "front", "year": "2019", "article-id_pmid": "31111111",
            "article-id_pmc": "6543210", "article-id_doi": "10.1000/J(19)7",
            "name_0": "surname:Doe", "license": "CC BY", "kwd": "gout pain",
        },
        "Phizine in <i>adults</i> with gout.",
    ),
    ({"section_type": "ABSTRACT", "type": "abstract_title_1"}, "BACKGROUND"),
    ({"section_type": "ABSTRACT", "type": "abstract"}, "Gout hurts."),
    ({"section_type": "METHODS", "type": "title_1"}, "Patients and methods"),
    ({"section_type": "METHODS", "type": "title_2"}, "Dose"),
    ({"section_type": "METHODS", "type": "paragraph"},
     "Adults had ALT <ULN. Cells were 5 × 109/L."),
    ({"section_type": "RESULTS", "type": "paragraph"}, "Pain fell by 3 × 100 units (P < 0.05)."),
    ({"section_type": "FIG", "type": "fig_title_caption", "id": "F1"}, "Flow of patients."),
    ({"section_type": "FIG", "type": "fig_caption", "id": "F1"}, "Dropped out: 3."),
    ({"section_type": "TABLE", "type": "table_title_caption", "id": "T1"}, "Doses of Phizine."),
    ({"section_type": "TABLE", "type": "table", "id": "T1", "xml": TABLE},
     "eGFR\tDose\t \t<30\tx\t"),
    ({"section_type": "TABLE", "type": "table_foot", "id": "T1"}, "IU: international units."),
    ({"section_type": "TABLE", "type": "table_caption", "id": "T2"}, "Ages."),
    ({"section_type": "TABLE", "type": "table", "id": "T2"},
     "Group\tAge\t \tPhizine\t50\t \tNone\t51\t"),
    ({"section_type": "REF", "type": "title"}, "References"),
    ({"section_type": "REF", "type": "ref", "year": "1999", "article-id_pmid": "7"}, "Old work"),
    ({"section_type": "REF", "type": "ref"}, "Older work"),
    ({"section_type": "ACK_FUND", "type": "paragraph"}, "We thank all."),
]  # fmt: skip


def xml_of(documents: dict[str, Told], source: str = "PMC") -> str:
    told = "".join(
        f"<document><id>{id}</id><infon key='license'>CC BY</infon>"
        + "".join(
            "<passage>"
            + "".join(f"<infon key={quoteattr(k)}>{escape(v)}</infon>" for k, v in infons.items())
            + f"<offset>{n}</offset><text>{escape(text)}</text>"
            "<annotation id='1'><infon key='type'>Gene</infon><text>not read</text></annotation>"
            "</passage>"
            for n, (infons, text) in enumerate(passages)
        )
        + "</document>"
        for id, passages in documents.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE collection SYSTEM "BioC.dtd"><collection>'
        f"<source>{source}</source><date>20200101</date><key>pmc.key</key>{told}</collection>"
    )


def json_documents(documents: dict[str, Told]) -> list[dict[str, object]]:
    return [
        {
            "id": id,
            "infons": {"license": "CC BY"},
            "passages": [
                {
                    "offset": n, "infons": infons, "text": text, "sentences": [],
                    "annotations": [{"text": "not read", "infons": {"type": "Gene"}}],
                    "relations": [],
                }
                for n, (infons, text) in enumerate(passages)
            ],
            "annotations": [],
            "relations": [],
        }
        for id, passages in documents.items()
    ]  # fmt: skip


def json_of(documents: dict[str, Told], source: str = "PMC") -> str:
    collection = {"bioctype": "BioCCollection", "source": source, "infons": {}}
    return json.dumps([collection | {"documents": json_documents(documents)}])


def read(folder: Path, name: str, content: str) -> tuple[list[Record], ReadReport]:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    report = ReadReport()
    return list(reading.read(path, detect.detect_format(path), report)), report


def document(record: Record) -> DocumentRecord:
    assert isinstance(record, DocumentRecord)
    return record


@pytest.mark.parametrize(("name", "wrap"), [("a.xml", xml_of), ("a.json", json_of)])
def test_a_full_text_of_pmc_is_read_by_its_sections(tmp_path: Path, name: str, wrap) -> None:  # type: ignore[no-untyped-def]
    found, report = read(tmp_path, name, wrap({"6543210": ARTICLE}))
    (record,) = map(document, found)
    assert record.title == "Phizine in adults with gout" and record.year == 2019
    assert record.identifiers == ("pmc:PMC6543210", "pmid:31111111", "doi:10.1000/j(19)7")
    assert [(each.title, each.text) for each in record.sections] == [
        ("Abstract: Background", "Gout hurts."),
        ("Patients and methods: Dose", "Adults had ALT <ULN. Cells were 5 × 10⟦?⟧/L."),
        ("Results", "Pain fell by 3 × 100 units (P < 0.05)."),
        ("Flow of patients", "Flow of patients. Dropped out: 3."),
        (
            "Doses of Phizine",
            "Doses of Phizine.\n\neGFR <30 mL/min: Dose of Phizine: 2 × 10³ IU.\n\n"
            "IU: international units.",
        ),
        ("Ages", "Ages.\n\nGroup Phizine: Age: 50.\n\nGroup None: Age: 51."),
    ]
    assert report.left_out == {
        "reference (not read)": 2,
        "acknowledgements (not read)": 1,
        reading.HOLED: 1,
    }


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("5 × 109/L", True), ("5×109 cells", True), ("2 x 10-3 mol", True), ("1.2 × 1012/L", True),
        ("WBC 4 109/L", True), ("3 × 100 mg", False), ("2 x 1000 mg", False), ("10–20 mg", False),
        ("× 10⁹/L", False), ("109 patients", False), ("p = 0.109", False), ("4 × 10.5 mg", False),
    ],
)  # fmt: skip
def test_a_power_that_bioc_flattened_is_a_hole(tmp_path: Path, text: str, marked: bool) -> None:
    passages: Told = [({"type": "title"}, "T"), ({"type": "abstract"}, f"Counts were {text}.")]
    found, _ = read(tmp_path, "a.xml", xml_of({"5": passages}, "PubTator"))
    assert ("⟦?⟧" in document(found[0]).sections[0].text) is marked


ABSTRACT: Told = [
    (
        {"type": "title", "journal": "Ward J; 2018 May; 3(2):1-9. doi: 10.1000/w", "year": "2018"},
        "RETRACTED: Bezine eases coughs in all adults",
    ),
    ({"type": "abstract"}, "It eased."),
]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"PubTator3": json_documents({"77": ABSTRACT})}),
        json.dumps(json_documents({"77": ABSTRACT})),
        "\n".join(map(json.dumps, json_documents({"77": ABSTRACT}))),
        json.dumps({"source": "PubTator", "documents": json_documents({"77": ABSTRACT})}),
    ],
    ids=["PubTator3", "array", "lines", "collection"],
)
def test_abstracts_of_pubtator_have_the_keys_of_pubmed(tmp_path: Path, content: str) -> None:
    found, report = read(tmp_path, "a.json", content)
    first = document(found[0])
    assert (first.key, first.year, first.journal) == ("pmid:77", 2018, "Ward J")
    assert first.retracted and [each.text for each in first.sections] == ["It eased."]
    assert [each.kind for each in found if isinstance(each, NoticeRecord)] == ["retraction"]
    assert not report.left_out


def test_sentences_stand_in_for_a_text(tmp_path: Path) -> None:
    content = (
        "<collection><source>PubTator</source><document><id>5</id><passage><infon key='type'>"
        "abstract</infon><sentence><text>One.</text></sentence><sentence><text>Two.</text>"
        "</sentence></passage></document></collection>"
    )
    found, _ = read(tmp_path, "a.xml", content)
    assert document(found[0]).sections[0].text == "One. Two."


@pytest.mark.parametrize("xml",
    ["<table><tr><td>", "<table>" + "<td>" * 999, "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"],
)  # fmt: skip
def test_a_table_whose_xml_is_broken_is_read_from_its_cells(tmp_path: Path, xml: str) -> None:
    passages: Told = [
        ({"section_type": "TITLE", "type": "front"}, "T"),
        ({"section_type": "TABLE", "type": "table", "id": "T1", "xml": xml},
         "Age\tDose\t \t5\t2 mg\t"),
    ]  # fmt: skip
    found, _ = read(tmp_path, "a.xml", xml_of({"5": passages}))
    assert document(found[0]).sections[0].text == "Age 5: Dose: 2 mg."


@pytest.mark.parametrize("cut", [40, 200, 400])
def test_a_collection_that_is_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    for name, content in (("a.xml", xml_of({"1": ARTICLE})), ("a.json", json_of({"1": ARTICLE}))):
        path = tmp_path / name
        path.write_text(content[:-cut])
        with pytest.raises(KnowledgeError) as caught:
            list(reading.read(path, "bioc-xml" if name == "a.xml" else "bioc-json", ReadReport()))
        assert "broken at line" in caught.value.what


_TEXT = st.lists(
    st.sampled_from(["ALT <ULN", ">3 times", "10⁹/L", "5 µg", "≤ 4", "60%", "R&D", "痛风",
                     "p<b and b>c"]),
    min_size=1, max_size=6,
).map(lambda words: "Stop " + " ".join(words) + ".")  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(_TEXT, min_size=1, max_size=3), min_size=1, max_size=3))
def test_generated_passages_come_back(
    tmp_path_factory: pytest.TempPathFactory, articles: list[list[str]]
) -> None:
    told: dict[str, Told] = {
        str(n + 1): [
            ({"section_type": "TITLE", "type": "front"}, f"T{n}"),
            *(({"section_type": "RESULTS", "type": "paragraph"}, text) for text in texts),
        ]
        for n, texts in enumerate(articles)
    }
    for name, content in (("g.xml", xml_of(told)), ("g.json", json_of(told))):
        found, report = read(tmp_path_factory.getbasetemp(), name, content)
        texts = [document(each).sections[0].text.split("\n\n") for each in found]
        assert texts == articles and not report.left_out


@pytest.mark.parametrize("form", ["<text>{}</text>", "<sentence><text>{}</text></sentence>"])
def test_text_behind_markup_that_is_not_escaped_is_read(tmp_path: Path, form: str) -> None:
    inside = form.format("Give &lt;5 mg <b>but</b> not 10<sup>-3</sup> g.")
    found, _ = read(
        tmp_path,
        "m.xml",
        "<collection><source>own</source><document><id>1</id><passage>"
        f'<infon key="type">paragraph</infon>{inside}</passage></document></collection>',
    )
    text = document(found[0]).sections[0].text
    assert text == "Give <5 mg but not 10\u207b\u00b3 g."
