"""The formats in which other people's data sets hold questions and answers, one entry each.

    row -> fields that tell its format -> turns of question and answer, or why there are none

A format is data: the fields that a row must have, and how its turns are read. A row of several
turns keeps them all; what is no dialogue of a patient and a doctor (tool calls, empty answers) is
left out with a reason that is counted.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.datasets.imports import extra_fields

Row = Mapping[str, object]
Turns = list[tuple[str, str]]

EMPTY = "a question or an answer is empty"
UNPAIRED = "the turns are not question and answer by turns"
TOOLS = "a row of tool calls"
SHOWN = "a row about a picture, a film or a sound"

_ASKS = frozenset({"human", "user", "patient", "question", "病人", "患者", "问", "prompter"})
_ANSWERS = frozenset({"gpt", "assistant", "bot", "doctor", "chatgpt", "医生", "答", "moss"})
_PART = re.compile(r"\s*<(user|bot)>\s*[:：]")
_LABEL = re.compile(
    r"^\s*(病人|患者|医生|问题|问|回答|答|patient|doctor|question|answer|user|assistant)\s*[:：]\s*",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"(?:^|\n|\\n)\s*(病人|患者|医生|问|答|问题|回答)\s*[:：]")
_MOSS_TAG = re.compile(r"<\|[^|]*\|>:?|<eo[a-z]>|<sup>.*?</sup>")
_UNWRITTEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")
"""Control characters, and halves of characters that JSON may escape alone."""
_THOUGHT = re.compile(r"\s*</think>\s*")
_CONSTANT = re.compile(
    r"^(?:if you are a doctor, please|you are a (?:doctor|medical)|如果您?你?是医生|"
    r"现在你是一个|你是一[个名位].{0,8}(?:医生|助手))",
    re.IGNORECASE,
)
"""Instructions that are the same in every row; the question stands in the input."""


@dataclass(frozen=True, slots=True)
class ImportedDialogue:
    """Questions and answers by turns, and the format that they stood in.

    `system` is what the row tells a model first, `reasoning` what precedes its last answer.
    """

    turns: tuple[tuple[str, str], ...]
    format: str
    system: str = ""
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class DialogueFormat:
    """One format: the fields that a row must have, and how to read its turns."""

    name: str
    fields: tuple[str, ...]
    turns: Callable[[Row], Turns | str]

    def fits(self, row: Row) -> bool:
        """Say whether a row has the fields of this format; names by `|` stand for each other."""
        return all(_has(row, names) for names in self.fields)

    def read(self, row: Row) -> ImportedDialogue | str:
        """Return the row as a dialogue, or the reason why it is none."""
        if extra_fields.shows(row):
            return SHOWN
        found = self.turns(row)
        if isinstance(found, str):
            return found
        parted = [(question, *_THOUGHT.split(answer, 1)) for question, answer in found]
        turns = tuple((_clean(each[0]), _clean(each[-1])) for each in parted)
        if not turns or not all(question and answer for question, answer in turns):
            return EMPTY
        thought = parted[-1][1] if len(parted[-1]) > 2 else extra_fields.reasoning_of(row)
        thought = _UNWRITTEN.sub("", thought).replace("<think>", "").strip()
        return ImportedDialogue(turns, self.name, _clean(extra_fields.system_of(row)), thought)


def _alpaca(row: Row) -> Turns | str:
    instruction, input = _text(row, "instruction"), _text(row, "input")
    if _PART.search(instruction):
        return _flattened(instruction, _text(row, "output"))
    if input and (_CONSTANT.match(instruction.strip()) or not instruction):
        question = input
    else:
        question = "\n".join(part for part in (instruction, input) if part.strip())
    return [*_history(row.get("history")), (question, _text(row, "output"))]


def _flattened(text: str, answer: str) -> Turns | str:
    """Read a history that was packed into one text: " <user>: … <bot>: … <user>: …"."""
    _, *parts = _PART.split(text)
    said = [(who, words) for who, words in zip(parts[::2], parts[1::2], strict=True)]
    return _paired([(who == "user", words) for who, words in said] + [(False, answer)])


def _seed(row: Row) -> Turns | str:
    instances = row.get("instances")
    first = instances[0] if isinstance(instances, list) and instances else {}
    if not isinstance(first, dict):
        return EMPTY
    return _alpaca({"instruction": row["instruction"], **first})


def _conversation(*fields: str) -> Callable[[Row], Turns | str]:
    """Read messages of one field, or of several that go on: a prompt, and what was chosen."""

    def turns(row: Row) -> Turns | str:
        parts: list[tuple[bool, str]] = []
        for place, field in enumerate(fields):
            said = row.get(field)
            if isinstance(said, str) and len(fields) > 1:
                parts.append((place == 0, said))
                continue
            messages = [said] if isinstance(said, dict) else said
            if not isinstance(messages, list):
                return UNPAIRED
            for each in messages:
                if not isinstance(each, dict):
                    return UNPAIRED
                role = extra_fields.speaker(each)
                if role in extra_fields.SYSTEM:
                    continue
                if role not in _ASKS | _ANSWERS:
                    return TOOLS
                parts.append((role in _ASKS, extra_fields.words(each)))
        return _paired(parts)

    return turns


def _labelled(field: str) -> Callable[[Row], Turns | str]:
    """Read a list of texts that begin with who speaks: "问：…", "patient: …"."""

    def turns(row: Row) -> Turns | str:
        said = row.get(field)
        parts: list[tuple[bool, str]] = []
        for text in said if isinstance(said, list) else []:
            label = _LABEL.match(str(text))
            if label is None:
                return UNPAIRED
            parts.append((label[1].casefold() in _ASKS | {"问题"}, str(text)[label.end() :]))
        return _paired(parts) if parts else UNPAIRED

    return turns


def _chatglm(row: Row) -> Turns | str:
    return [*_history(row.get("history")), (_text(row, "prompt"), _text(row, "response"))]


def _pair(question: str, answer: str) -> Callable[[Row], Turns | str]:
    def turns(row: Row) -> Turns | str:
        asked, said = (_text(row, _name(row, names)) for names in (question, answer))
        return [*_history(row.get("history")), (asked, said)]

    return turns


def _prompted(question: str, answer: str) -> Callable[[Row], Turns | str]:
    """Read a prompt that ends with the label of who answers: "病人：…医生：", "问题：…回答:"."""

    def turns(row: Row) -> Turns | str:
        opening, *parts = _LABELLED.split(_text(row, question))
        if not parts or opening.strip():
            return [(_text(row, question), _text(row, answer))]
        said = list(zip(parts[::2], parts[1::2], strict=True))
        if not said[-1][1].strip("\\n \n"):
            said.pop()
        asks = _ASKS | {"问题"}
        return _paired(
            [(who in asks, words) for who, words in said] + [(False, _text(row, answer))]
        )

    return turns


def _icliniq(row: Row) -> Turns | str:
    return [(_text(row, "question_text") or _text(row, "question"), _text(row, "answer"))]


def _toyhom(row: Row) -> Turns | str:
    title, ask = _text(row, "title").strip(), _text(row, "ask").strip()
    asked = ask if len(ask) > 4 and ask != "无" else title
    return [(asked, _text(row, "answer"))]


def _moss(row: Row) -> Turns | str:
    chat = row.get("chat")
    turns: Turns = []
    for turn in chat.values() if isinstance(chat, dict) else []:
        if not isinstance(turn, dict):
            return UNPAIRED
        commands = _MOSS_TAG.sub("", str(turn.get("Commands") or "")).strip(": \n")
        if commands not in ("", "None"):
            return TOOLS
        said = (_MOSS_TAG.sub("", str(turn.get(who) or "")) for who in ("Human", "MOSS"))
        turns.append((next(said), next(said)))
    return turns


_QUESTIONS = "question|query|prompt|input|instruction|patient|ask|text|问题|提问|病人|患者"
_REPLIES = "answer|response|output|completion|reply|doctor|target|chosen|回答|答案|医生"

FORMATS: tuple[DialogueFormat, ...] = (
    DialogueFormat("moss", ("chat",), _moss),
    DialogueFormat(
        "preference-turns",
        ("conversations", "chosen", "rejected"),
        _conversation("conversations", "chosen"),
    ),
    DialogueFormat("sharegpt", ("conversations",), _conversation("conversations")),
    DialogueFormat("disc", ("conversation",), _conversation("conversation")),
    DialogueFormat("messages", ("messages",), _conversation("messages")),
    DialogueFormat("meddialog", ("utterances",), _labelled("utterances")),
    DialogueFormat("meddialog-zh", ("dialogue",), _conversation("dialogue")),
    DialogueFormat("huatuogpt", ("data",), _labelled("data")),
    DialogueFormat(
        "preference", ("prompt", "chosen", "rejected"), _conversation("prompt", "chosen")
    ),
    DialogueFormat("chatglm", ("prompt", "response"), _chatglm),
    DialogueFormat(
        "prompt-completion", ("prompt", "completion"), _conversation("prompt", "completion")
    ),
    DialogueFormat("ptuning", ("content", "summary"), _pair("content", "summary")),
    DialogueFormat("huatuo-o1", ("Question", "Response"), _pair("Question", "Response")),
    DialogueFormat("med-chatglm", ("context", "target"), _prompted("context", "target")),
    DialogueFormat("bianque", ("input", "target"), _prompted("input", "target")),
    DialogueFormat("seed-tasks", ("instruction", "instances"), _seed),
    DialogueFormat("alpaca", ("instruction", "output"), _alpaca),
    DialogueFormat("alpaca-instruct", ("instruct", "output"), _pair("instruct", "output")),
    DialogueFormat("toyhom", ("ask", "answer"), _toyhom),
    DialogueFormat("icliniq", ("question", "answer"), _icliniq),
    DialogueFormat("question-answer", (_QUESTIONS, _REPLIES), _pair(_QUESTIONS, _REPLIES)),
    DialogueFormat("preference-whole", ("chosen", "rejected"), _conversation("chosen")),
)
"""All formats, those with telling fields first: the first that fits a row is taken."""


def _has(row: Row, names: str) -> bool:
    return bool(_name(row, names))


def _name(row: Row, names: str) -> str:
    """Return the field of a row that has one of several names; of those, case is no matter."""
    if names in row or "|" not in names:
        return names if names in row else ""
    written = {field.strip().casefold(): field for field in row}
    return next((written[name] for name in names.split("|") if name in written), "")


def _history(value: object) -> Turns:
    """Read earlier turns: pairs of question and answer."""
    pairs = value if isinstance(value, list) else []
    return [
        (str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, list) and len(pair) == 2
    ]


def _paired(parts: Sequence[tuple[bool, str]]) -> Turns | str:
    """Join what one says in a row, then pair questions with answers; a greeting may come first."""
    joined: list[tuple[bool, str]] = []
    for asks, text in parts:
        if joined and joined[-1][0] == asks:
            joined[-1] = (asks, f"{joined[-1][1]}\n{text}")
        else:
            joined.append((asks, text))
    if joined and not joined[0][0]:
        joined = joined[1:]
    if joined and joined[-1][0]:
        joined = joined[:-1]
    return _pairs(joined) or UNPAIRED


def _pairs(said: Sequence[tuple[bool, str]]) -> Turns:
    return [(said[place][1], said[place + 1][1]) for place in range(0, len(said) - 1, 2)]


def _text(row: Row, field: str) -> str:
    value = row.get(field)
    return value if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """Return a text with blanks made one, without a label in front and what is no character."""
    lines: Iterable[str] = (
        " ".join(line.split())
        for line in _UNWRITTEN.sub("", text).replace("\\n", "\n").splitlines()
    )
    return _LABEL.sub("", "\n".join(line for line in lines if line)).strip()
