"""As many rows of a rare relation as of a common one: thinned out, or repeated a few times."""

from collections import Counter
from dataclasses import replace

import pytest

from finetune import dataset, model
from finetune.dataset import Row
from finetune.errors import FinetuneError
from finetune.objectives.objective_protocols import ExampleSource
from finetune.objectives.sft import SupervisedFinetuning
from finetune.recipes import recipe_reader
from finetune.rows import balance
from finetune.text_tools import PLAIN
from tests import toy_finetune


def rows(relation, count, language="en"):
    messages = ({"role": "user", "content": "?"}, {"role": "assistant", "content": "."})
    return [
        Row(f"{relation}-{n}-{language}", messages, language, (), (), None, (), relation=relation)
        for n in range(count)
    ]


def drawn(given, most=4, seed=3):
    made = balance.level(given, most, seed)
    return made, Counter((one.language, one.relation) for one in made)


def test_relations_meet_at_their_mean():
    given = [*rows("dose", 90), *rows("link", 6), *rows("cause", 24)]
    made, counts = drawn(given, most=10)
    assert counts == {("en", "dose"): 40, ("en", "link"): 40, ("en", "cause"): 40}
    repeated = Counter(one.id.split("#")[0] for one in made if one.relation == "link")
    assert set(repeated.values()) == {6, 7}, "each row as often as another, or once more"
    assert len({one.id for one in made}) == len(made)


def test_no_row_is_taken_more_often_than_told():
    _, counts = drawn([*rows("dose", 90), *rows("link", 6)], most=3)
    assert counts["en", "link"] == 18


def test_the_relation_does_not_tell_whether_to_decline():
    often = [replace(one, declined=True) for one in rows("flags", 30)]
    given = [*often, *rows("flags", 30), *rows("signs", 57)]
    given += [replace(one, id=f"silent-{one.id}", declined=True) for one in rows("signs", 3)]
    made, counts = drawn(given, most=10)
    assert counts == {("en", "flags"): 60, ("en", "signs"): 60}
    silent = Counter(one.relation for one in made if one.declined)
    assert silent == {"flags": 16, "signs": 16}, "33 of 120, as of all"
    few, _ = drawn(given, most=2)
    assert Counter(one.relation for one in few if one.declined)["signs"] == 6


def test_languages_are_balanced_apart_and_rows_on_no_relation_stay():
    given = [*rows("dose", 10), *rows("dose", 2, "zh"), *rows("link", 4, "zh"), *rows("", 7)]
    _, counts = drawn(given)
    assert counts["en", "dose"] == 10 and counts["zh", "dose"] == counts["zh", "link"] == 3
    assert counts["en", ""] == 7


def test_the_seed_decides_which_rows_stay():
    given = [*rows("dose", 30), *rows("link", 2)]
    kept = [[one.id for one in balance.level(given, 1, seed)] for seed in (1, 1, 2)]
    assert kept[0] == kept[1] != kept[2]


def test_a_round_learns_from_what_is_drawn(tmp_path):
    lessons = toy_finetune.rows(17)
    data = dataset.read(toy_finetune.write_data(tmp_path, lessons, lessons))
    named = [
        replace(row, relation="x" if place else "rare") for place, row in enumerate(data.train)
    ]
    few = replace(data, train=tuple(named))
    tokenizer = model.tokenizer(str(toy_finetune.base()))

    def learned(**changes):
        recipe = toy_finetune.recipe(toy_finetune.base(), **changes)
        source = ExampleSource(few, tokenizer, recipe, 1, PLAIN)
        return len(SupervisedFinetuning().examples(source)[0])

    assert learned() == 17 and learned(balance=2) == 8 + 5 + 2, "Chinese, and English of both"


def test_a_round_may_set_its_own(tmp_path):
    text = recipe_reader.text("smollm2")
    path = tmp_path / "own.yaml"
    path.write_text(text.replace("balance: 4", "balance: 11"), encoding="utf-8")
    with pytest.raises(FinetuneError, match="balance"):
        recipe_reader.load(str(path))
    plain = recipe_reader.load("smollm2")
    assert [plain.shown_in(number).balance for number in (3, 4)] == [0, 4]
