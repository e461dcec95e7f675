"""Adapters that are handed on: smaller, with their lineage, checked where they are taken."""

import json
import resource
import shutil
from pathlib import Path

import pytest
import toy_finetune

from finetune import adapters, model
from finetune.bases import adding, base_records
from finetune.errors import FinetuneError
from finetune.files import adapter_files, manifests, merged_model
from finetune.ledger import Wanted
from finetune.recipe import Evaluation, RoundPlan
from finetune.rounds import run
from medchat.composition import TEXT_TOOLS


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a base and two rounds on it, which tests only read."""
    folder = tmp_path_factory.mktemp("home")
    adding.add(folder, str(toy_finetune.base()), name="toy")
    data = toy_finetune.write_data(
        folder / "data" / "toy", toy_finetune.rows(8), toy_finetune.rows(4, 8)
    )
    plan = RoundPlan(max_steps=1, learning_rate=0.01, batch_tokens=256)
    brief = Evaluation(rows=1, answers=0, max_new_tokens=2)
    recipe = toy_finetune.recipe(Path("toy"), rounds=(plan, plan), evaluation=brief)
    for number in (1, 2):
        run(Wanted(recipe, number, folder, data), tools=TEXT_TOOLS)
        adapters.promote(folder, f"toy/round-{number}")  # too few rows for the gate to judge
    return folder


@pytest.fixture(scope="module")
def exported(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "toy"
    adapter_files.export(home, adapters.named(home, "toy/round-2"), out)
    return out


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another home with the same base."""
    adding.add(tmp_path / "other", str(toy_finetune.base()), name="toy")
    return tmp_path / "other"


def test_an_exported_adapter_is_smaller_and_keeps_its_lineage(home: Path, exported: Path) -> None:
    original = adapters.named(home, "toy/round-2").folder
    assert (exported / model.WEIGHTS).stat().st_size < 0.6 * (
        original / model.WEIGHTS
    ).stat().st_size
    record = manifests.read_manifest(exported, "")
    manifests.check_files(exported, record, record["files"], "")  # type: ignore[arg-type]
    assert record["halved"]["difference"] < 0.5  # type: ignore[index]
    assert record["halved"]["weights"] == manifests.of_file(original / model.WEIGHTS)  # type: ignore[index]
    assert json.loads((exported / "round-1.json").read_text())["name"] == "toy/round-1"
    assert (original / "answers.jsonl").is_file()
    assert not (exported / "answers.jsonl").exists()  # texts of the data are not the adapter's
    assert (exported / "scores.jsonl").is_file()


def test_an_exported_adapter_answers_in_another_home(exported: Path, other: Path) -> None:
    taken, added = adapter_files.take(other, exported)
    assert added and taken.name == "toy/round-2" and not taken.promoted
    student = model.load(base_records.find(other, taken.base), taken.folder)
    assert student.adapter == "toy/round-2"
    assert adapter_files.take(other, exported) == (taken, False)
    assert [each.name for each in adapters.list_adapters(other)] == ["toy/round-2"]


def test_a_round_upon_a_taken_adapter_hands_on_all_its_rounds(
    exported: Path, other: Path, tmp_path: Path
) -> None:
    adapter_files.take(other, exported)
    adapters.promote(other, "toy/round-2")
    data = toy_finetune.write_data(
        other / "data" / "toy", toy_finetune.rows(8), toy_finetune.rows(4, 8)
    )
    plan = RoundPlan(max_steps=1, learning_rate=0.01, batch_tokens=256)
    brief = Evaluation(rows=1, answers=0, max_new_tokens=2)
    recipe = toy_finetune.recipe(Path("toy"), rounds=(plan,) * 3, evaluation=brief)
    run(Wanted(recipe, 3, other, data), tools=TEXT_TOOLS)
    out = tmp_path / "out"
    adapter_files.export(other, adapters.named(other, "toy/round-3"), out)
    for number in (1, 2):
        record = json.loads((out / f"round-{number}.json").read_text())
        assert record["name"] == f"toy/round-{number}"


def test_another_adapter_of_that_name_is_kept(home: Path, exported: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    first, second = (adapters.folder_of(copy, "toy", number) for number in (1, 2))
    shutil.copyfile(first / model.WEIGHTS, second / model.WEIGHTS)
    record = manifests.read_manifest(second, "")
    manifests.seal(second, record)
    with pytest.raises(FinetuneError, match="another adapter toy/round-2"):
        adapter_files.take(copy, exported)


def test_where_it_was_exported_an_adapter_is_there_already(home: Path, exported: Path) -> None:
    taken, added = adapter_files.take(home, exported)
    assert not added
    assert taken == adapters.named(home, "toy/round-2")


@pytest.mark.parametrize("base", [None, "toy", {}, {"hash": "0"}, {"name": "toy", "hash": 3}])
def test_a_manifest_without_a_whole_base_is_refused(
    exported: Path, other: Path, tmp_path: Path, base: object
) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(exported, folder)
    record = manifests.read_manifest(folder, "")
    (folder / manifests.MANIFEST).write_text(json.dumps({**record, "base": base}))
    with pytest.raises(FinetuneError, match=r"holds no adapter|another toy"):
        adapter_files.take(other, folder)
    assert adapters.list_adapters(other) == []


def test_a_base_that_lacks_or_differs_is_told(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(FinetuneError, match="no base toy in this home"):
        adapter_files.take(tmp_path / "empty", exported)
    changed = toy_finetune.write_base(tmp_path / "changed")
    config = changed / "config.json"
    config.write_text(config.read_text().replace(": 512", ": 256"))
    adding.add(tmp_path / "home", str(changed), name="toy")
    with pytest.raises(FinetuneError, match="trained on another toy"):
        adapter_files.take(tmp_path / "home", exported)
    assert adapters.list_adapters(tmp_path / "home") == []


def test_a_damaged_folder_is_refused(exported: Path, other: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(exported, damaged)
    with (damaged / model.WEIGHTS).open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x01")
    with pytest.raises(FinetuneError, match="not the one that its manifest describes"):
        adapter_files.take(other, damaged)
    assert adapters.list_adapters(other) == []


@pytest.mark.parametrize(
    "name", ["../../evil/round-2", "toy", "to/y/round-2", "toy/round-2.1", "toy/round-0"]
)
def test_a_manifest_cannot_name_another_place(
    exported: Path, other: Path, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(exported, folder)
    record = manifests.read_manifest(folder, "")
    (folder / manifests.MANIFEST).write_text(json.dumps({**record, "name": name}))
    with pytest.raises(FinetuneError, match="holds no adapter"):
        adapter_files.take(other, folder)


def test_a_damaged_adapter_is_not_handed_on(home: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(home, tmp_path / "home")
    adapter = adapters.named(copy, "toy/round-2")
    with (adapter.folder / model.WEIGHTS).open("r+b") as file:
        file.truncate(100)
    with pytest.raises(FinetuneError, match="not the one that its manifest describes"):
        adapter_files.export(copy, adapter, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("write", ["export", "merge"])
def test_what_cannot_be_written_whole_leaves_nothing(
    home: Path, tmp_path: Path, write: str
) -> None:
    adapter = adapters.named(home, "toy/round-2")
    largest, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(FinetuneError, match="cannot be written") as raised:
            if write == "export":
                adapter_files.export(home, adapter, tmp_path / "out")
            else:
                base = base_records.find(home, adapter.base)
                merged_model.merge(base, adapter.folder, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    assert raised.value.status == 1
    assert list(tmp_path.iterdir()) == []


def test_a_round_made_anew_is_taken_beside_the_first(
    home: Path, exported: Path, other: Path, tmp_path: Path
) -> None:
    adapter_files.take(other, exported)
    folder = tmp_path / "again"
    shutil.copytree(exported, folder)
    record = manifests.read_manifest(folder, "")
    manifests.seal(folder, {**record, "name": "toy/round-2.3"})
    taken, new = adapter_files.take(other, folder)
    assert new
    assert taken.folder == adapters.folder_of(other, "toy", 2, 3)
    assert [one.name for one in adapters.list_adapters(other)] == ["toy/round-2", "toy/round-2.3"]


def test_what_ships_is_known_again(
    exported: Path, home: Path, other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter_files, "_SHIPPED", tmp_path)
    assert adapter_files.shipped() is None
    shutil.copytree(exported, tmp_path / "toy")
    taken, _ = adapter_files.take(other, exported)
    assert adapter_files.shipped() == tmp_path / "toy"
    assert adapter_files.base_name(tmp_path / "toy") == "toy"
    assert adapter_files.is_shipped(taken)
    assert not adapter_files.is_shipped(adapters.named(home, "toy/round-2"))
