"""Every text-bearing element of WordprocessingML is read, counted, or leaves a mark."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy_word import build, p, r, read

from knowledge.text.holes import HOLE

CASES = Path(__file__).parents[2] / "cases" / "word_elements.yaml"


@dataclass(frozen=True, slots=True)
class Element:
    """An element around a word W; where it stands, and what becomes of the word."""

    place: str
    text: str
    counted: str = ""
    hole: bool = False
    gone: bool = False

    @property
    def is_read(self) -> bool:
        """Whether the word is found again."""
        return not (self.counted or self.hole or self.gone)


ELEMENTS = [
    Element(place, **(each if isinstance(each, dict) else {"text": each}))
    for place, listed in yaml.safe_load(CASES.read_text(encoding="utf-8")).items()
    for each in listed
]
RUN = re.compile(r"(?:(?<=>)|\A)R(?=<|\Z)")
PARTS = ("comments", "header", "footer")


def around(element: Element, word: str) -> str:
    return re.sub(r"\bW\b", word, RUN.sub("<w:r><w:t>W</w:t></w:r>", element.text))


def document(path: Path, held: list[tuple[Element, str]]) -> tuple[str, Counter[str]]:
    """Write a document that holds elements, each around its word, and read it."""

    def at(place: str, form: str = "{}") -> str:
        texts = [around(each, word) for each, word in held if each.place == place]
        return "".join(form.format(text) for text in texts)

    line = p(r("First "), "{}", r(" last."))
    notes = [(each, word) for each, word in held if each.place == "notes"]
    refers = "".join(
        p(r("Noted."), f'<w:r><w:footnoteReference w:id="{place}"/></w:r>')
        for place, _ in enumerate(notes)
    )
    parts = [(name, at(name)) for name in PARTS if at(name)]
    if notes:
        texts = [around(each, word) for each, word in notes]
        parts.append(
            (
                "footnotes",
                "".join(
                    f'<w:footnote w:id="{place}">{text}</w:footnote>'
                    for place, text in enumerate(texts)
                ),
            )
        )
    formulas = at("formulas", line.format("<m:oMath>{}</m:oMath>"))
    body = p(r("Start here.")) + at("runs", line) + formulas + at("blocks") + refers
    texts, left_out = read(build(path, body + p(r("End here.")), parts))
    return "\n".join(texts), Counter(left_out)


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda each: f"{each.place}: {each.text}")
def test_an_element_is_read_counted_or_marked(tmp_path: Path, element: Element) -> None:
    text, left_out = document(tmp_path / "a.docx", [(element, "zq7")])
    assert (text.count("zq7") > 0) is element.is_read
    assert text.count("zq7") <= 1 or "vMerge" in element.text, "a merged cell is spread"
    assert element.counted in ("", *left_out)
    assert (HOLE in text) is element.hole
    assert "Start here." in text and "End here." in text
    if element.place in ("runs", "formulas"):
        said = text.replace("\n", " ")
        assert "First " in said and " last." in said.replace("\n", " ")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(ELEMENTS), max_size=60))
def test_each_of_many_elements_is_read_once_or_counted(
    tmp_path_factory: pytest.TempPathFactory, elements: list[Element]
) -> None:
    held = [(each, f"zq{place}x") for place, each in enumerate(elements)]
    text, left_out = document(tmp_path_factory.getbasetemp() / "many.docx", held)
    for element, word in held:
        assert (text.count(word) > 0) is element.is_read, element.text
    for reason, count in Counter(each.counted for each in elements if each.counted).items():
        assert left_out[reason] >= (1 if "pages" in reason else count), reason
