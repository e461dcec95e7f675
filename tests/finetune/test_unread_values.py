"""Values of a recipe that nothing reads: refused before any work, by their key."""

from dataclasses import replace

import pytest

from finetune import FinetuneError
from finetune.objectives.objective_registry import OBJECTIVES
from finetune.recipe import Lora, Mix, Recipe, RoundPlan
from finetune.recipes import recipe_reader, unread_values

SET = {
    "rehearsal": 0.5,
    "mix": (Mix("general"),),
    "uncovered": 0.3,
    "questions": 4,
    "balance": 2,
    "lora.dropout": 0.1,
    "policy": "stack",
    "batch_tokens": 4096,
}


def of(*objectives, **values):
    plans = tuple(RoundPlan(objective=one) for one in objectives)
    return Recipe("mine", "mini", plans, **values)


def with_value(made, key):
    if key == "lora.dropout":
        return replace(made, lora=Lora(dropout=SET[key]))
    return replace(made, **{key: SET[key]})


@pytest.mark.parametrize("one", unread_values.OF_RECIPES, ids=lambda one: one.key)
def test_what_no_round_of_a_recipe_reads_is_refused(one):
    for objective in OBJECTIVES:
        made = with_value(of(objective), one.key)
        if objective not in one.by:
            unread_values.refuse(made)
            continue
        with pytest.raises(FinetuneError, match=f"{one.key} is set, and no round") as caught:
            unread_values.refuse(made)
        assert one.reason in caught.value.what and caught.value.status == 2
        unread_values.refuse(of(objective))
        # what another round of the recipe reads is that round's
        unread_values.refuse(with_value(of("sft", objective), one.key))


@pytest.mark.parametrize("one", unread_values.OF_ROUNDS, ids=lambda one: f"{one.key} {one.by}")
def test_what_an_objective_does_not_read_of_its_round_is_refused(one):
    for objective in OBJECTIVES:
        plan = replace(RoundPlan(objective=objective), **{one.key: SET[one.key]})
        made = Recipe("mine", "mini", (RoundPlan(), plan))
        if objective in one.by:
            with pytest.raises(FinetuneError, match=f"{one.key} is set in round 2") as caught:
                unread_values.refuse(made)
            assert one.reason in caught.value.what


@pytest.mark.parametrize(
    ("lines", "off", "key"),
    [
        ("distractors: 2", 0, "distractors"),
        ("uncovered: 0.2", 0, "uncovered"),
        ("questions: 2", 1, "questions"),
    ],
)
def test_evidence_that_is_never_shown_is_refused_beside_closed(tmp_path, lines, off, key):
    file = tmp_path / "mine.yaml"
    head = f"name: mine\nbase: mini\nrounds: [{{}}]\nevidence: closed\n{key}: "
    file.write_text(f"{head}{off}\n", encoding="utf-8")
    assert recipe_reader.load(str(file)).evidence == "closed"
    file.write_text(head.replace(f"{key}: ", lines) + "\n", encoding="utf-8")
    with pytest.raises(FinetuneError, match=f"{key} is set beside evidence: closed") as caught:
        recipe_reader.load(str(file))
    assert str(file) in caught.value.where


@pytest.mark.parametrize(
    ("method", "lines", "key"),
    [
        ("ptuning", "projection: true", "prompt.projection"),
        ("prompt-tuning", "projection: true", "prompt.projection"),
        ("prompt-tuning", "encoder_size: 8", "prompt.encoder_size"),
        ("ptuning-v2", "encoder_size: 8", "prompt.encoder_size"),
    ],
)
def test_what_a_kind_of_prompt_does_not_compute_is_refused(tmp_path, method, lines, key):
    file = tmp_path / "mine.yaml"
    file.write_text(
        f"name: mine\nbase: mini\nmethod: {method}\nprompt: {{{lines}}}\nrounds: [{{}}]\n",
        encoding="utf-8",
    )
    with pytest.raises(FinetuneError, match=key) as caught:
        recipe_reader.load(str(file))
    assert caught.value.status == 2
