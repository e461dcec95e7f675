import pytest
import yaml
from toy_finetune import recipe as toy_recipe
from toy_finetune import rows, write_base, write_data

from finetune import FinetuneError, dataset, model, trainer
from finetune.packing import pack
from finetune.recipe import RoundPlan
from finetune.recipes import recipe_reader
from finetune.rows.examples import make_examples
from medchat.composition import TEXT_TOOLS

PLAIN = "name: mine\nbase: mini\nrounds:\n  - epochs: 1\n"


@pytest.mark.parametrize("name", recipe_reader.shipped())
def test_shipped_recipe_loads_and_explains_itself(name):
    made = recipe_reader.load(name)
    text = recipe_reader.text(name)
    lines = text.splitlines()
    assert made.name == name
    assert made.rounds
    assert lines[0].startswith(f"# medchat finetune --recipe {name} --round 1")
    head, _, rounds = text.partition("\nrounds:")
    assert not [line for line in head.splitlines() if ": " in line and "#" not in line]
    assert set(yaml.safe_load(text)) <= set(made.values())
    assert "#" in rounds


def test_the_needed_recipes_ship():
    bases = {"mini", "smollm2", "llama", "qwen", "chatglm", "chatdoctor", "huatuo"}
    methods = {"ptuning", "qlora", "full"}
    stages = {"literature", "preference", "reward", "single-mixed"}
    assert bases | methods | stages <= set(recipe_reader.shipped())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (PLAIN + "sede: 4\n", "sede"),
        (PLAIN.replace("epochs", "epoch"), "rounds[1].epoch"),
        (PLAIN + "lora:\n  rnak: 4\n", "lora.rnak"),
        (PLAIN + "lora: 4\n", "lora"),
        (PLAIN + "seed: four\n", "seed"),
        (PLAIN + "seed: true\n", "seed"),
        (PLAIN + "packing: 1\n", "packing"),
        (PLAIN + "uncovered: 1.5\n", "uncovered"),
        (PLAIN + "uncovered: some\n", "uncovered"),
        (PLAIN + "evidence: ajar\n", "evidence"),
        (PLAIN + "precision: float8\n", "precision"),
        (PLAIN + "policy: pile\n", "policy"),
        (PLAIN + "max_tokens: 2\n", "max_tokens"),
        (PLAIN + "evaluation:\n  rows: 0\n", "evaluation.rows"),
        (PLAIN.replace("epochs: 1", "objective: poetry"), "objective"),
        (PLAIN.replace("epochs: 1", "learning_rate: -1.0"), "learning_rate"),
        (PLAIN.replace("name: mine", "name: ../mine"), "name"),
        (PLAIN.replace("name: mine\n", ""), "name"),
        ("name: mine\nbase: mini\nrounds: []\n", "rounds"),
        ("name: mine\nbase: mini\nrounds: 3\n", "rounds"),
        ("- name\n", "The recipe"),
        ("name: [\n", "line"),
        ("name: mine\nbase: mini\nrounds: [4]\n", "rounds[1]"),
        (PLAIN + "seed: 2\nmax_tokens: 512\nseed: 3\n", "seed is given twice, again in line 7"),
        (PLAIN.replace("epochs: 1", "{epochs: 1, warmup: 0.1, epochs: 2}"), "epochs"),
        (PLAIN + "seed: 2024-13-45\n", "YAML"),
        (PLAIN + f"seed: {'7' * 5000}\n", "YAML"),
        ("[" * 3000, "YAML"),
        (PLAIN + "seed: -1\n", "seed"),
        (PLAIN + f"seed: {10**25}\n", "seed"),
        (PLAIN + "distractors: 4000000\n", "distractors"),
        (PLAIN + "rehearsal: 0.99999\n", "rehearsal"),
        (PLAIN + "lora: {rank: 90000000}\n", "lora.rank"),
        (PLAIN + "lora: {alpha: 70000000}\n", "lora.alpha"),
        (PLAIN + 'lora: {target_modules: "q_(proj"}\n', "lora.target_modules"),
        (PLAIN.replace("epochs: 1", "epochs: 100000000"), "epochs"),
        (PLAIN.replace("epochs: 1", "weight_decay: .inf"), "weight_decay"),
        (PLAIN.replace("epochs: 1", "clip: .inf"), "clip"),
        (PLAIN.replace("epochs: 1", f"clip: 1{'0' * 400}"), "clip"),
        (PLAIN.replace("name: mine", f"name: {'m' * 300}"), "name"),
    ],
)
def test_bad_recipe_is_refused_by_name(tmp_path, text, named):
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FinetuneError, match=r"\.$") as caught:
        recipe_reader.load(str(file))
    assert named in caught.value.what
    assert str(file) in caught.value.where
    assert caught.value.remedy
    assert caught.value.status == 2


def test_a_recipe_whose_values_repeat_one_another_is_no_key_twice(tmp_path):
    file = tmp_path / "mine.yaml"
    rounds = "rounds:\n  - &first {epochs: 2, settings: &none {}}\n  - *first\n  - {epochs: 1}\n"
    file.write_text(f"name: mine\nbase: mini\n{rounds}", encoding="utf-8")
    made = recipe_reader.load(str(file))
    assert [plan.epochs for plan in made.rounds] == [2, 2, 1]


def test_unknown_recipe_lists_what_there_is():
    with pytest.raises(FinetuneError) as caught:
        recipe_reader.load("mimi")
    assert "mimi" in caught.value.what
    assert "mini" in caught.value.remedy


def test_overrides_and_numbers_without_a_dot(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(PLAIN + "    learning_rate: 2e-4\n    max_steps: 9\n", encoding="utf-8")
    made = recipe_reader.load(str(file), base="/some/base", max_steps=3)
    assert made.base == "/some/base"
    assert made.rounds[0].learning_rate == 2e-4
    assert made.rounds[0].max_steps == 3
    assert made.hash() != recipe_reader.load(str(file)).hash()
    assert made.hash() == recipe_reader.load(str(file), base="/some/base", max_steps=3).hash()


@pytest.mark.parametrize("number", [0, 2])
def test_round_that_the_recipe_lacks(tmp_path, number):
    file = tmp_path / "mine.yaml"
    file.write_text(PLAIN, encoding="utf-8")
    with pytest.raises(FinetuneError, match="rounds 1 to 1"):
        recipe_reader.load(str(file)).round(number)


@pytest.mark.parametrize(
    ("name", "kind"), [("llama", "llama"), ("chatglm", "glm4"), ("qwen", "qwen2")]
)
def test_one_step_under_the_shipped_adapter(tmp_path, name, kind):
    base = write_base(tmp_path / "base", kind)
    data = dataset.read(write_data(tmp_path / "data", rows(8), rows(4, 8)))
    shipped = recipe_reader.load(name)
    mine = toy_recipe(base, lora=shipped.lora, recompute=shipped.recompute)
    student = model.attach(model.load(str(base)), mine.lora, mine.seed)
    if mine.recompute:
        model.recompute(student)
    examples, _ = make_examples(data.train, data.train, student.tokenizer, mine, 1, TEXT_TOOLS)
    packing = pack([one.tokens for one in examples], mine.max_tokens)
    start = {key: one.clone() for key, one in student.model.named_parameters()}
    done = trainer.fit(student, packing, RoundPlan(max_steps=1, learning_rate=1e-2), seed=1)
    moved = {key for key, one in student.model.named_parameters() if not one.equal(start[key])}
    assert len(done.curve) == 1
    assert done.curve[0].loss > 0
    assert moved
    assert all("lora_" in key for key in moved)
    # every layer's attention and both halves of its feed-forward part take part
    assert {"q_proj", "down_proj"} <= {key.split(".lora_")[0].split(".")[-1] for key in moved}
