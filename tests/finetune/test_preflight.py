from dataclasses import replace

import pytest
from toy_finetune import base, recipe, rows, write_data

from finetune import FinetuneError, dataset, model, preflight
from finetune.packing import Packing, pack
from finetune.rows.examples import ExampleReport, make_examples
from finetune.training import trial
from medchat.composition import TEXT_TOOLS


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    data = dataset.read(write_data(tmp_path_factory.mktemp("data"), rows(32), rows(4, 32)))
    mine = recipe(base())
    examples, report = make_examples(
        data.train, data.train, model.tokenizer(mine.base), mine, 1, TEXT_TOOLS
    )
    return pack([one.tokens for one in examples], mine.max_tokens), report


def test_figures_agree_with_the_model(shown):
    packing, report = shown
    mine = recipe(base())
    made = preflight.check(mine, 1, packing, report)
    student = model.attach(model.load(mine.base), mine.lora, 1)
    trainable, total = student.model.get_nb_trainable_parameters()
    assert made.trainable == trainable
    assert made.parameters == total - trainable
    assert made.rows == made.kept == 32
    assert made.tokens == sum(len(row.ids) for row in packing.rows)
    assert 0 < made.learned_tokens < made.tokens
    assert made.sequences == len(packing.rows)
    assert made.steps == 40
    assert made.efficiency == packing.efficiency > 0.7
    assert 0 < made.seconds < 600
    assert made.fits
    assert made.values()["fits"] is True


@pytest.mark.parametrize(
    ("change", "grows"),
    [
        ({"recompute": True}, False),
        ({"precision": "bfloat16"}, False),
        ({"lora": replace(recipe(base()).lora, rank=16)}, True),
    ],
)
def test_memory_follows_the_recipe(shown, change, grows):
    packing, report = shown
    before = preflight.check(recipe(base()), 1, packing, report).memory_bytes
    after = preflight.check(recipe(base(), **change), 1, packing, report).memory_bytes
    assert (after > before) is grows
    assert after != before


def test_nothing_to_train_on_says_why():
    report = ExampleReport(rows=3, left_out={"too long": 3})
    with pytest.raises(FinetuneError, match="3 too long") as caught:
        preflight.check(recipe(base()), 1, Packing([], 0, 0.0), report)
    assert caught.value.where == "--data"


def test_a_row_longer_than_the_base_holds(shown):
    with pytest.raises(FinetuneError, match="holds 512"):
        preflight.check(recipe(base(), max_tokens=513), 1, *shown)


def test_samples_show_what_is_learned(shown):
    packing, _ = shown
    tokenizer = model.tokenizer(str(base()))
    first = preflight.samples(packing, tokenizer, 1)[0]
    assert {learned for _, learned in first} == {True, False}
    assert "".join(text for text, _ in first) == tokenizer.decode(packing.rows[0].ids)
    learned = [text for text, one in first if one]
    assert all(
        "symptoms:" in text or "症状：" in text or "cover" in text or "涉及" in text
        for text in learned
    )


def test_a_trial_measures_memory_and_time(shown):
    packing, report = shown
    mine = recipe(base())
    rough = preflight.check(mine, 1, packing, report)
    tried = preflight.try_out(rough, mine, packing)
    assert tried.measured and not rough.measured
    # torch and transformers alone take some hundred MiB
    assert 100 << 20 < tried.memory_bytes < 4 << 30
    assert tried.seconds > 0
    assert tried.steps == rough.steps


def test_a_trial_that_fails_leaves_the_estimate_and_says_why(shown):
    packing, report = shown
    mine = recipe(base())
    rough = preflight.check(mine, 1, packing, report)
    tried = preflight.try_out(rough, replace(mine, base="/no/base"), packing)
    assert tried == replace(rough, trial_failed=tried.trial_failed)
    assert "There is no base model at /no/base" in tried.trial_failed
    assert not tried.measured


def test_a_trial_that_the_system_ends_is_told(shown, monkeypatch):
    packing, _ = shown
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    monkeypatch.setattr(trial, "_COMMAND", ("-c", killed))
    found = trial.measure(recipe(base()), packing)
    assert "memory ran out" in found.why
    monkeypatch.setattr(trial, "_COMMAND", ("-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(trial, "_SECONDS", 1)
    assert "within 1 seconds" in trial.measure(recipe(base()), packing).why
