"""Every text-bearing element of the JATS archiving tag set is read, counted, or leaves a mark."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.ingest.sources import reading
from knowledge.records import DocumentRecord, ReadReport
from knowledge.text.holes import HOLE

CASES = Path(__file__).parents[2] / "cases" / "jats_elements.yaml"
NAMESPACES = (
    'xmlns:mml="http://www.w3.org/1998/Math/MathML" '
    'xmlns:oasis="http://www.niso.org/standards/z39-96/ns/oasis-exchange/table"'
)


@dataclass(frozen=True, slots=True)
class Element:
    """An element around a word W; where it stands, and what becomes of the word."""

    place: str
    text: str
    counted: str = ""
    hole: bool = False


ELEMENTS = [
    Element(place, **(each if isinstance(each, dict) else {"text": each}))
    for place, listed in yaml.safe_load(CASES.read_text(encoding="utf-8")).items()
    for each in listed
]


def article(held: list[tuple[Element, str]]) -> str:
    """Return an article that holds elements, each around its word."""

    def at(place: str, form: str = "{}") -> str:
        texts = [each.text.replace("W", word) for each, word in held if each.place == place]
        return "".join(form.format(text) for text in texts)

    meta = at("meta")
    if "<article-title>" not in meta:
        meta = f"<title-group><article-title>T</article-title></title-group>{meta}"
    return (
        f"<article {NAMESPACES}><front><journal-meta>{at('journal')}</journal-meta>"
        f"<article-meta>{meta}</article-meta>{at('front')}</front><body>"
        f"<p>Start here.</p>{at('phrases', '<p>First {} last.</p>')}"
        f"{at('formulas', '<p>First <mml:math>{}</mml:math> last.</p>')}{at('blocks')}"
        f"<p>End here.</p></body><back>{at('back')}</back>{at('outside')}</article>"
    )


def read(path: Path, held: list[tuple[Element, str]]) -> tuple[str, Counter[str]]:
    path.write_text(article(held), encoding="utf-8")
    report = ReadReport()
    (record,) = reading.read(path, "jats", report)
    assert isinstance(record, DocumentRecord)
    sections = [f"{each.title}\n{each.text}" for each in record.sections]
    return "\n".join((record.title, record.journal, *sections)), Counter(report.left_out)


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda each: f"{each.place}: {each.text}")
def test_an_element_is_read_counted_or_marked(tmp_path: Path, element: Element) -> None:
    text, left_out = read(tmp_path / "a.xml", [(element, "zq7")])
    assert ("zq7" in text) is not (element.hole or bool(element.counted))
    assert element.counted in ("", *left_out)
    assert (HOLE in text) is element.hole
    assert "Start here." in text and "End here." in text
    if element.place in ("phrases", "formulas"):
        (line,) = [line for line in text.split("\n") if line.startswith("First")]
        assert "last." in line and line.count("zq7") <= 1
        assert not {"Firstzq7", "zq7last", "redzq7"} & set(line.split())


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from([each for each in ELEMENTS if each.place != "meta"]), max_size=60))
def test_each_of_many_elements_is_read_once_or_counted(
    tmp_path_factory: pytest.TempPathFactory, elements: list[Element]
) -> None:
    held = [(each, f"zq{place}x") for place, each in enumerate(elements)]
    text, left_out = read(tmp_path_factory.getbasetemp() / "many.xml", held)
    for element, word in held:
        if element.place != "journal":  # an article has one journal
            assert (word in text) is not (element.hole or bool(element.counted)), element.text
    for reason, count in Counter(each.counted for each in elements if each.counted).items():
        assert left_out[reason] >= (1 if "details" in reason else count), reason


def test_cells_of_a_table_of_groups_stand_under_their_columns(tmp_path: Path) -> None:
    def row(*entries: str) -> str:
        return f"<oasis:row>{''.join(entries)}</oasis:row>"

    def entry(text: str, more: str = "") -> str:
        return f"<oasis:entry {more}>{text}</oasis:entry>"

    names = "".join(f'<oasis:colspec colname="c{place}"/>' for place in range(4))
    head = row(entry("Age", 'morerows="1"'), entry("Dose", 'namest="c1" nameend="c3"'))
    head += row(entry("day"), entry("noon"), entry("night"))
    body = row(entry("child"), entry("9 mg", 'colname="c3"'))  # cells without text are left out
    body += row(entry("adult", 'morerows="1"'), entry("1 mg"), entry("2 mg"), entry("3 mg"))
    body += row(entry("4 mg", 'colname="c2"'))
    table = Element(
        "blocks",
        f"<table-wrap><oasis:table><oasis:tgroup>{names}<oasis:thead>{head}</oasis:thead>"
        f"<oasis:tbody>{body}</oasis:tbody></oasis:tgroup></oasis:table></table-wrap>",
    )
    text, _ = read(tmp_path / "a.xml", [(table, "")])
    told = [line for line in text.split("\n") if line.startswith("Age")]
    assert told == [
        "Age child: Dose, night: 9 mg.",
        "Age adult: Dose, day: 1 mg; Dose, noon: 2 mg; Dose, night: 3 mg.",
        "Age adult: Dose, noon: 4 mg.",
    ]
