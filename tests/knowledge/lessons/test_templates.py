"""Test the YAML files of words: same keys in every language, and mistakes are refused."""

import random
import re
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from knowledge.errors import KnowledgeError
from knowledge.lessons.realize import realizer
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.lessons.templates import grammar, loader, tables
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import (
    TABLES,
    HuatuoWords,
    SafetyWords,
    ToolsWords,
)

CHECKOUT = Path(__file__).resolve().parents[3]
PAGE = (CHECKOUT / "docs" / "templates.md").read_text(encoding="utf-8")
FILES = [(table, language) for table in TABLES for language in LANGUAGES]
NAMES = [f"{language}/{loader.file_name(table)}" for table, language in FILES]


@dataclass(frozen=True, slots=True)
class SampleWords:
    """A table of three lists, for files of words that are not shipped."""

    found: tables.Lines = tables._lines()
    shown: tables.Lines = tables._lines("f")
    next_question: tables.Lines = tables._lines("q Q")


GOOD = """\
found:
  - "I have looked that up. "
shown:
  - "The entry: {f}"
next_question:
  - "One more: {q}"
"""


def content(table, language):
    return (loader.folder(language) / loader.file_name(table)).read_text(encoding="utf-8")


def parsed(text, table=SampleWords, language="en"):
    return loader.parse(table, language, text, "words.yaml")


def keys(value):
    """Return the keys of a value, and of what they hold."""
    return {key: keys(held) for key, held in value.items()} if isinstance(value, dict) else None


@pytest.mark.parametrize(("table", "language"), FILES, ids=NAMES)
def test_every_file_loads(table, language):
    words = load(table, language)
    assert loader.texts(words)
    assert load(table, language) is words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_a_file_for_every_table_and_no_other(language):
    there = {path.name for path in loader.folder(language).iterdir()}
    assert there == {loader.file_name(table) for table in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=loader.file_name)
def test_languages_have_the_same_keys(table):
    raw = [yaml.safe_load(content(table, language)) for language in LANGUAGES]
    for each in fields(table):
        held = [words[each.name] for words in raw]
        rule = each.metadata["rule"]
        if rule.by == ((),) or (rule.optional and not all(held)) or each.name == "told":
            continue  # words as keys, or a language has no need of all of them
        for one, other in pairwise(held):
            assert keys(one) == keys(other), each.name


@pytest.mark.parametrize(("table", "language"), FILES, ids=NAMES)
def test_the_comment_of_a_key_names_its_slots(table, language):
    text = content(table, language)
    for each in fields(table):
        comment = re.search(rf"((?:^# .*\n)+){each.name}:", text, re.M)
        assert comment, each.name
        named = comment[1].partition("Slots:")[2]
        assert set(re.findall(r"\{(\w+)\}", named)) == each.metadata["rule"].slots, each.name


@pytest.mark.parametrize(("table", "language"), FILES, ids=NAMES)
def test_no_line_of_a_file_is_too_long(table, language):
    assert max(map(len, content(table, language).splitlines())) <= 100


def test_the_words_of_a_style_stand_in_a_file_of_its_name():
    named = {loader.file_name(table).removesuffix(".yaml") for table in TABLES}
    assert {name.replace("-", "_") for name in STYLES} <= named


def test_a_table_cannot_be_changed():
    words = load(SafetyWords, "en")
    with pytest.raises(AttributeError):
        words.kin = ()
    with pytest.raises(TypeError):
        words.harm_question["condition"] = ()


def test_long_templates_stand_on_several_lines():
    text = GOOD.replace(
        '  - "The entry: {f}"',
        "  - |-\n    (The entry\n    |The record) reads\n    (as follows|thus): {f}",
    )
    said = "(The entry|The record) reads{space}(as follows|thus): {f}"
    assert parsed(text).shown == (said.format(space=" ", f="{f}"),)
    assert parsed(text, language="zh").shown == (said.format(space="", f="{f}"),)


def test_parts_are_put_in_where_they_are_named():
    text = 'parts:\n  entry: "(entry|record)"\n' + GOOD.replace("The entry", "The $entry")
    assert parsed(text).shown == ("The (entry|record): {f}",)


def test_a_key_for_which_a_language_has_nothing_is_left_out():
    assert "weight" not in load(ToolsWords, "zh").kin_special
    assert load(HuatuoWords, "en").measure_word == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("found:", "finds:", "words.yaml: `finds` is not a key of this file"),
        ("found:\n", "", "is not valid YAML"),
        ('found:\n  - "I have looked that up. "\n', "", "words.yaml: `found` is missing"),
        ("{q}", "{who}", "words.yaml: `next_question` may not use the slot {who} (it may use {Q}"),
        ("up. ", "up {f}. ", "`found` may not use the slot {f} (it may use no slots)"),
        ("{q}", "(a|b", "`next_question`"),
        ("{q}", "{q", "`next_question`"),
        ("{q}", "{}", "`next_question` has a brace that belongs to no slot"),
        ("{q}", "$more", "`next_question` uses $more, which does not stand under `parts`"),
        ('"One more: {q}"', "12", "`next_question` holds 12, which is not a text"),
        ('\n  - "One more: {q}"', ' "{q}"', "`next_question` is not a list of texts"),
        ('\n  - "One more: {q}"', " []", "`next_question` is empty"),
        ("found:", 'parts: {a: "b"}\nfound:', "`parts.a` is used by no template"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(old, new, said):
    assert old in GOOD
    with pytest.raises(KnowledgeError) as error:
        parsed(GOOD.replace(old, new))
    assert said in error.value.what and "words.yaml" in error.value.what
    assert "\n" not in error.value.what and error.value.where == "words.yaml"


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        (SafetyWords, "  condition:", "  animal:", "is not a key that may stand here"),
        (HuatuoWords, "  symptom: ", "  symptoms: ", "`some_name.symptoms` is not a key"),
        (HuatuoWords, "  3: ", "  5: ", "`number.5` is not a key that may stand here"),
        (HuatuoWords, '  4: "four"\n', "", "`number.4` is missing"),
        (HuatuoWords, '"four"', '"(four|4)"', "may not hold alternatives in parentheses"),
        (ToolsWords, "her, female, 42", "her, female, old", "has a row that is not text, text"),
    ],
)
def test_a_mistake_below_a_key_is_told_with_its_place(table, old, new, said):
    text = content(table, "en")
    assert old in text
    with pytest.raises(KnowledgeError, match=re.escape(said)):
        parsed(text.replace(old, new, 1), table)


def blocks(name):
    """Return the code blocks of a language on the page that specifies the notation."""
    return re.findall(rf"^```{name}\n(.*?)^```", PAGE, re.M | re.S)


@pytest.mark.parametrize("block", blocks("template"))
def test_an_example_gives_the_texts_that_the_page_shows(block):
    template, *shown = block.splitlines()
    if shown[0].startswith("= "):
        assert shown == [f"= {grammar.count_texts(template)} texts"]
        return
    drawn = {grammar.vary(template, random.Random(seed)) for seed in range(400)}
    assert drawn == {line.removeprefix("→ ") for line in shown}
    assert len(shown) == grammar.count_texts(template)


@pytest.mark.parametrize("block", blocks("filled"))
def test_an_example_is_filled_as_the_page_shows(block):
    template, given, shown = block.splitlines()
    parts = dict(each.split(" = ") for each in given.removeprefix("with ").split(", "))
    count = int(parts.pop("facts", "1"))
    language = "en" if template.isascii() or "«" in template else "zh"
    assert f"→ {realizer.fill(template, language, count, **parts)}" == shown


def test_the_page_shows_lists_as_they_are_read():
    lists, parts = blocks("yaml")
    rest = GOOD.replace('shown:\n  - "The entry: {f}"\n', "")
    assert parsed(lists + rest).shown == (
        "(Fact|Entry|Record) used: {f}",
        "This (rests on|comes from|is taken from) the record: {f}",
    )
    assert parsed(parts + rest).shown[0] == "The (entry|record) reads: {f}"


PROOF = (
    "appraisal_check", "calculation_wording", "pair_check", "path_check", "question_patterns",
    "stock_sentences", "talk_patterns", "template_patterns", "two_papers_check",
)  # fmt: skip


def test_the_page_names_every_file_and_who_reads_it():
    rows = re.findall(r"^\| `(\w+\.yaml)` \| .+ \| (.+) \|$", PAGE, re.M)
    named = {name: set(re.findall(r"`(\w+)`", readers)) for name, readers in rows}
    lessons = CHECKOUT / "knowledge" / "lessons"
    modules = {
        path.stem: path.read_text(encoding="utf-8")
        for folder in ("realize", "styles", "verify")
        for path in (lessons / folder).glob("*.py")
        if path.stem not in PROOF  # which reads all of them
    }
    read = {
        loader.file_name(table): {
            name for name, code in modules.items() if re.search(rf"\b{table.__name__}\b", code)
        }
        for table in TABLES
    }
    assert named == read
