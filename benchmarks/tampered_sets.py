"""The ways in which `tampering` changes a data set as a whole; its manifest is renewed."""

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from knowledge.datasets.row_ids import id_of
from knowledge.lessons.dataset_check import lesson_of

Damage = Callable[[Path, random.Random], bool]
"""Changes a folder; False where it cannot."""


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def _write(folder: Path, name: str, lines: list[str]) -> bool:
    (folder / name).write_text("".join(lines), encoding="utf-8")
    _renew(folder)
    return True


def _renew(folder: Path, **changed: object) -> None:
    """Write the hashes, counts and order of a folder into its manifest, as they now are."""
    path = folder / "MANIFEST.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) | changed
    for name in manifest["files"]:
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _row_changed(name: str, key: str) -> Damage:
    """Change a word in a file of lines or of an array."""

    def damage(folder: Path, pick: random.Random) -> bool:
        lines = _lines(folder / name)
        fits = [place for place, line in enumerate(lines) if key in line]
        place = pick.choice(fits)
        at = lines[place].rindex(key) + len(key)
        lines[place] = f"{lines[place][:at]}Not {lines[place][at:]}"
        return _write(folder, name, lines)

    return damage


def _line_gone(name: str) -> Damage:
    def damage(folder: Path, pick: random.Random) -> bool:
        lines = _lines(folder / name)
        if len(lines) < 3:
            return False
        del lines[pick.randrange(1, len(lines) - 1)]
        return _write(folder, name, lines)

    return damage


def _lines_swapped(name: str) -> Damage:
    def damage(folder: Path, pick: random.Random) -> bool:
        lines = _lines(folder / name)
        if len(lines) < 4:
            return False
        one, other = pick.sample(range(1, len(lines) - 1), 2)
        lines[one], lines[other] = lines[other], lines[one]
        return _write(folder, name, lines)

    return damage


def _pair(change: Callable[[dict[str, str], random.Random], None]) -> Damage:
    def damage(folder: Path, pick: random.Random) -> bool:
        lines = _lines(folder / "preference.jsonl")
        if not lines:
            return False
        place = pick.randrange(len(lines))
        pair = json.loads(lines[place])
        change(pair, pick)
        lines[place] = json.dumps(pair, ensure_ascii=False) + "\n"
        return _write(folder, "preference.jsonl", lines)

    return damage


def _sides_swapped(pair: dict[str, str], pick: random.Random) -> None:
    pair["chosen"], pair["rejected"] = pair["rejected"], pair["chosen"]


def _sides_equal(pair: dict[str, str], pick: random.Random) -> None:
    one, other = pick.sample(("chosen", "rejected"), 2)
    pair[one] = pair[other]


def _other_reason(pair: dict[str, str], pick: random.Random) -> None:
    pair["why"] = "needless refusal: the question asks for nothing that harms"
    pair["prompt"] += " "


def _row(change: Callable[[dict[str, Any], random.Random], None], again: bool) -> Damage:
    """Change a row, or put a changed copy behind it; its id is renewed."""

    def damage(folder: Path, pick: random.Random) -> bool:
        name = pick.choice(("train.jsonl", "validation.jsonl"))
        lines = _lines(folder / name)
        place = pick.randrange(len(lines))
        row = json.loads(lines[place])
        change(row, pick)
        lesson = lesson_of(row)
        if lesson is not None and row["id"]:
            row["id"] = id_of(lesson)
        new = json.dumps(row, ensure_ascii=False) + "\n"
        lines[place : place + 1] = [lines[place], new] if again else [new]
        return _write(folder, name, lines)

    return damage


def _nothing(row: dict[str, Any], pick: random.Random) -> None:
    return None


def _trivially(row: dict[str, Any], pick: random.Random) -> None:
    place = pick.choice((0, -1))
    text = row["messages"][place]["content"]
    row["messages"][place]["content"] = pick.choice(
        (text.upper(), text + " ", text + "!", f" {text}")
    )


def _greeted(row: dict[str, Any], pick: random.Random) -> None:
    greeting = {"en": "Hello doctor, ", "zh": "医生您好，"}[row["language"]]
    row["messages"][0]["content"] = greeting + row["messages"][0]["content"]


def _more_keys(row: dict[str, Any], pick: random.Random) -> None:
    row[pick.choice(("note", "system", "weight"))] = "Stop all medicines."


def _rated_otherwise(row: dict[str, Any], pick: random.Random) -> None:
    row["meta"]["quality"] = (row["meta"]["quality"] + pick.randrange(1, 100)) % 101


def _cut_short(row: dict[str, Any], pick: random.Random) -> None:
    row["messages"] = row["messages"][: pick.choice((0, 1))]


def _moved(source: str, target: str) -> Damage:
    def damage(folder: Path, pick: random.Random) -> bool:
        lines, others = _lines(folder / source), _lines(folder / target)
        if len(lines) < 2:
            return False
        line = lines.pop(pick.randrange(len(lines)))
        others.insert(pick.randrange(len(others) + 1), line)
        (folder / target).write_text("".join(others), encoding="utf-8")
        return _write(folder, source, lines)

    return damage


def _cut(folder: Path, pick: random.Random) -> bool:
    path = folder / pick.choice(("train.jsonl", "alpaca.json", "sharegpt.json", "chat.jsonl"))
    whole = path.read_bytes()
    path.write_bytes(whole[: pick.randrange(len(whole) // 2, len(whole))])
    _renew(folder)
    return True


def _file_gone(folder: Path, pick: random.Random) -> bool:
    name = pick.choice(("alpaca.json", "sharegpt.json", "CARD.md", "report.json"))
    (folder / name).unlink()
    path = folder / "MANIFEST.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest["files"][name]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return True


def _hash(folder: Path, pick: random.Random) -> bool:
    path = folder / "MANIFEST.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    name = pick.choice(sorted(manifest["files"]))
    manifest["files"][name] = hashlib.sha256(pick.randbytes(8)).hexdigest()
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return True


def _counts(folder: Path, pick: random.Random) -> bool:
    manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    rows = manifest["rows"]
    rows[pick.choice(sorted(rows))] += pick.choice((-1, 1, 7))
    _renew(folder, rows=rows)
    return True


def _arguments(folder: Path, pick: random.Random) -> bool:
    manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    arguments = manifest["arguments"] | pick.choice(
        ({"seed": 77}, {"limit": 5}, {"languages": ["en"]}, {"licences": ["MIT"]}, {"teacher": "x"})
    )
    _renew(folder, arguments=arguments)
    return True


def _generation(folder: Path, pick: random.Random) -> bool:
    _renew(folder, generation=99)
    return True


def _report(folder: Path, pick: random.Random) -> bool:
    path = folder / "report.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    key = pick.choice(("kept", "proven", "train", "preference", "entities"))
    told[key] += pick.choice((-1, 1, 40))
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _renew(folder)
    return True


def _card(folder: Path, pick: random.Random) -> bool:
    path = folder / "CARD.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("not", "", 1) + "\nFree for any use.\n", encoding="utf-8")
    _renew(folder)
    return True


def _sample(folder: Path, pick: random.Random) -> bool:
    path = folder / "CARD.md"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    places = [place for place, line in enumerate(lines) if line.startswith("> **Answer:** ")]
    place = pick.choice(places)
    lines[place] = "> **Answer:** Take what you like.\n"
    path.write_text("".join(lines), encoding="utf-8")
    _renew(folder)
    return True


def _picture(folder: Path, pick: random.Random) -> bool:
    path = folder / "distribution.svg"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('width="', 'width="1', 1), encoding="utf-8")
    _renew(folder)
    return True


def _info(folder: Path, pick: random.Random) -> bool:
    path = folder / "dataset_info.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"chosen": "chosen"', '"chosen": "rejected"'), encoding="utf-8")
    _renew(folder)
    return True


def _file_added(folder: Path, pick: random.Random) -> bool:
    """Lay another file beside the others, in the manifest or not."""
    name = pick.choice(("train-2.jsonl", "test.parquet", "prompts.txt"))
    (folder / name).write_text("Free for any use.\n", encoding="utf-8")
    if pick.random() < 0.5:
        path = folder / "MANIFEST.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        manifest["files"] |= {name: ""}
        path.write_text(json.dumps(manifest), encoding="utf-8")
        _renew(folder)
    return True


def _key_added(folder: Path, pick: random.Random) -> bool:
    _renew(folder, **{pick.choice(("licence", "reviewed", "proven")): "MIT"})
    return True


def _seed(folder: Path, pick: random.Random) -> bool:
    _renew(folder, seed=pick.randrange(100, 1000))
    return True


def _kind(folder: Path, pick: random.Random) -> bool:
    _renew(folder, kind=pick.choice(("reviewed-dataset", "benchmark")))
    return True


def _written_otherwise(folder: Path, pick: random.Random) -> bool:
    """Write the same rows with other ends of lines, another order of keys, or a mark in front."""
    path = folder / pick.choice(("train.jsonl", "validation.jsonl"))
    text = path.read_text(encoding="utf-8")
    ways = (
        lambda: text.replace("\n", "\r\n"),
        lambda: "\ufeff" + text,
        lambda: (
            "\n".join(
                json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True)
                for line in text.splitlines()
            )
            + "\n"
        ),
        lambda: text + "\n",
        lambda: text.replace('": ', '":'),
    )
    path.write_bytes(pick.choice(ways)().encode())
    _renew(folder)
    return True


def _seen(folder: Path, pick: random.Random) -> bool:
    """Tell of fewer rows that were left out, in report and card alike."""
    path = folder / "report.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    if not told["dropped"]:  # the card does not tell how many were written
        return False
    shown, new = f"{told['seen']:,}", f"{told['kept']:,}"
    told["seen"] = told["kept"]
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    card = folder / "CARD.md"
    card.write_text(card.read_text(encoding="utf-8").replace(shown, new), encoding="utf-8")
    _renew(folder)
    return True


def _halves(folder: Path) -> list[int]:
    """Return the lines of training rows that are told in both languages."""
    return [at for at, line in enumerate(_lines(folder / "train.jsonl")) if '"parallel": ' in line]


def _half_gone(folder: Path, pick: random.Random) -> bool:
    lines, halves = _lines(folder / "train.jsonl"), _halves(folder)
    if not halves:
        return False
    del lines[pick.choice(halves)]
    return _write(folder, "train.jsonl", lines)


def _half_alone(folder: Path, pick: random.Random) -> bool:
    """Take the shared id from one of two rows."""
    lines, halves = _lines(folder / "train.jsonl"), _halves(folder)
    if not halves:
        return False
    row = json.loads(lines[place := pick.choice(halves)])
    del row["meta"]["parallel"]
    lines[place] = json.dumps(row, ensure_ascii=False) + "\n"
    return _write(folder, "train.jsonl", lines)


def _shared_ids_swapped(folder: Path, pick: random.Random) -> bool:
    """Exchange the shared ids of rows of two pairs."""
    lines, halves = _lines(folder / "train.jsonl"), _halves(folder)
    if len(halves) < 4:
        return False
    one, other = pick.sample(halves, 2)
    rows = [json.loads(lines[place]) for place in (one, other)]
    ids = [row["meta"]["parallel"] for row in rows]
    if ids[0] == ids[1]:
        return False
    for place, row, id in zip((one, other), rows, reversed(ids), strict=True):
        row["meta"]["parallel"] = id
        lines[place] = json.dumps(row, ensure_ascii=False) + "\n"
    return _write(folder, "train.jsonl", lines)


def _shared_id_given(folder: Path, pick: random.Random) -> bool:
    """Call two rows parallel that are not: one in each language."""
    lines, halves = _lines(folder / "train.jsonl"), _halves(folder)
    single = [place for place in range(len(lines)) if place not in halves]
    if len(single) < 2:
        return False
    for place in pick.sample(single, 2):
        row = json.loads(lines[place])
        row["meta"]["parallel"] = "0123456789abcdef"
        lines[place] = json.dumps(row, ensure_ascii=False) + "\n"
    return _write(folder, "train.jsonl", lines)


SETS: dict[str, Damage] = {
    "Alpaca export changed": _row_changed("alpaca.json", '"output": "'),
    "ShareGPT export changed": _row_changed("sharegpt.json", '"value": "'),
    "ChatGLM export changed": _row_changed("chatglm.jsonl", '"response": "'),
    "chat export changed": _row_changed("chat.jsonl", '"content": "'),
    "licence of an export changed": _row_changed("alpaca.json", '"licence": "'),
    "row of Alpaca left out": _line_gone("alpaca.json"),
    "row of ShareGPT left out": _line_gone("sharegpt.json"),
    "rows of ChatGLM swapped": _lines_swapped("chatglm.jsonl"),
    "rows of training swapped": _lines_swapped("train.jsonl"),
    "rows of validation swapped": _lines_swapped("validation.jsonl"),
    "row of training left out": _line_gone("train.jsonl"),
    "preference pair swapped": _pair(_sides_swapped),
    "preference pair of equal sides": _pair(_sides_equal),
    "preference pair with another reason": _pair(_other_reason),
    "preference pair left out": _line_gone("preference.jsonl"),
    "row repeated": _row(_nothing, again=True),
    "row repeated with a trivial change": _row(_trivially, again=True),
    "row repeated with a greeting": _row(_greeted, again=True),
    "row with further keys": _row(_more_keys, again=False),
    "quality of a row changed": _row(_rated_otherwise, again=False),
    "row without an answer": _row(_cut_short, again=False),
    "half of a parallel pair left out": _half_gone,
    "half of a parallel pair told as single": _half_alone,
    "shared ids of parallel pairs swapped": _shared_ids_swapped,
    "rows called parallel that are not": _shared_id_given,
    "row moved to training": _moved("validation.jsonl", "train.jsonl"),
    "row moved to validation": _moved("train.jsonl", "validation.jsonl"),
    "file cut off": _cut,
    "file left out": _file_gone,
    "hash of a file changed": _hash,
    "counts of the manifest changed": _counts,
    "arguments of the manifest changed": _arguments,
    "generation of the manifest changed": _generation,
    "report changed": _report,
    "card changed": _card,
    "sample of the card changed": _sample,
    "picture of the card changed": _picture,
    "description for LLaMA-Factory changed": _info,
    "file added": _file_added,
    "key added to the manifest": _key_added,
    "seed of the manifest changed": _seed,
    "kind of the manifest changed": _kind,
    "rows written otherwise": _written_otherwise,
    "rows seen told otherwise": _seen,
}
"""Each way to change a data set."""
