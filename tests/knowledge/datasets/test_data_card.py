"""The card: its header, samples, tables and picture, from rows of the tests' own."""

import itertools
import re
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from toy_lessons import opened

from knowledge.datasets import card, card_uses, distribution, hub_header, row_counts
from knowledge.datasets.card_samples import CardSamples
from knowledge.datasets.filtering import FilterReport
from knowledge.datasets.graph_sources import GraphSource, sources_of
from knowledge.datasets.row_counts import RowCounts
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.records import Lesson, LessonMessage, LessonSource

LONG = "Rest the ankle for two days, keep it raised, and cool it for ten minutes at a time. "
SOURCE = GraphSource("leaflets|2024", "csv", "CC-BY-4.0", "Read by\nnobody.", "ab" * 32)


def row(number, style="huatuo", language="en", answer=LONG * 2, licence="CC0-1.0", **meta):
    said = (
        LessonMessage("user", f"What helps, case {number}?"),
        LessonMessage("assistant", answer),
    )
    proof = (LessonSource("fact", "fact:1", "Sprain — treatment: rest."),)
    told = {"relation": "treatment"} | meta
    about = f"condition:{number}"
    rest = (proof, (about,), about, licence, told)
    return Lesson(f"{style}-{language}-{number}", said, language, style, *rest)


def counted(*rows, held=()):
    counts = RowCounts()
    for each in rows:
        counts.add(each, each in held)
    return counts


def text(counts, **more):
    return card.text(4, {"seed": 1, "styles": ["huatuo"], "limit": None}, counts,
                     FilterReport(), (), **more)  # fmt: skip


def header(counts):
    lines = list(hub_header.lines(counts))
    assert lines[0] == "---" and lines[-2:] == ["---", ""]
    return yaml.safe_load("\n".join(lines[1:-2]))


def test_the_header_tells_languages_licence_size_and_splits():
    told = header(counted(row(1), row(2, language="zh")))
    assert told["language"] == ["en", "zh"] and told["license"] == "cc0-1.0"
    assert told["size_categories"] == ["n<1K"] and "license_name" not in told
    files = {each["config_name"]: each["data_files"] for each in told["configs"]}
    assert files["default"] == [{"split": "train", "path": "train.jsonl"}]
    assert "preference" not in files and set(files) >= {"chat", "alpaca", "sharegpt"}


def test_the_header_tells_no_single_licence_where_there_are_several():
    told = header(counted(row(1), row(2, licence="not stated")))
    assert told["license"] == "other" and told["license_name"]
    assert header(counted(row(1, licence="hospital use")))["license"] == "other"


def test_only_validation_rows_have_no_training_files():
    one = row(1)
    configs = header(counted(one, held=[one]))["configs"]
    assert [each["config_name"] for each in configs] == ["default"]
    assert {"split": "validation", "path": "validation.jsonl"} in configs[0]["data_files"]


def test_the_hub_and_its_library_read_the_header():
    hub = pytest.importorskip("huggingface_hub")
    read = hub.DatasetCard(text(counted(row(1)))).data
    assert read.language == ["en"] and read.license == "cc0-1.0" and read.pretty_name


def test_samples_do_not_depend_on_the_order_of_rows():
    chinese = row(6, language="zh", answer="抬高患肢，冷敷十分钟。" * 5)
    others = (row(5, style="safety"), row(4, relation="associated_with"))
    rows = [row(1), row(2, answer="Rest."), row(3), chinese, *others]
    chosen = set()
    for order in itertools.permutations(rows):
        samples = CardSamples()
        for each in order:
            samples.see(each)
        chosen.add(tuple(each.id for each in samples.lessons))
    assert len(chosen) == 1
    [ids] = chosen
    assert ids[0] in ("huatuo-en-1", "huatuo-en-3")
    # two of a style and language, each on another topic
    assert ids[1:] == ("huatuo-en-4", "huatuo-zh-6", "safety-en-5")


def test_the_better_rated_row_is_the_sample():
    samples = CardSamples()
    for place, rated in enumerate((61, 88, 74), 1):
        one = row(place)
        samples.see(replace(one, meta={**one.meta, "quality": rated}))
    assert [each.meta["quality"] for each in samples.lessons] == [88]


def test_some_rows_are_drawn_by_lot_and_one_of_each_rarer_kind():
    plain = [row(place) for place in range(1, 9)]
    rare = [row(20, urgent=1), row(21, refused=1), row(22, declined="cause"), row(23, declined="x")]
    chinese = [row(30, language="zh", answer="休息。")]
    chosen = set()
    for turn in range(4):
        samples = CardSamples()
        for each in (every := [*plain, *rare, *chinese])[turn:] + every[:turn]:
            samples.see(each)
        chosen.add(tuple((name, each.id) for name, each in samples.by_lot))
    [drawn] = chosen
    assert [name for name, _ in drawn] == ["any row"] * 5 + ["urgent", "refuses", "declines"] + [
        "any row"
    ]
    assert dict(drawn)["urgent"] == "huatuo-en-20" and dict(drawn)["refuses"] == "huatuo-en-21"
    told = card.text(1, {}, counted(*plain), FilterReport(), plain[:1], by_lot=samples.by_lot)
    assert "## Samples drawn by lot" in told and "*refuses: huatuo*" in told


def test_a_sample_tells_calls_and_results_as_such():
    call = LessonMessage("assistant", 'lookup("Sprain", "treatment")')
    found = LessonMessage("user", "RESULT: Sprain — treatment: rest.")
    one = row(1, style="knowledge-call")
    first, last = one.messages
    talk = Lesson(one.id, (first, call, found, last), "en", one.style, one.sources,
                  one.entities, one.split_key, one.licence, one.meta)  # fmt: skip
    told = card.text(1, {}, counted(talk), FilterReport(), [talk])
    assert '> **Call:** lookup("Sprain", "treatment")' in told
    assert "> **Result:** Sprain — treatment: rest." in told and "RESULT" not in told


def test_rows_are_counted_by_style_and_language_length_register_and_difficulty():
    rows = [row(1, register="lay", difficulty="2"), row(2, language="zh", answer="休息。"),
            row(3, answer="Rest.", register="lay")]  # fmt: skip
    counts = counted(*rows)
    told = text(counts)
    assert "| huatuo | 2 | 1 | 3 | a question about" in told
    assert "| lay | 2 |" in told and "## Rows by difficulty" in told
    assert "| en, under 20 words | 1 |" in told and "| zh, under 40 characters | 1 |" in told
    report = row_counts.report(counts, FilterReport())
    assert sum(report["lengths"].values()) == 3 and report["registers"] == {"lay": 2}
    assert counts.openings[("en", "assistant")] == {"rest the ankle": 1, "rest.": 1}


def test_no_topic_shows_the_sign_of_the_other_end():
    counts = counted(row(1, relation="medicine~"))
    report = row_counts.report(counts, FilterReport())
    assert list(report["relations"]) == ["medicine (used for)"]
    assert report["largest_relation"]["relation"] == "medicine (used for)"
    assert "medicine~" not in text(counts)


def test_sources_and_what_was_dropped_stay_within_their_cells():
    screened = FilterReport(
        seen=9, dropped={"odd | reason": 2}, examples={"odd | reason": ["a\nb"]}
    )
    told = card.text(4, {}, counted(row(1)), screened, (), sources=(SOURCE,))
    assert "| leaflets\\|2024 | csv | CC-BY-4.0 | Read by nobody. | abababababab |" in told
    assert "| odd \\| reason | 2 | a b |" in told


def test_the_command_is_that_of_the_arguments():
    told = text(counted(row(1)), hashes={"train.jsonl": "0123456789abcdef"})
    assert "medchat build-data --out DIR --style huatuo --seed 1\n" in told
    assert "| 0123456789ab |" in told


def test_every_flag_of_the_command_is_one_of_the_command_line():
    page = (Path(card.__file__).parents[2] / "docs/reference/commands.md").read_text("utf-8")
    everything = dict.fromkeys([*card_uses.FLAGS, *card_uses.FILES], ["x y"])
    (command,) = [line for line in card_uses.again(everything) if line.startswith("medchat")][:1]
    flags = re.findall(r"--[a-z-]+", command)
    assert len(flags) == len(everything) + 2 and all(f"`{flag}" in page for flag in flags)
    assert "--style 'x y' " in command and "--parallel --feedback --import FILE" in command
    told = "".join(card_uses.again({"parallel": False, "limit": None, "seed": 0}))
    assert "--parallel" not in told and "--limit" not in told and "--seed 0" in told


def test_every_style_is_told_in_words():
    counts = counted(*(row(number, style=style) for number, style in enumerate(STYLES)))
    lines = text(counts).splitlines()
    for style in STYLES:
        if style != "preference":
            (line,) = [each for each in lines if each.startswith(f"| {style} | 1 | 1 |")]
            assert not line.endswith("|  |")


def test_reasoning_and_parallel_rows_are_told_at_a_glance():
    told = text(counted(row(1, trace=[["fact:1", "It is."]]), row(2, parallel="p"), row(3)))
    assert "| reasoning | 1 rows list" in told and "| parallel | 1 rows tell" in told
    assert "| parallel |" not in text(counted(row(1)))


def test_what_a_model_can_learn_is_what_rows_do():
    plain = row(1)
    told = text(counted(plain, row(2, style="vignette"), row(3, style="safety", refused=1)))
    learned = told.split("## What it is good for", 1)[1].split("##", 1)[0]
    assert "refuse what would do harm" in learned
    assert all(each not in learned for each in ("emergency", "step traced", "call", "decline"))
    silent = row(4, style="grounded", partly="tests", support=[[0], []])
    asked = 'calculate("BMI", weight=?, height=1.75 m) = ?'
    asks = replace(row(5, style="tools"), sources=(LessonSource("fact", "formula:bmi", asked),))
    called = Lesson(
        "tools-en-6",
        (
            LessonMessage("user", "BMI of 70 kg and 1.75 m?"),
            LessonMessage("assistant", 'calculate("BMI", weight=70 kg, height=1.75 m)'),
            LessonMessage("user", "RESULT: BMI = 22.9"),
            LessonMessage("assistant", "The BMI is 22.9."),
        ),
        *("en", "tools", (), (), "f", "CC0-1.0", {}),
    )
    told = text(counted(plain, silent, asks, called))
    assert "| calls | 1 |" in told and "| several turns |" not in told
    assert "| declines in part | 1 | says so of one of two things |" in told
    assert "| stock sentences | 1 |" in told and "| asks for a value | 1 |" in told
    learned = told.split("## What it is good for", 1)[1].split("##", 1)[0]
    assert "decline where the evidence is silent" in learned and "a value" in learned


def test_what_licence_is_not_stated_is_said_only_where_it_is_so():
    assert "not yours to pass on" not in text(counted(row(1)))
    assert "not yours to pass on" in text(counted(row(1, licence="not stated")))


def test_sources_of_the_graph_are_not_told_of_rows_of_other_people():
    outside = row(1, style="imported", licence="none stated", imported="talks.json")
    told = text(counted(outside), sources=(SOURCE,))
    assert "leaflets" not in told and "| not proven | 1 rows of other people |" in told
    assert "| proven |" not in told and "`none stated` means" in told


def test_of_many_sources_few_are_named_at_a_glance_and_all_below():
    many = [replace(SOURCE, title=f"leaflet {number}") for number in range(9)]
    told = text(counted(row(1)), sources=many)
    assert "leaflet 4 and 4 more, listed below |" in told
    assert "| leaflet 8 | csv |" in told


def test_the_picture_has_a_bar_for_each_style_and_language():
    rows = [row(1), row(2, language="zh"), row(3), row(4, style="a<b")]
    root = ElementTree.fromstring(distribution.draw(counted(*rows)))
    name = "{http://www.w3.org/2000/svg}"
    said = [each.text for each in root.iter(f"{name}text")]
    assert {"huatuo", "a<b", "3", "English 3", "Chinese 1"} <= set(said)
    widths = [float(each.get("width")) for each in root.iter(f"{name}rect")]
    assert len(widths) == 1 + 2 + 3
    english, chinese = widths[3:5]
    assert english == pytest.approx(2 * chinese, rel=0.01)


def test_a_folder_under_the_hubs_name_loads_by_its_header(tmp_path):
    pytest.importorskip("datasets.load", reason="datasets is not installed: make tools")
    import datasets

    engine, generation = opened(tmp_path / "graph")
    made = build.build(engine, generation, tmp_path / "data", BuildOptions(limit=60))
    assert [each.title for each in sources_of(engine, generation)]
    engine.dispose()
    told = (tmp_path / "data" / "CARD.md").read_text(encoding="utf-8")
    assert "| written from | " in told and "![Rows by style and language]" in told
    shutil.copy(tmp_path / "data" / "CARD.md", tmp_path / "data" / "README.md")
    cache = str(tmp_path / "cache")
    parts = datasets.load_dataset(str(tmp_path / "data"), cache_dir=cache)
    assert (len(parts["train"]), len(parts["validation"])) == (made.train, made.validation)
    chat = datasets.load_dataset(str(tmp_path / "data"), "chat", cache_dir=cache)
    assert len(chat["train"]) == made.train


def test_the_card_names_styles_that_were_asked_for_and_not_written():
    counts = counted(row(1), row(2))
    told = card.text(
        4, {"styles": ["huatuo", "exam", "dialogue", "preference"]}, counts, FilterReport(), ()
    )
    assert "Asked for, and not written from these sources: exam, dialogue." in told
    assert "not written from these sources" not in text(counts)
