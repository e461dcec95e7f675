"""Objectives by name: what each shows of the rows, what it optimises, what a recipe may set."""

from dataclasses import dataclass, replace

import pytest
from toy_finetune import base, pairs, recipe, rows, write_data, write_pairs
from toy_rewards import LettersWanted, paying

from finetune import FinetuneError, adapters, dataset, model, rounds
from finetune.ledger import Wanted
from finetune.objectives.objective_protocols import ExampleSource
from finetune.objectives.objective_registry import OBJECTIVES, objective_of
from finetune.objectives.pretrain import Pretraining
from finetune.recipe import Evaluation, RoundPlan
from finetune.recipes import recipe_reader
from finetune.recipes.recipe_values import demand
from finetune.rows.examples import ExampleReport, make_examples
from finetune.templates.rendering import Rendered
from finetune.training.token_loss import token_losses
from medchat.composition import TEXT_TOOLS


@pytest.fixture
def data(tmp_path):
    lessons = rows(16) + rows(16, 16)
    folder = write_data(tmp_path / "data", lessons, rows(4, 16))
    write_pairs(folder, pairs(lessons))
    return dataset.read(folder)


@pytest.fixture
def tokenizer():
    return model.tokenizer(str(base()))


# what a contributor would write: this class in a module of its own, and a line in the registry
@dataclass(frozen=True)
class LearnQuestions:
    """Learn what is asked instead of what is answered, with a weighted loss."""

    weight: float = 1.0

    def __post_init__(self):
        demand(self.weight > 0, "settings.weight", self.weight, "greater than 0")

    def examples(self, source):
        texts = [row.messages[0]["content"] for row in source.data.train]
        ids = [source.tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
        shown = [Rendered(one, [True] * len(one)) for one in ids]
        return shown, ExampleReport(rows=len(shown), kept=len(shown))

    def losses(self, network, row, device):
        return self.weight * token_losses(network, row, device)


def test_each_registered_objective_shows_rows_that_fit(data, tokenizer):
    mine = recipe(base(), max_tokens=256)
    for name in OBJECTIVES:
        source = ExampleSource(data, tokenizer, mine, 1, paying(LettersWanted()))
        shown, report = objective_of(RoundPlan(objective=name)).examples(source)
        assert 0 < report.kept <= report.rows <= 32, name
        assert shown and all(len(one.ids) <= 256 and any(one.learn) for one in shown), name


def test_supervised_finetuning_learns_answers_only(data, tokenizer):
    mine = recipe(base(), uncovered=0.0)
    shown, report = objective_of(RoundPlan()).examples(
        ExampleSource(data, tokenizer, mine, 1, TEXT_TOOLS)
    )
    examples, expected = make_examples(data.train, data.train, tokenizer, mine, 1, TEXT_TOOLS)
    assert (shown, report) == ([one.tokens for one in examples], expected)
    learned = [
        tokenizer.decode([id for id, learn in zip(one.ids, one.learn, strict=True) if learn])
        for one in shown
    ]
    assert all("symptoms" in text or "症状" in text for text in learned)
    assert not any("What are" in text or "[2]:" in text for text in learned)


def test_rehearsal_mixes_drills_in_by_its_share(data, tokenizer):
    mine = recipe(base(), uncovered=0.0, max_tokens=512)
    source = ExampleSource(data, tokenizer, mine, 1, TEXT_TOOLS)
    plain, _ = objective_of(RoundPlan()).examples(source)
    rehearsed = replace(source, recipe=replace(mine, rehearsal=0.5))
    mixed, report = objective_of(RoundPlan()).examples(rehearsed)
    assert mixed[: len(plain)] == plain
    assert len(mixed) == 2 * len(plain)
    assert report.kept == len(plain)


def test_pretraining_learns_each_text_once_to_its_end(data, tokenizer):
    short = recipe(base(), max_tokens=24)
    shown, _ = Pretraining().examples(ExampleSource(data, tokenizer, short, 1, TEXT_TOOLS))
    texts = tokenizer.decode([token for one in shown for token in one.ids]).split("</s>")
    assert all(all(one.learn) and len(one.ids) <= 24 for one in shown)
    assert "gout — symptoms: fever; cough." in texts
    assert "痛风——症状：发热；咳嗽。" in texts
    assert len(texts) == len(set(texts))


def test_a_new_objective_is_a_class_and_a_line(tmp_path, monkeypatch, data):
    monkeypatch.setitem(OBJECTIVES, "questions", LearnQuestions)
    file = tmp_path / "mine.yaml"
    file.write_text(
        f"name: mine\nbase: {base()}\nevaluation: {{rows: 4, answers: 0}}\nmax_tokens: 256\n"
        "rounds:\n  - objective: questions\n    max_steps: 1\n    settings: {weight: 2}\n",
        encoding="utf-8",
    )
    read = recipe_reader.load(str(file))
    made = rounds.run(Wanted(read, 1, tmp_path / "home", data.folder), tools=TEXT_TOOLS).adapter
    manifest = adapters.manifest(made)
    assert made.objective == manifest["objective"] == "questions"
    assert manifest["recipe"]["values"]["rounds"][0]["settings"] == {"weight": 2}
    # a random base knows none of some 600 tokens: at least ln 600 each, counted twice
    assert 12 < manifest["curve"][0]["loss"] < 40


@pytest.mark.parametrize(
    ("lines", "what", "remedy"),
    [
        ("objective: poetry", "no objective poetry; there are ", "Name"),
        ("objective: questions\n    settings: {weigth: 2}", "settings.weigth is unknown", "weight"),
        ("objective: questions\n    settings: {weight: x}", "settings.weight must be a num", ""),
        ("objective: questions\n    settings: {weight: 0}", "must be greater than 0", ""),
        ("objective: questions\n    settings: 3", "settings must be a mapping", ""),
        ("objective: sft\n    settings: {weight: 2}", "settings.weight is unknown", "none"),
    ],
)
def test_what_an_objective_does_not_know_is_refused_by_name(
    tmp_path, monkeypatch, lines, what, remedy
):
    monkeypatch.setitem(OBJECTIVES, "questions", LearnQuestions)
    file = tmp_path / "mine.yaml"
    file.write_text(f"name: mine\nbase: mini\nrounds:\n  - {lines}\n", encoding="utf-8")
    with pytest.raises(FinetuneError) as caught:
        recipe_reader.load(str(file))
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert str(file) in caught.value.where


def test_a_recipe_made_in_code_is_refused_before_anything_is_trained(tmp_path, data):
    wrong = recipe(base(), rounds=(RoundPlan(objective="poetry"),), evaluation=Evaluation(4, 0, 8))
    with pytest.raises(FinetuneError, match="no objective poetry"):
        rounds.run(Wanted(wrong, 1, tmp_path / "home", data.folder), tools=TEXT_TOOLS)
    assert adapters.list_adapters(tmp_path / "home") == []


def test_a_round_without_settings_keeps_the_values_that_its_recipe_always_had():
    assert "settings" not in recipe_reader.load("mini").values()["rounds"][0]
