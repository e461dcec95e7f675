"""Describe an adapter on one page: origin, data, recipe, curves, scores, gate, samples, use.

manifest + its lineage + answers and scores of rows -> sections -> one HTML file
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from finetune.adapters import Adapter
from finetune.cards import comparison, markup, round_record, sample_answers, score_tables
from finetune.cards.markup import Html, element, facts, section
from finetune.cards.round_record import RoundRecord, numbers
from finetune.scoring import raw_outputs
from finetune.scoring.measure_names import SHARES, name_of

_SHORT = 12
"""Signs of a hash that a reader sees; the whole stands in its title."""


@dataclass(frozen=True, slots=True)
class _Origin:
    """An adapter, its record, and those of the rounds before it, the oldest first."""

    adapter: Adapter
    record: RoundRecord
    lineage: Sequence[RoundRecord]


def card(home: Path, adapter: Adapter) -> str:
    """Return the page of an adapter."""
    lineage = round_record.lineage(home, adapter)
    one = _Origin(adapter, lineage[-1], lineage)
    return markup.page(
        f"Adapter {adapter.name}",
        _head(one),
        section("Lineage", _lineage(one)),
        element(
            "div",
            section("Data", _data(one.record)),
            section("Training", _training(one.record)),
            class_="beside",
        ),
        section("Curves", comparison.curves(round_record.rounds_beside(home, adapter))),
        section("Scores", *_scores(one)),
        section("Gate and self-test", *_gate(one.record)),
        section("Samples", *sample_answers.articles(raw_outputs.answers(adapter.folder))),
        section("How to use it", *_use(adapter)),
        section("Recipe and versions", *_made(one.record)),
    )


def _head(one: _Origin) -> Html:
    record = one.record
    passed = bool(record.part("gate", "passed"))
    unjudged = record.part("gate", "judged") is False
    told = "passed its gate" if passed else "not judged" if unjudged else "refused by its gate"
    kind = "good" if passed else "dim" if unjudged else "bad"
    return markup.joined(
        [
            element("h1", record.name),
            element("span", told, class_=f"verdict {kind}"),
            element("span", "in use", class_="verdict good") if one.adapter.promoted else "",
            element("p", record.text("gate", "reason")),
            element(
                "p",
                f"Round {record.text('round')} of {record.text('recipe', 'name')}, "
                f"{record.text('objective')}, made {_date(record)} on "
                f"{record.text('device')}.",
                class_="dim",
            ),
        ]
    )


def _lineage(one: _Origin) -> Html:
    first = one.lineage[0]
    above = [
        element(
            "li",
            "base ",
            element("strong", comparison.base_name(first)),
            " ",
            _hash(first.text("base", "hash")),
        )
    ]
    lost = first.text("parent", "name")
    if lost:
        told = element("small", " no longer here as it was; what came before it is not known")
        above.append(element("li", lost, " ", _hash(first.text("parent", "hash")), told))
    rounds = [
        element(
            "li",
            element("strong", each.name),
            " ",
            _hash(round_record.weights_hash(each)),
            " ",
            comparison.verdict(each),
            element("br"),
            element(
                "small",
                f"{each.text('objective')} on {each.text('data', 'name')}, "
                f"{_counted(each.part('tokens'))} tokens in {each.text('steps')} steps, "
                f"{_date(each)}",
            ),
        )
        for each in one.lineage
    ]
    return element("ol", *above, *rounds, class_="lineage")


def _data(record: RoundRecord) -> Html:
    data = record.mapping("data")
    rows = f"{_counted(data.get('kept'))} of {_counted(data.get('rows'))} learned from"
    return facts(
        [
            ("data set", record.text("data", "name")),
            ("hash", _hash(record.text("data", "hash"))),
            ("rows", rows),
            ("shown uncovered", _counted(data.get("uncovered"))),
            ("left out", _listed(data.get("left_out"))),
            ("shown shorter", _listed(data.get("cut"))),
            ("licences", _licences(data)),
            ("mixed in", _listed(data.get("mixed"))),
            ("tokens", _counted(data.get("tokens"))),
            ("packing", _percent(data.get("efficiency"))),
        ]
    )


def _licences(data: Mapping[str, object]) -> str:
    found = data.get("licences")
    if not isinstance(found, Mapping) or not found:
        return "not on record: the round is older than their record"
    named = {key or "none given": count for key, count in found.items()}
    return _listed(named)


def _training(record: RoundRecord) -> Html:
    values = record.mapping("recipe", "values")
    plan = record.plan
    lora = record.mapping("recipe", "values", "lora")
    return facts(
        [
            ("objective", record.text("objective")),
            *([("rewarded", name_of(record.reward))] if record.reward else []),
            ("settings", ", ".join(f"{key} {value}" for key, value in _flat(_settings(plan)))),
            ("policy", record.text("policy")),
            ("adapter", ", ".join(f"{key} {value}" for key, value in _flat(lora))),
            ("learning rate", plan.get("learning_rate", "")),
            ("epochs", plan.get("epochs", "")),
            ("tokens a step", _counted(plan.get("batch_tokens"))),
            ("warm-up", _percent(plan.get("warmup"))),
            ("longest row", _counted(values.get("max_tokens"))),
            ("evidence", values.get("evidence", "")),
            ("seed", record.text("seed")),
            ("steps", record.text("steps")),
            ("tokens", _counted(record.part("tokens"))),
            ("time", f"{record.text('seconds')} s, {record.text('tokens_per_second')} tokens/s"),
            ("went on from step", record.part("resumed_at") or ""),
        ]
    )


def _scores(one: _Origin) -> Iterator[Html]:
    before, after = (one.record.mapping("scores", kind) for kind in ("before", "after"))
    kept = [raw_outputs.scores(one.adapter.folder, kind) for kind in ("before", "after")]
    rows = []
    for measure, language in score_tables.rows_of([before, after]):
        found = [score_tables.cell(each, measure, language) for each in (before, after)]
        change = score_tables.change(kept[0], kept[1], measure, language)
        told = (
            score_tables.change_told(change, measure)
            if change
            else _judged(one.record, measure, language)
        )
        kind = score_tables.kind_of(change, measure)
        of = max((each.of for each in found if each), default=0)
        rows.append(
            (
                comparison.row_name(measure, language),
                *(markup.figure(score_tables.told(each, measure)) for each in found),
                markup.figure(told, kind),
                _counted(of) if of else "",
            )
        )
    head = ("", "before", "after", "change", "of")
    yield markup.table(head, rows)
    yield element(
        "p",
        f"{_counted(after.get('rows')) or 0} held-out rows, {after.get('answers', 0)} answered in "
        "full. In brackets 95 % intervals by bootstrap over rows; changes of shares are in points "
        "of percent, coloured where the interval excludes none.",
        class_="dim",
    )
    if kept[0] is None:
        yield element(
            "p",
            "The scores of rows were not kept, so changes by language have no interval.",
            class_="dim",
        )


def _judged(record: RoundRecord, measure: str, language: str) -> str:
    """Return the change that the gate saw, for rounds that kept no scores of rows."""
    checks = record.part("gate", "checks")
    for one in checks if isinstance(checks, list) and not language else []:
        if isinstance(one, Mapping) and one.get("measure") == measure:
            found = numbers([one.get("change"), *(numbers(one.get("interval")) or ())], 3)
            change = score_tables.Change(found[0], (found[1], found[2]), 0) if found else None
            return score_tables.change_told(change, measure)
    return "–"


def _gate(record: RoundRecord) -> Iterator[Html]:
    yield element(
        "p",
        "The gate ",
        comparison.verdict(record),
        f" against {record.text('gate', 'against') or 'its parent'}.",
    )
    reasons = record.part("gate", "reasons")
    if isinstance(reasons, list) and reasons:
        yield element("ul", *(element("li", one) for one in reasons))
    checks = record.part("gate", "checks")
    rows = [
        (
            one.get("said") or name_of(str(one.get("measure"))),
            f"may lose {_percent(one.get('may_lose'))} beyond chance"
            if one.get("measure") in SHARES
            else "must get better",
            element("span", "met", class_="good")
            if one.get("passed")
            else element("span", "not met", class_="bad"),
        )
        for one in (checks if isinstance(checks, list) else [])
        if isinstance(one, Mapping)
    ]
    if rows:
        yield markup.table((), rows)
    test = record.mapping("self_test")
    yield element("h3", "Self-test")
    yield facts(
        [
            ("result", "passed" if test.get("passed") else "failed"),
            ("loaded again, logits differ by", _small(test.get("reload_difference"))),
            ("the adapter changes logits by", _small(test.get("change"))),
            ("answers that end themselves", _percent(test.get("ended"))),
        ]
    )


def _use(adapter: Adapter) -> Iterator[Html]:
    name = shlex.quote(adapter.name)
    merged = shlex.quote(f"{adapter.recipe}-merged")
    uses = (
        ("Chat with it", f"medchat chat --writer local --adapter {name}"),
        (
            "Let it answer from now on, also in the web chat",
            f"medchat adapters promote {name}\nMEDCHAT_WRITER=local medchat serve",
        ),
        (
            "Score it on other held-out rows",
            f"medchat evaluate --adapter {name} --against base --data DIR",
        ),
        (
            "Merge it into its base: a model folder for any server",
            f"medchat adapters merge {name} --out {merged}",
        ),
        ("Hand it on", f"medchat adapters export {name} --out adapter"),
    )
    for told, command in uses:
        yield element("p", told)
        yield element("pre", command)


def _made(record: RoundRecord) -> Iterator[Html]:
    versions = record.mapping("versions")
    yield facts(
        [
            ("recipe", f"{record.text('recipe', 'name')}"),
            ("hash of the recipe", _hash(record.text("recipe", "hash"))),
            ("hash of the chat template", _hash(record.text("template"))),
            *((f"{name}", version) for name, version in versions.items()),
        ]
    )
    values = record.mapping("recipe", "values")
    rows = [(key, value) for key, value in _flat(values) if not key.startswith("rounds")]
    inner = facts([*rows, *((f"this round: {key}", value) for key, value in _flat(record.plan))])
    yield element("details", element("summary", "All values of the recipe"), inner)


def _settings(plan: Mapping[str, object]) -> Mapping[str, object]:
    found = plan.get("settings")
    return found if isinstance(found, Mapping) else {}


def _flat(values: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", str(value)


def _date(record: RoundRecord) -> str:
    """Return when a round was made, to the minute; a text that is no time as it stands."""
    made = record.text("created")
    try:
        return datetime.fromisoformat(made).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except ValueError:
        return made


def _hash(value: str) -> Html:
    return element("code", value[:_SHORT], title=value) if value else Html("")


def _listed(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    return ", ".join(f"{key} ({_counted(each)})" for key, each in value.items())


def _counted(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _percent(value: object) -> str:
    return f"{100 * value:.3g} %" if isinstance(value, int | float) else ""


def _small(value: object) -> str:
    return f"{value:.2g}" if isinstance(value, int | float) else ""
