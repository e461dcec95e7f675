"""Tell what is on record about an adapter: its origin, its training, and what it was judged by.

manifest of a round -> lines in three parts
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeGuard

from medchat.cli import output, terminal_curve
from medchat.errors import MedchatError

Record = Mapping[str, object]


def write_page(path: Path, text: str) -> None:
    """Write a page into a new file; MedchatError where that cannot be done."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise MedchatError(
            "The file is there already.", where=str(path), remedy="Name another."
        ) from error
    except OSError as error:
        raise MedchatError(
            f"The file cannot be written: {error.strerror}.",
            where=str(path),
            remedy="Name a file in a folder that is there and can be written to.",
        ) from error


def lines(record: Record) -> list[str]:
    """Return a manifest as lines for a reader."""
    origin = output.table(
        [
            ("name", record.get("name")),
            ("recipe", _said(record, "recipe", "name")),
            ("round", record.get("round")),
            ("objective", record.get("objective")),
            ("base", _hashed(record, "base")),
            ("parent", _hashed(record, "parent") or "none: on the bare base"),
            ("policy", record.get("policy")),
            ("data", _hashed(record, "data")),
            ("rows", _rows(record)),
            ("seed", record.get("seed")),
            ("made", f"{record.get('created')} on {record.get('device')}"),
        ]
    )
    judged = record.get("gate")
    return [*origin, "", *_training(record), "", *_gate(judged if _is(judged) else {})]


def _training(record: Record) -> list[str]:
    curve = record.get("curve")
    points = [one for one in curve if _is(one)] if isinstance(curve, list) else []
    steps = [
        (
            f"step {point['step']}",
            f"loss {point['loss']:.3f}",
            *([f"reward {reward:.3f}"] if (reward := reward_of(point)) is not None else []),
            f"rate {point['learning_rate']:.1e}",
        )
        for point in _spread(points)
    ]
    told = (
        f"trained {record.get('steps')} steps, {record.get('tokens'):,} tokens in "
        f"{record.get('seconds')} s ({record.get('tokens_per_second')} tokens/s)"
    )
    drawn = terminal_curve.plot([float(str(point["loss"])) for point in points])
    return [told, *output.table(steps), *(["", "loss", *drawn] if len(points) > 1 else [])]


def reward_of(point: Record) -> float | None:
    """Return the mean reward of a step's answers; None where they were not rewarded."""
    measured = point.get("measured")
    reward = measured.get("reward") if _is(measured) else None
    return float(reward) if isinstance(reward, int | float) else None


def _spread(points: Sequence[Record]) -> list[Record]:
    """Return at most six points, first and last among them."""
    if len(points) <= 6:
        return list(points)
    return [points[round(place * (len(points) - 1) / 5)] for place in range(6)]


def _gate(judged: Record) -> list[str]:
    from finetune import gate  # loads what measures models

    checks = judged.get("checks")
    rows: list[Sequence[object]] = [("measure", "before", "after", "change (95 % interval)", "")]
    for check in checks if isinstance(checks, list) else []:
        low, high = check["interval"]
        rows.append(
            (
                check["measure"],
                f"{check['before']:.3f}",
                f"{check['after']:.3f}",
                f"{check['change']:+.3f} ({low:+.3f} to {high:+.3f})",
                gate.outcome(check["passed"], (low, high)),
            )
        )
    verdict = "passed" if judged.get("passed") else "did not pass"
    told = f"gate: {verdict} against {judged.get('against', 'its parent')}: {judged.get('reason')}"
    return [told, *(output.table(rows) if len(rows) > 1 else [])]


def _rows(record: Record) -> str:
    data = record.get("data")
    if not _is(data):
        return ""
    return f"{data.get('kept')} of {data.get('rows')} learned from"


def _hashed(record: Record, part: str) -> str:
    name = _said(record, part, "name")
    return f"{name} ({_said(record, part, 'hash')[:12]})" if name else ""


def _said(record: Record, part: str, key: str) -> str:
    found = record.get(part)
    return str(found.get(key, "")) if _is(found) else ""


def _is(value: object) -> TypeGuard[Record]:
    return isinstance(value, Mapping)
