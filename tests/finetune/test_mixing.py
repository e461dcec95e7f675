"""Rows of further data sets in a round: how many, which, and what they make of its identity."""

from dataclasses import replace

import pytest
from toy_finetune import base, recipe, rows, trained, write_data

from finetune import FinetuneError, dataset, ledger
from finetune.ledger import Wanted
from finetune.recipe import Mix, Recipe
from finetune.recipes.recipe_values import build
from finetune.rows import mixing


@pytest.fixture
def home(tmp_path):
    write_data(tmp_path / "data" / "general", rows(20, 100), rows(4, 120))
    write_data(tmp_path / "lessons", rows(8), rows(4, 8))
    return tmp_path


def read(home, mix, number=1):
    return mixing.read(home / "lessons", recipe(base(), mix=mix), number, home)


@pytest.mark.parametrize(("weight", "taken"), [(0.25, 5), (0.001, 1), (1.0, 20), (2.5, 50)])
def test_a_weight_says_how_many_rows_count(home, weight, taken):
    made = read(home, (Mix("general", weight),))
    own = dataset.read(home / "lessons")
    assert made.train[:8] == own.train and made.validation == own.validation
    assert len(made.train) == 8 + taken and made.mixed == (("general", taken),)


def test_each_round_draws_anew_and_a_name_or_folder_is_the_same(home):
    first = read(home, (Mix("general", 0.5),))
    assert first.train != read(home, (Mix("general", 0.5),), 2).train
    assert first.train == read(home, (Mix("general", 0.5),)).train
    assert first.hash == read(home, (Mix(str(home / "data" / "general"), 0.5),)).hash
    assert first.hash != read(home, ()).hash == dataset.read(home / "lessons").hash
    with pytest.raises(FinetuneError, match="no dataset folder") as caught:
        read(home, (Mix("nowhere"),))
    assert caught.value.where == "mix"


def test_a_round_with_other_rows_mixed_in_is_another(tmp_path):
    made = trained().copy(tmp_path / "own")
    write_data(made.home / "data" / "general", rows(6, 100), rows(2, 120))
    mixed = replace(made.recipe, mix=(Mix("general", 0.5),))
    assert ledger.find_done(Wanted(made.recipe, 1, made.home, made.data)).name == "toy/round-1"
    with pytest.raises(FinetuneError, match="mix was None") as caught:
        ledger.find_done(Wanted(mixed, 1, made.home, made.data))
    assert "its data was" in caught.value.what


def test_recipes_say_what_to_mix():
    given = {"name": "a", "base": "mini", "rounds": [{}]}
    assert "mix" not in build(Recipe, given).values()
    made = build(Recipe, {**given, "mix": [{"data": "general", "weight": 0.1}]})
    assert made.mix == (Mix("general", 0.1),)
    assert made.values()["mix"] == [{"data": "general", "weight": 0.1}]
    for wrong in ({"data": "general", "weight": 0}, {"data": ""}, {"weight": 1}):
        with pytest.raises(FinetuneError, match="mix"):
            build(Recipe, {**given, "mix": [wrong]})
