"""Calls and results of rows, as turns of their own and as the texts that they came from."""

import json
from dataclasses import replace

import pytest

from knowledge.datasets import export_words, row_formats
from knowledge.datasets.tool_turns import calls_tools, read_call, turns_of
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.records import Lesson, LessonMessage, LessonSource

LOOKED = ("Is thirst a sign of diabetes?", 'lookup("Diabetes", "symptoms")')
FOUND = ("RESULT: Diabetes — symptoms: thirst; weight loss.", "Yes, thirst is one.")
BMI = 'calculate("体重指数", 体重=81 kg, 身高=1.8 m)'


def row(*said, language="en", style="tools", system=""):
    roles = ("user", "assistant") * len(said)
    told = [LessonMessage(*each) for each in zip(roles, said, strict=False)]
    if system:
        told.insert(0, LessonMessage("system", system))
    sources = (LessonSource("fact", "formula:bmi", "x"),)
    return Lesson("row-1", tuple(told), language, style, sources, (), "formula:bmi", "CC0-1.0")


def kinds(lesson):
    return [turn.kind for turn in turns_of(lesson)]


def test_a_call_and_its_result_become_turns_of_their_own():
    asked, call, result, answer = turns_of(row(*LOOKED, *FOUND))
    assert (asked.kind, answer.kind) == ("user", "assistant")
    assert call.tool == result.tool == "lookup"
    assert call.arguments == {"entity": "Diabetes", "attribute": "symptoms"}
    assert (result.kind, result.text) == ("result", "Diabetes — symptoms: thirst; weight loss.")


@pytest.mark.parametrize(
    "said",
    [
        ("What is my BMI?", "Which weight and height do you have?"),
        ("How do I call it?", 'lookup("Gout", "tests")'),
        ("How do I call it?", 'lookup("Gout", "tests")', "Thank you.", "With pleasure."),
        ("How do I call it?", 'Write lookup("Gout", "tests") and wait.'),
        ("And what is this?", 'calculate("BMI"'),
        ("81公斤，1.8米，体重指数是多少？", f"{BMI} = 25.0 kg/m²\n体重指数为25.0 kg/m²。"),
    ],
)
def test_what_brings_no_result_stays_what_is_said(said):
    assert set(kinds(row(*said))) == {"user", "assistant"}


def test_a_result_is_one_only_after_a_call():
    talk = row("RESULT: none. What does that mean?", "That nothing was found.")
    assert kinds(talk) == ["user", "assistant"]


def test_several_calls_and_a_system_message_keep_their_order():
    equation = 'equation("creatinine", "106 / 88.4", 2)'
    talk = row(*LOOKED, *FOUND, "And 106 in mg?", equation, "RESULT: creatinine = 1.20", "1.20.",
               system="Look it up.")  # fmt: skip
    turn = ["user", "call", "result", "assistant"]
    assert kinds(talk) == ["system", *turn, *turn]
    assert turns_of(talk)[6].arguments["decimals"] == 2


def test_rows_of_calling_styles_declare_tools_without_a_call():
    assert calls_tools(row("What is my BMI?", "Which height?"))
    assert not calls_tools(row("What is gout?", "An arthritis.", style="huatuo"))
    assert calls_tools(row(*LOOKED, *FOUND, style="another"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_tool_is_declared_with_the_arguments_that_calls_have(language):
    declared = {one["function"]["name"]: one["function"] for one in
                json.loads(export_words.tools(language))}  # fmt: skip
    for call in (LOOKED[1], BMI, 'equation("x", "1 + 1", 0)'):
        name, arguments = read_call(call)
        schema = declared[name]["parameters"]
        assert schema["required"] == list(schema["properties"]) == list(arguments)
        named = {str: "string", int: "integer"}
        for key, value in arguments.items():
            assert schema["properties"][key]["type"] == named[type(value)]
            assert schema["properties"][key]["description"]


def test_tasks_are_of_styles_that_there_are_and_in_both_languages():
    asked = [style for style in STYLES if export_words.task(style, "en")]
    assert "chatdoctor" in asked and "huatuo" not in asked
    for style in asked:
        assert export_words.task(style, "zh") != export_words.task(style, "en")


def test_the_forms_of_a_calling_row():
    _, chatglm, chat, alpaca, sharegpt = (
        text.decode() for text in row_formats.encode_all(row(*LOOKED, *FOUND), held_out=False)
    )
    call = {"name": "lookup", "arguments": {"entity": "Diabetes", "attribute": "symptoms"}}
    talk = json.loads(chat)["messages"]
    assert talk[1] == {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"type": "function", "function": call}],
    }
    found = FOUND[0].removeprefix("RESULT: ")
    assert talk[2] == {"role": "tool", "name": "lookup", "content": found}
    turns = json.loads(sharegpt)["conversations"]
    assert [turn["from"] for turn in turns] == ["human", "function_call", "observation", "gpt"]
    assert json.loads(turns[1]["value"]) == call
    assert json.loads(sharegpt)["tools"] == json.loads(chat)["tools"] == export_words.tools("en")
    assert json.loads(alpaca)["system"] == export_words.call_rules("en")
    assert json.loads(alpaca)["history"] == [list(LOOKED)]
    assert len(chatglm.splitlines()) == 2


def test_a_system_message_of_a_row_goes_before_the_rules_of_calls():
    lesson = row(*LOOKED, *FOUND, system="Be kind.")
    *_, alpaca, sharegpt = row_formats.encode_all(lesson, held_out=False)
    assert json.loads(alpaca)["system"] == json.loads(sharegpt)["system"] == "Be kind."
    plain = replace(lesson, style="huatuo", messages=lesson.messages[1:2] + lesson.messages[-1:])
    assert json.loads(row_formats.encode_all(plain, held_out=False)[3])["system"] == ""
