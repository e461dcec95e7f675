import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from toy_finetune import trained

from finetune import FinetuneError, adapters, evaluate, rounds
from finetune.cards import (
    adapter_card,
    comparison,
    curve_picture,
    markup,
    round_record,
    score_tables,
)
from finetune.cards.round_record import RoundRecord, Step
from finetune.files import manifests
from finetune.ledger import Wanted
from finetune.scoring import raw_outputs
from medchat.composition import TEXT_TOOLS

HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script></style></svg>&amp;'{{7*7}}"
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "section", "div", "article"),
    *("h1", "h2", "h3", "h4", "p", "span", "strong", "small", "code", "pre", "br"),
    *("ol", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
    *("svg", "text", "line", "polyline", "circle", "rect"),
}
ATTRIBUTES = {
    *("class", "lang", "charset", "http-equiv", "content", "name", "scope", "title", "xmlns"),
    *("viewbox", "width", "height", "role", "aria-label", "x", "y", "x1", "x2", "y1", "y2"),
    *("cx", "cy", "r", "points", "text-anchor"),
}


class Seen(HTMLParser):
    """What stands in a page: its tags, attributes and text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text, self.open = set(), set(), [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "br", "line", "circle", "rect", "polyline"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text.append(data)

    @property
    def all(self):
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A home with two rounds."""
    own = trained().copy(tmp_path_factory.mktemp("two"))
    rounds.run(Wanted(own.recipe, 2, own.home, own.data), tools=TEXT_TOOLS)
    return own


@pytest.fixture
def own(two, tmp_path):
    return two.copy(tmp_path / "own")


def change(folder, **values):
    path = folder / manifests.MANIFEST
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, **values}))
    return record


def test_a_card_tells_where_an_adapter_comes_from_and_what_it_answers(two):
    adapter = adapters.named(two.home, "toy/round-2")
    page = adapter_card.card(two.home, adapter)
    seen = Seen(page)
    assert seen.open == []
    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    record = adapters.manifest(adapter)
    first = adapters.manifest(adapters.named(two.home, "toy/round-1"))
    for full in (
        record["base"]["hash"],
        record["data"]["hash"],
        record["files"]["adapter_model.safetensors"],
        first["files"]["adapter_model.safetensors"],
        record["recipe"]["hash"],
    ):
        assert f'title="{full}"' in page
        assert full[:12] in seen.all
    assert "CC0-1.0 (48)" in seen.all
    assert f"{record['scores']['after']['nll']:.3f}" in seen.all
    assert f"{record['scores']['before']['nll']:.3f}" in seen.all
    for one in raw_outputs.answers(adapter.folder):
        assert one["question"] in seen.all
        assert " ".join(one["reference"].split()) in seen.all
        assert " ".join(one["after"].split()) in seen.all
    assert "medchat chat --writer local --adapter toy/round-2" in seen.all
    assert page.count("<svg ") == 2
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_the_change_of_a_language_is_that_of_its_rows(two):
    folder = adapters.named(two.home, "toy/round-2").folder
    before, after = (raw_outputs.scores(folder, one) for one in ("before", "after"))
    found = score_tables.change(before, after, "nll", "zh")
    rows = [row for row, language in after.languages["nll"].items() if language == "zh"]
    was = evaluate.ratio([before.pairs["nll"][row] for row in rows])
    now = evaluate.ratio([after.pairs["nll"][row] for row in rows])
    assert found.value == pytest.approx(now - was)
    assert found.interval[0] <= found.value <= found.interval[1]
    assert found.rows == len(rows) == 6
    assert score_tables.kind_of(found, "nll") == "dim"  # six rows tell nothing
    whole = score_tables.change(before, after, "nll")
    assert score_tables.kind_of(whole, "nll") == "good"
    assert score_tables.kind_of(whole, "cited") == "bad"
    assert score_tables.kind_of(whole, "own_measure") == "dim"


def test_rounds_are_compared_by_the_rows_that_both_have(two):
    both = [adapters.named(two.home, f"toy/round-{number}") for number in (1, 2)]
    made = comparison.of(both)
    values = {(one["measure"], one["language"]): one["adapters"] for one in comparison.values(made)}
    loss = values[("nll", None)]["toy/round-2"]
    wanted = both[1].scores["after"]["nll"] - both[0].scores["after"]["nll"]
    assert loss["difference"].value == pytest.approx(wanted)
    assert loss["difference"].rows == 12
    head, *rows = comparison.text_rows(made)
    assert head == ("", "toy/round-1", "toy/round-2", "difference")
    assert rows[0][0] == "held-out loss"
    assert {len(row) for row in rows} == {4}
    assert {"  English", "  Chinese"} <= {row[0] for row in rows}
    seen = Seen(comparison.page(made))
    assert seen.tags <= TAGS
    assert "Differences are to toy/round-1" in seen.all


def test_an_older_round_has_a_card_that_says_what_is_lacking(own):
    folder = adapters.named(own.home, "toy/round-2").folder
    for name in (raw_outputs.ANSWERS, raw_outputs.SCORES, "curve.jsonl", "curves.svg"):
        (folder / name).unlink()
    record = change(folder)
    del record["data"]["licences"]
    (folder / manifests.MANIFEST).write_text(json.dumps(record))
    adapter = adapters.named(own.home, "toy/round-2")
    seen = Seen(adapter_card.card(own.home, adapter))
    assert "No answers were kept" in seen.all
    assert "the scores of rows were not kept" in seen.all.casefold()
    assert "not on record" in seen.all
    low, high = record["gate"]["interval"]
    assert f"({low:+.3f} to {high:+.3f})" in seen.all  # as the gate saw it
    made = comparison.of([adapters.named(own.home, "toy/round-1"), adapter])
    assert "Of toy/round-2 the scores of rows were not kept" in " ".join(made.remarks())
    assert {row[3] for row in comparison.text_rows(made)[1:]} == {"–"}


def test_no_text_on_record_becomes_markup(own):
    folder = adapters.named(own.home, "toy/round-2").folder
    record = change(folder)
    data = {**record["data"], "name": HOSTILE, "licences": {HOSTILE: 48}, "mixed": {HOSTILE: 1}}
    gate = {**record["gate"], "reason": HOSTILE, "reasons": [HOSTILE], "against": HOSTILE}
    values = {**record["recipe"]["values"], HOSTILE: HOSTILE}
    change(
        folder,
        data=data,
        gate=gate,
        recipe={**record["recipe"], "values": values},
        base={"name": HOSTILE, "hash": HOSTILE},
        objective=HOSTILE,
        versions={HOSTILE: HOSTILE},
        created=HOSTILE,
    )
    answers = raw_outputs.answers(folder)
    spoiled = [{key: [HOSTILE] if key == "evidence" else HOSTILE for key in one} for one in answers]
    raw_outputs.write_lines(folder / raw_outputs.ANSWERS, spoiled)
    adapter = adapters.named(own.home, "toy/round-2")
    both = comparison.of([adapters.named(own.home, "toy/round-1"), adapter])
    for page in (adapter_card.card(own.home, adapter), comparison.page(both)):
        seen = Seen(page)
        assert seen.open == []
        assert seen.tags <= TAGS
        assert seen.attributes <= ATTRIBUTES
        assert "<script>alert(2)</script>" in seen.all
        assert "default-src 'none'" in page or "default-src &#x27;none&#x27;" in page


def parts(value, path=()):
    """Yield the path of each part of a JSON value; of a list its first item stands for all."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value[:1])
    for key, each in items:
        if isinstance(each, dict | list):
            yield from parts(each, (*path, key))
        else:
            yield (*path, key)


def with_part(value, path, new):
    copied = json.loads(json.dumps(value))
    inner = copied
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return copied


def test_no_part_of_a_record_is_trusted_to_be_what_it_should_be(own):
    folder = adapters.named(own.home, "toy/round-2").folder
    for name in (raw_outputs.SCORES, "curve.jsonl"):
        (folder / name).unlink()
    record = change(folder)
    record["recipe"]["values"] = {"rounds": record["recipe"]["values"]["rounds"]}
    record["scores"]["after"]["by_language"] = {}
    made = 0
    for place, path in enumerate(parts(record)):
        new = ("<b>", None, [], {}, 1.5)[place % 5]
        text = json.dumps(with_part(record, path, new))
        (folder / manifests.MANIFEST).write_text(text)
        try:
            adapter = adapters.named(own.home, "toy/round-2")
        except FinetuneError:
            continue  # such a folder is no adapter
        assert Seen(adapter_card.card(own.home, adapter)).tags <= TAGS
        made += 1
    assert made > 100


@pytest.mark.parametrize("name", [raw_outputs.ANSWERS, raw_outputs.SCORES, "curve.jsonl"])
def test_a_damaged_file_is_named(own, name):
    folder = adapters.named(own.home, "toy/round-2").folder
    (folder / name).write_text("{")
    with pytest.raises(FinetuneError, match=name):
        adapter_card.card(own.home, adapters.named(own.home, "toy/round-2"))


def test_a_parent_that_is_gone_or_was_made_anew_is_told(own):
    folder = adapters.named(own.home, "toy/round-2").folder
    change(folder, parent={"name": "toy/round-1", "hash": "0" * 64})
    adapter = adapters.named(own.home, "toy/round-2")
    assert [one.name for one in round_record.lineage(own.home, adapter)] == ["toy/round-2"]
    assert "no longer here as it was" in Seen(adapter_card.card(own.home, adapter)).all


def test_a_parent_whose_weights_were_halved_is_still_the_parent(own):
    first = adapters.named(own.home, "toy/round-1").folder
    record = change(first)
    weights = record["files"]["adapter_model.safetensors"]
    files = {**record["files"], "adapter_model.safetensors": "f" * 64}
    change(first, files=files, halved={"weights": weights})
    adapter = adapters.named(own.home, "toy/round-2")
    assert len(round_record.lineage(own.home, adapter)) == 2
    change(first, files=files, halved={"weights": "0" * 64})
    assert len(round_record.lineage(own.home, adapter)) == 1


def test_the_lineage_of_an_adapter_that_was_handed_on_is_read_from_its_folder(own):
    first = adapters.named(own.home, "toy/round-1").folder
    second = adapters.named(own.home, "toy/round-2").folder
    (first / manifests.MANIFEST).rename(second / "round-1.json")
    adapter = adapters.named(own.home, "toy/round-2")
    found = round_record.lineage(own.home, adapter)
    assert [one.name for one in found] == ["toy/round-1", "toy/round-2"]
    assert len(found[0].steps) == 40


def test_a_round_leaves_a_picture_of_all_rounds_so_far(two):
    texts = {}
    for number in (1, 2):
        folder = adapters.named(two.home, f"toy/round-{number}").folder
        picture = ElementTree.parse(folder / curve_picture.FILE).getroot()
        texts[number] = [one.text for one in picture.iter() if one.tag.endswith("text")]
        width = float(picture.get("width"))
        for line in (one for one in picture.iter() if one.tag.endswith("polyline")):
            places = [
                [float(each) for each in pair.split(",")] for pair in line.get("points").split()
            ]
            assert all(0 <= x <= width and 0 <= y <= 400 for x, y in places)
    assert "toy/round-1" in texts[1]
    assert "toy/round-2" not in texts[1]
    assert {"toy/round-1", "toy/round-2", "learning rate, at most 0.004"} <= set(texts[2])


@pytest.mark.parametrize(
    ("steps", "scores"),
    [
        ((), {}),
        ((Step(1, float("nan"), 0.0), Step(2, float("inf"), 0.1)), {}),
        ((Step(1, 2.0, 0.1),), {"before": {"nll": 2.0, "nll_interval": [2.0, 2.0]}}),
        (
            (Step(1, 2.0, 0.1),),
            {"before": {"nll": float("nan"), "nll_interval": [1, float("nan")]}},
        ),
        ((Step(1, 2.0, 0.1),), {"after": {"general": 0.5, "general_interval": None}}),
        ((Step(1, 2.0, 0.1),), {"after": {"general": 7.0, "general_interval": [-3, 9]}}),
    ],
)
def test_a_picture_of_odd_values_is_still_a_picture(steps, scores):
    one = RoundRecord('a "<&> round', {"objective": "<b>", "scores": scores}, steps)
    picture = ElementTree.fromstring(curve_picture.picture("T", [one] * 5))
    for each in picture.iter():
        for key in ("cx", "cy", "x1", "x2", "y1", "y2", "x", "y"):
            assert 0 <= float(each.get(key, 0)) <= 2000
    assert sum(one.tag.endswith("svg") for one in picture.iter()) == 6


def test_an_objectives_own_shares_are_drawn_too():
    own = {
        "pairs_ordered": 0.9,
        "pairs_ordered_interval": [0.8, 0.95],
        "own": {"pairs_ordered": {}},
    }
    reward = {"reward": 3.2, "reward_interval": [2.9, 3.5], "own": {"reward": {}}}
    rounds = [RoundRecord("a", {"scores": {"after": one}}, ()) for one in (own, reward)]
    picture = curve_picture.picture("T", rounds)
    assert "pairs ordered" in picture
    assert "90%" in picture
    assert "reward" not in picture


def rewarded(name, settings, measure):
    """Return the record of a round of two steps whose answers were rewarded."""
    curve = [
        {"step": at, "loss": 0.1, "learning_rate": 0.1, "measured": {"reward": at / 4}}
        for at in (1, 2)
    ]
    values = {"rounds": [{"objective": "grpo", "settings": settings}]}
    after = {measure: 0.5, f"{measure}_interval": [0.4, 0.6], "own": {measure: {}}}
    record = {
        "objective": "grpo",
        "round": 1,
        "recipe": {"name": "mine", "values": values},
        "curve": curve,
        "scores": {"after": after},
    }
    return RoundRecord(name, record, round_record.steps(Path("nowhere"), record))


def test_what_rewarded_answers_is_named_where_their_reward_is_told():
    proof = rewarded("by-proof", {}, "reward")
    judged = rewarded("by-model", {"reward": "judge/round-1"}, "reward by judge/round-1")
    assert [one.reward for one in proof.steps] == [0.25, 0.5]
    for one, told in ((proof, "reward by the proof"), (judged, "reward by judge/round-1")):
        picture = curve_picture.picture("T", [one])
        assert f"dashed: {told}, 0 to 1" in picture
        assert picture.count(f">{told}</text>") == 1  # before its row of scores
        assert picture.count('class="paid"') == 1
    sides = comparison.Comparison((comparison.Side(proof, None), comparison.Side(judged, None)))
    named = [row[0] for row in comparison.text_rows(sides)]
    assert named == ["", "reward by the proof", "reward by judge/round-1"]  # never one row
    assert "rewarded" in adapter_card._training(judged)
    assert "reward by judge/round-1" in adapter_card._training(judged)


def test_other_data_is_remarked_where_other_rows_were_scored():
    sides = []
    for name, rows in (("a", "12"), ("b", "12"), ("c", "13")):
        record = RoundRecord(name, {"data": {"hash": name}}, ())
        pairs = {"nll": {row: (1.0, 1.0) for row in rows}, name: {"1": (1.0, 1.0)}}
        sides.append(comparison.Side(record, raw_outputs.KeptScores(pairs, {})))
    for some, told in ((sides[:2], False), (sides[::2], True)):
        remarks = " ".join(comparison.Comparison(tuple(some)).remarks())
        assert ("The rounds had other data" in remarks) is told


def test_a_name_that_is_long_keeps_both_ends_in_a_picture():
    one = rewarded(
        "a", {"reward": "a-very-long-name/round-3"}, "reward by a-very-long-name/round-3"
    )
    assert ">reward by a-v…ame/round-3</text>" in curve_picture.picture("T", [one])


def test_a_picture_without_rounds_is_empty_but_whole():
    assert ElementTree.fromstring(curve_picture.picture("None", [])).get("width")


def test_markup_escapes_all_but_markup():
    made = markup.element("p", "<b>", markup.element("b", 3), class_='"x"', http_equiv="a")
    assert made == '<p class="&quot;x&quot;" http-equiv="a">&lt;b&gt;<b>3</b></p>'
    assert markup.element("br") == "<br>"


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 1.0, [0.0, 0.5, 1.0]),
        (3.4, 7.2, [4.0, 5.0, 6.0, 7.0]),
        (0.01, 0.05, [0.01, 0.02, 0.03, 0.04, 0.05]),
    ],
)
def test_ticks_are_round_numbers(low, high, ticks):
    assert curve_picture._ticks(low, high) == pytest.approx(ticks)


def test_values_are_told_by_their_kind():
    cell = score_tables.cell({"nll": 1.25, "nll_interval": [1, 1.5], "rows": 4}, "nll")
    assert score_tables.told(cell, "nll") == "1.250 (1.000–1.500)"
    share = score_tables.cell(
        {"cited": 0.5, "cited_interval": [0.25, 0.75], "cited_of": 8}, "cited"
    )
    assert score_tables.told(share, "cited") == "50.0 % (25–75)"
    assert share.of == 8
    assert score_tables.told(None, "cited") == "–"
    assert score_tables.cell({"cited": None}, "cited") is None
    assert score_tables.change_told(None, "nll") == "–"
