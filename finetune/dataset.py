"""Read a dataset folder: lessons with what proves them, for training and held out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from finetune.errors import FinetuneError
from finetune.files import json_lines, manifests
from finetune.templates.chat_templates import REASONING
from finetune.templates.rendering import Language, Message

FILES = ("train.jsonl", "validation.jsonl")

_REMEDY = "Make the data again: medchat build-data --out DIR."
_ROLES = {"system", "user", "assistant"}


@dataclass(frozen=True, slots=True)
class RowSource:
    """What proves a row, with the words that state it."""

    kind: str
    id: str
    quote: str


@dataclass(frozen=True, slots=True)
class Row:
    """One lesson. `support` holds, for each sentence of the answer, indices into `sources`.

    `declined` says that the answer declines, since what is shown does not cover the question, and
    `declines_part` that it does so for one of two things. A row that is `joinable` may share its
    evidence with others, and no line may then begin with one of the heads of `not_beside`.
    `relation` names what of the graph it is about, where it is about one thing.
    """

    id: str
    messages: tuple[Message, ...]
    language: Language
    sources: tuple[RowSource, ...]
    entities: tuple[str, ...]
    support: tuple[tuple[int, ...], ...] | None
    objects: tuple[str, ...]
    declined: bool = False
    licence: str = ""
    declines_part: bool = False
    joinable: bool = False
    not_beside: tuple[str, ...] = ()
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The rows of a folder; `hash` stands for both files.

    `mixed` names further sets whose rows are among those for training, with how many.
    """

    folder: Path
    hash: str
    train: tuple[Row, ...]
    validation: tuple[Row, ...]
    mixed: tuple[tuple[str, int], ...] = ()


def read(folder: Path, given_by: str = "--data") -> Dataset:
    """Read and check a dataset folder; FinetuneError where a part is missing or damaged.

    `given_by` is the option, or the key of a recipe, that named the folder.
    """
    if not folder.is_dir():
        raise FinetuneError(f"There is no dataset folder {folder}.", where=given_by, remedy=_REMEDY)
    manifest = manifests.read_manifest(folder, _REMEDY)
    manifests.check_files(folder, manifest, FILES, _REMEDY)
    train, validation = (tuple(_rows(folder / name)) for name in FILES)
    if not validation:
        train, validation = _split(train)
    if not train or not validation:
        empty = FILES[bool(train)]
        raise FinetuneError(
            f"The dataset file {folder / empty} is empty"
            + (", and a single row cannot be split." if train else "."),
            where=str(folder / empty),
            remedy="Make the data again with a higher --limit, or bring more rows.",
        )
    total = manifests.of_value([manifests.of_file(folder / name) for name in FILES])
    return Dataset(folder, total, train, validation)


def _split(rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Hold out about one row in ten where none was: those of one first question stay together."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        asked = next((one["content"] for one in row.messages if one["role"] == "user"), "")
        groups.setdefault(asked.casefold(), []).append(row)
    drawn = sorted(groups, key=manifests.of_text)
    held = {row.id for name in drawn[: len(drawn) // 10 or 1] for row in groups[name]}
    if len(drawn) < 2:
        return rows, ()
    return (
        tuple(row for row in rows if row.id not in held),
        tuple(row for row in rows if row.id in held),
    )


def _rows(path: Path) -> Iterator[Row]:
    for number, raw in json_lines.read(path, _REMEDY):
        try:
            if not isinstance(raw, dict):
                raise TypeError("a row")
            yield _row(raw)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FinetuneError(
                f"Line {number} of {path} is not a lesson.",
                where=f"{path}:{number}",
                remedy=_REMEDY,
            ) from error


def _row(raw: dict[str, object]) -> Row:
    """Check one line; any ValueError, KeyError or TypeError means that it is no lesson."""
    messages, sources, meta = raw["messages"], raw.get("sources") or [], raw.get("meta") or {}
    language = raw["language"]
    if not (isinstance(messages, list) and isinstance(sources, list) and isinstance(meta, dict)):
        raise TypeError("messages, sources and meta")
    if not messages or any(
        one["role"] not in _ROLES or not isinstance(one["content"], str) for one in messages
    ):
        raise ValueError("messages")
    if language not in ("en", "zh"):
        raise ValueError("language")
    entities, support, objects = raw.get("entities") or [], meta.get("support"), meta.get("objects")
    heads = meta.get("not_beside")
    return Row(
        id=str(raw["id"]),
        messages=_with_reasoning(tuple(map(_message, messages)), meta.get("reasoning")),
        language="en" if language == "en" else "zh",
        sources=tuple(
            RowSource(str(one["kind"]), str(one["id"]), str(one.get("quote") or "").strip())
            for one in sources
        ),
        entities=tuple(map(str, entities)) if isinstance(entities, list) else (),
        support=_support(support, len(sources)),
        objects=tuple(map(str, objects)) if isinstance(objects, list) else (),
        declined=bool(meta.get("declined")),
        licence=str(raw.get("licence") or ""),
        declines_part=bool(meta.get("partly")),
        joinable=isinstance(heads, list),
        not_beside=tuple(map(str, heads)) if isinstance(heads, list) else (),
        relation=str(meta.get("relation") or ""),
    )


def _message(raw: dict[str, object]) -> Message:
    """Return a message; what an answer's reasoning is stands in it where the row brings it."""
    message = {"role": str(raw["role"]), "content": str(raw["content"])}
    reasoning = raw.get(REASONING)
    return {**message, REASONING: reasoning} if isinstance(reasoning, str) else message


def _with_reasoning(messages: tuple[Message, ...], thought: object) -> tuple[Message, ...]:
    """Put the reasoning that a row brings apart into its last answer."""
    if not isinstance(thought, str) or messages[-1]["role"] != "assistant":
        return messages
    return (*messages[:-1], {REASONING: thought, **messages[-1]})


def _support(value: object, sources: int) -> tuple[tuple[int, ...], ...] | None:
    if not isinstance(value, list):
        return None
    support = tuple(tuple(int(index) for index in one) for one in value)
    if any(not 0 <= index < sources for one in support for index in one):
        raise ValueError("support")
    return support
