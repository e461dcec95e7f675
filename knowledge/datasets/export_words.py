"""Give the words that exports hold beside those of rows: tasks, how calls are written, tools.

    style, language -> the task of a doctor;  language -> declarations of the tools as JSON Schema

The words stand in `export_words.yaml`, in both languages.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from knowledge.records import Language


@cache
def task(style: str, language: Language) -> str:
    """Return what a row of a style asks for, or an empty text where its own words say it."""
    return str(_words()["tasks"].get(style, {}).get(language, ""))


@cache
def call_rules(language: Language) -> str:
    """Return how the texts of rows write calls."""
    return str(_words()["calls"][language])


@cache
def tools(language: Language) -> str:
    """Return the tools that rows call, as the JSON text of a list of function declarations.

    >>> [each["function"]["name"] for each in json.loads(tools("en"))]
    ['lookup', 'calculate', 'equation']
    """
    declared = [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": tool["about"][language],
                "parameters": {
                    "type": "object",
                    "properties": {
                        key: {"type": one["type"], "description": one[language]}
                        for key, one in tool["parameters"].items()
                    },
                    "required": list(tool["parameters"]),
                },
            },
        }
        for name, tool in _words()["tools"].items()
    ]
    return json.dumps(declared, ensure_ascii=False)


@cache
def _words() -> dict[str, dict[str, Any]]:
    text = files("knowledge.datasets").joinpath("export_words.yaml").read_text(encoding="utf-8")
    words: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return words
