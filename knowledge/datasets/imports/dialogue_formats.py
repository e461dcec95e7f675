"""The formats in which other people's data sets hold questions and answers, one entry each.

    row -> fields that tell its format -> turns of question and answer, or why there are none

A format is data: the fields that a row must have, and how its turns are read. A row of several
turns keeps them all; what is no dialogue of a patient and a doctor (tool calls, empty answers) is
left out with a reason that is counted.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Row = Mapping[str, object]
Turns = list[tuple[str, str]]

EMPTY = "a question or an answer is empty"
UNPAIRED = "the turns are not question and answer by turns"
TOOLS = "a row of tool calls"

_ASKS = frozenset({"human", "user", "patient", "question", "病人", "患者", "问", "prompter"})
_ANSWERS = frozenset({"gpt", "assistant", "bot", "doctor", "chatgpt", "医生", "答", "moss"})
_SYSTEM = frozenset({"system"})
_PART = re.compile(r"\s*<(user|bot)>\s*[:：]")
_LABEL = re.compile(
    r"^\s*(病人|患者|医生|问题|问|回答|答|patient|doctor|question|answer|user|assistant)\s*[:：]\s*",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"(?:^|\n|\\n)\s*(病人|患者|医生|问|答|问题|回答)\s*[:：]")
_MOSS_TAG = re.compile(r"<\|[^|]*\|>:?|<eo[a-z]>|<sup>.*?</sup>")
_CONSTANT = re.compile(
    r"^(?:if you are a doctor, please|you are a (?:doctor|medical)|如果您?你?是医生|"
    r"现在你是一个|你是一[个名位].{0,8}(?:医生|助手))",
    re.IGNORECASE,
)
"""Instructions that are the same in every row; the question stands in the input."""


@dataclass(frozen=True, slots=True)
class ImportedDialogue:
    """Questions and answers by turns, and the format that they stood in."""

    turns: tuple[tuple[str, str], ...]
    format: str


@dataclass(frozen=True, slots=True)
class DialogueFormat:
    """One format: the fields that a row must have, and how to read its turns."""

    name: str
    fields: tuple[str, ...]
    turns: Callable[[Row], Turns | str]

    def fits(self, row: Row) -> bool:
        """Say whether a row has the fields of this format."""
        return all(field in row for field in self.fields)

    def read(self, row: Row) -> ImportedDialogue | str:
        """Return the row as a dialogue, or the reason why it is none."""
        found = self.turns(row)
        if isinstance(found, str):
            return found
        turns = tuple((_clean(question), _clean(answer)) for question, answer in found)
        if not turns or not all(question and answer for question, answer in turns):
            return EMPTY
        return ImportedDialogue(turns, self.name)


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


def _conversation(field: str, who: str, what: str) -> Callable[[Row], Turns | str]:
    def turns(row: Row) -> Turns | str:
        said = row.get(field)
        if not isinstance(said, list):
            return UNPAIRED
        parts: list[tuple[bool, str]] = []
        for each in said:
            if not isinstance(each, dict):
                return UNPAIRED
            role = str(each.get(who, "")).strip().casefold()
            if role in _SYSTEM:
                continue
            if role not in _ASKS | _ANSWERS:
                return TOOLS
            parts.append((role in _ASKS, str(each.get(what) or "")))
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
        return [(_text(row, question), _text(row, answer))]

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


FORMATS: tuple[DialogueFormat, ...] = (
    DialogueFormat("moss", ("chat",), _moss),
    DialogueFormat("sharegpt", ("conversations",), _conversation("conversations", "from", "value")),
    DialogueFormat("disc", ("conversation",), _conversation("conversation", "role", "content")),
    DialogueFormat("messages", ("messages",), _conversation("messages", "role", "content")),
    DialogueFormat("meddialog", ("utterances",), _labelled("utterances")),
    DialogueFormat("meddialog-zh", ("dialogue",), _conversation("dialogue", "speaker", "sentence")),
    DialogueFormat("huatuogpt", ("data",), _labelled("data")),
    DialogueFormat("preference", ("prompt", "chosen", "rejected"), _pair("prompt", "chosen")),
    DialogueFormat("chatglm", ("prompt", "response"), _chatglm),
    DialogueFormat("med-chatglm", ("context", "target"), _prompted("context", "target")),
    DialogueFormat("bianque", ("input", "target"), _prompted("input", "target")),
    DialogueFormat("seed-tasks", ("instruction", "instances"), _seed),
    DialogueFormat("alpaca", ("instruction", "output"), _alpaca),
    DialogueFormat("alpaca-instruct", ("instruct", "output"), _pair("instruct", "output")),
    DialogueFormat("toyhom", ("ask", "answer"), _toyhom),
    DialogueFormat("icliniq", ("question", "answer"), _icliniq),
)
"""All formats, those with telling fields first: the first that fits a row is taken."""


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
    """Return a text with blanks made one, and without a label in front."""
    lines: Iterable[str] = (
        " ".join(line.split()) for line in text.replace("\\n", "\n").splitlines()
    )
    return _LABEL.sub("", "\n".join(line for line in lines if line)).strip()
