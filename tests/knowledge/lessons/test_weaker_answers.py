"""Weaker answers are worse in the way that they say, and the check of pairs finds any other."""

import random
import sys
from pathlib import Path

import pytest

from knowledge.lessons.styles import weaker_answers
from knowledge.lessons.styles.preference import PreferencePairs
from knowledge.lessons.verify import pair_check
from knowledge.records import Lesson, LessonMessage, LessonSource

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from tampered_pairs import PAIRS

STROKE = {
    "en": (
        "My uncle was told about stroke and his arm is weak. Which tests are done?",
        "First of all, call the emergency number now. Together, these signs suggest stroke. "
        "Tests for stroke include brain CT and brain MRI. "
        "Remember with stroke: sudden weakness of one side needs an ambulance.",
        ["Stroke — tests: brain CT; brain MRI.", "Stroke — red flags: Sudden weakness of one "
         "side needs an ambulance."],
        [[], [], [0, 1], [2]],
        ["brain CT", "brain MRI"],
    ),
    "zh": (
        "我叔叔得了脑卒中，手没有力气，要做什么检查？",
        "首先，请马上去急诊。这些表现合在一起，提示可能有急症：脑卒中。"
        "脑卒中的检查有脑CT和脑MRI。脑卒中的警示征象：突然单侧无力须叫救护车。",
        ["脑卒中——检查：脑CT；脑MRI。", "脑卒中——警示征象：突然单侧无力须叫救护车。"],
        [[], [], [0, 1], [2]],
        ["脑CT", "脑MRI"],
    ),
}  # fmt: skip
LANGUAGES = ("en", "zh")


def row(language, question, answer, quotes, support, objects, *, style="chatdoctor", **meta):
    """Return a row; every line of evidence but the last has two facts where it lists two."""
    sources = []
    for quote in quotes:
        count = quote.count("; ") + quote.count("；") + 1
        sources += [LessonSource("fact", f"f{len(sources) + n}", quote) for n in range(count)]
    messages = (LessonMessage("user", question), LessonMessage("assistant", answer))
    return Lesson(
        f"{style}-{language}", messages, language, style, tuple(sources), ("condition:1",),
        "condition:1", "CC0-1.0",
        {"relation": "test", "support": support, "objects": objects, **meta},
    )  # fmt: skip


def pair_of(lesson, weaker):
    return {
        "prompt": lesson.messages[-2].content,
        "chosen": lesson.messages[-1].content,
        "rejected": weaker.answer,
        "why": weaker.why,
    }


def made(language):
    """Return a row and a pair for each kind of weaker answer."""
    question, answer, quotes, support, objects = STROKE[language]
    urgent = row(language, *STROKE[language], urgent=["stroke"])
    opening = len(weaker_answers._opening_of(urgent))
    plain = answer[opening:].strip()
    warned = row(language, question, plain, quotes, support[2:], objects)
    closing = {"en": " That is not a diagnosis.", "zh": "这不是诊断。"}[language]
    hedged = row(
        language, question, plain.partition({"en": " Remember", "zh": "脑卒中的警示"}[language])[0]
        + closing, quotes[:1], [[0, 1], []], objects,
    )  # fmt: skip
    names, listed = {
        "en": (["ibuprofen", "sleep", "coffee", "rain", "wind"], "Causes of sore feet include "
               "ibuprofen, sleep, coffee, rain, and wind."),
        "zh": (["久站", "受寒", "新鞋", "扁平足", "外伤"],
               "脚痛可由久站、受寒、新鞋、扁平足以及外伤引起。"),
    }[language]  # fmt: skip
    head = {"en": "Sore feet — causes: ", "zh": "脚痛——病因："}[language]
    quote = head + ("; " if language == "en" else "；").join(names) + "."
    asked = {"en": "What causes sore feet?", "zh": "脚痛的病因是什么？"}[language]
    whole = row(language, asked, listed, [quote], [[0, 1, 2, 3, 4]], names, style="huatuo")
    combined = {
        "en": ("Can I take aspirin with warfarin?", "Hold on: aspirin and warfarin interact.",
               ["aspirin — interactions: warfarin."], [[0]], ["warfarin"]),
        "zh": ("华法林和阿司匹林能一起吃吗？", "先别急，阿司匹林与华法林有相互作用。",
               ["阿司匹林——相互作用：华法林。"], [[0]], ["华法林"]),
    }[language]  # fmt: skip
    refused = row(language, *combined, style="safety")
    refused.meta["relation"] = "interaction"
    pick = random.Random(4)
    found = {
        "missed urgency": (urgent, weaker_answers.unhurried(urgent)),
        "correct but unsafe": (warned, weaker_answers.unsafe(warned)),
        "overconfident": (hedged, weaker_answers.overconfident(hedged, pick)),
        "incomplete": (whole, weaker_answers.incomplete(whole)),
        "missed warning": (refused, weaker_answers.waved_through(refused, pick)),
    }
    return {kind: (lesson, pair_of(lesson, weaker)) for kind, (lesson, weaker) in found.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_weaker_answer_is_of_its_kind(language):
    for kind, (lesson, pair) in made(language).items():
        assert pair["why"].startswith(f"{kind}: ")
        assert pair_check.fault(lesson, pair) == ""
    pairs = {kind: pair["rejected"] for kind, (_, pair) in made(language).items()}
    told = {
        "en": "Tests for stroke include brain CT and brain MRI.",
        "zh": "脑卒中的检查有脑CT和脑MRI。",
    }
    first, last = (
        told[language],
        {"en": "ibuprofen and wind.", "zh": "久站以及外伤引起。"}[language],
    )
    assert pairs["missed urgency"] == pairs["correct but unsafe"] == first
    assert pairs["incomplete"].endswith(last)
    assert pairs["overconfident"].startswith(first) and len(pairs["overconfident"]) > len(first)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PAIRS)
def test_a_tampered_pair_is_found(kind, language):
    every = made(language)
    others = [pair for _, pair in every.values()]
    tried = 0
    for lesson, pair in every.values():
        for seed in range(6):
            wrong = PAIRS[kind](lesson, pair, random.Random(seed), others)
            if wrong and wrong != pair:
                tried += 1
                assert pair_check.fault(lesson, wrong), (kind, wrong)
    assert tried or kind == "pair with a whole list rejected"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_worse_gives_no_pair(language):
    every = made(language)
    urgent, warned, hedged = (
        every[kind][0] for kind in ("missed urgency", "correct but unsafe", "overconfident")
    )
    pick = random.Random(1)
    assert weaker_answers.unhurried(warned) is None  # nothing is urgent
    assert weaker_answers.unsafe(hedged) is None  # nothing is warned of
    assert weaker_answers.overconfident(urgent, pick) is None  # something else comes first
    assert weaker_answers.overconfident(warned, pick) is None  # nothing is left open
    assert weaker_answers.incomplete(warned) is None  # two facts are no list
    whole = every["incomplete"][0]
    some = {"en": "Name two causes of sore feet.", "zh": "说出脚痛的两个病因。"}[language]
    answer = whole.messages[1].content
    counted = row(language, some, answer, ["x"], [[0]], whole.meta["objects"], style="huatuo")
    assert weaker_answers.incomplete(counted) is None


def test_pairs_that_are_not_worse_are_not_made(monkeypatch):
    lesson = made("en")["missed warning"][0]
    monkeypatch.setattr("knowledge.lessons.styles.preference.PAIR_SHARE", 1.0)
    pairs = PreferencePairs(lambda id: set(), fault=pair_check.fault)
    assert pairs(lesson)["why"].startswith("missed warning")
    assert PreferencePairs(lambda id: set(), fault=lambda row, pair: "not worse")(lesson) is None
