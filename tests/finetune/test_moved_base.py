"""What was moved, deleted or refused: told in a sentence, with a remedy that works."""

import shutil

import pytest
from toy_finetune import base, trained, write_base

from finetune import FinetuneError, adapters, model
from finetune.bases import hub_base
from finetune.bases.moved_base import base_of
from finetune.files import adapter_files


@pytest.fixture
def moved(tmp_path):
    """A home whose round stands on a base that lies elsewhere by now."""
    made = trained().copy(tmp_path / "home")
    path = adapters.folder_of(made.home, "toy", 1) / "MANIFEST.json"
    gone = str(tmp_path / "gone")
    path.write_text(path.read_text().replace(f'"name": "{made.base}"', f'"name": "{gone}"'))
    adapter = adapters.named(made.home, "toy/round-1")
    assert adapter.base == gone
    return made.home, adapter


def test_a_base_that_moved_is_found_where_the_settings_name_it(moved, tmp_path):
    home, adapter = moved
    shutil.copytree(base(), tmp_path / "elsewhere")
    found = base_of(home, adapter, str(tmp_path / "elsewhere"))
    assert found == str(tmp_path / "elsewhere")
    assert model.load(found, adapter.folder).adapter == adapter.name


def test_an_adapter_of_a_base_that_moved_is_exported(moved, tmp_path):
    home, adapter = moved
    elsewhere = str(shutil.copytree(base(), tmp_path / "elsewhere"))
    out = tmp_path / "out"
    made = adapter_files.export(home, adapter, out, base_of(home, adapter, elsewhere))
    assert made.folder == out
    assert (out / "MANIFEST.json").is_file()


def test_another_base_is_not_taken_for_it(moved, tmp_path):
    home, adapter = moved
    other = write_base(tmp_path / "other", "qwen2")
    with pytest.raises(FinetuneError, match="no longer at") as caught:
        base_of(home, adapter, str(other))
    assert "MEDCHAT_BASE" in caught.value.remedy


def test_a_base_in_its_place_is_opened_there(tmp_path):
    made = trained()
    adapter = adapters.named(made.home, "toy/round-1")
    assert base_of(made.home, adapter, "mini") == str(made.base)


def test_a_deleted_promoted_round_is_told_and_rolled_back(tmp_path):
    made = trained().copy(tmp_path / "home")
    adapters.promote(made.home, "toy/round-1")
    folder = adapters.folder_of(made.home, "toy", 1)
    shutil.copytree(folder, folder.with_name("round-2"))
    manifest = folder.with_name("round-2") / "MANIFEST.json"
    manifest.write_text(manifest.read_text().replace("toy/round-1", "toy/round-2"))
    adapters.promote(made.home, "toy/round-2")
    shutil.rmtree(folder.with_name("round-2"))
    with pytest.raises(FinetuneError, match="toy/round-2 is no longer there") as caught:
        adapters.promoted(made.home)
    assert "adapters rollback" in caught.value.remedy
    assert adapters.still_promoted(made.home) is None
    back = adapters.rollback(made.home)
    assert back is not None and back.name == "toy/round-1"
    assert adapters.promoted(made.home) == back


def failing(error):
    def fetch(*given, **named):
        raise error

    return fetch


@pytest.mark.parametrize(
    ("kind", "told", "remedy"),
    [
        ("GatedRepoError", "granted access", "hf auth login"),
        ("RepositoryNotFoundError", "knows no base", "Check the id"),
        ("HfHubHTTPError", "the hub refuses it", "Run again"),
        ("OfflineModeIsEnabled", "HF_HUB_OFFLINE", "Unset"),
        ("ConnectionError", "cannot be fetched whole", "goes on where it broke off"),
    ],
)
def test_why_the_hub_gives_no_base(monkeypatch, kind, told, remedy):
    import builtins

    import huggingface_hub
    from huggingface_hub import errors

    error = getattr(errors, kind, None) or getattr(builtins, kind)
    made = error.__new__(error)
    wrapped = RuntimeError("somewhere in between")
    wrapped.__cause__ = made
    monkeypatch.setattr(huggingface_hub, "snapshot_download", failing(wrapped))
    with pytest.raises(FinetuneError) as caught:
        hub_base.fetch("some/model", ["*.json"])
    assert told in caught.value.what and "some/model" in caught.value.what
    assert remedy in caught.value.remedy
