import json

import pytest

from finetune import FinetuneError
from finetune.files import manifests


def test_folder_hash_follows_names_and_contents(tmp_path):
    (tmp_path / "a.json").write_text("1")
    (tmp_path / "notes.txt").write_text("1")
    first = manifests.of_folder(tmp_path, (".json",))
    (tmp_path / "notes.txt").write_text("2")
    assert manifests.of_folder(tmp_path, (".json",)) == first
    (tmp_path / "a.json").write_text("2")
    second = manifests.of_folder(tmp_path, (".json",))
    (tmp_path / "a.json").rename(tmp_path / "b.json")
    assert len({first, second, manifests.of_folder(tmp_path, (".json",))}) == 3


@pytest.mark.parametrize("place", [0, (79 << 20) * 32 // 63, (80 << 20) - 1])
def test_large_files_are_sampled_at_both_ends_and_between(tmp_path, place):
    file = tmp_path / "large.safetensors"
    with file.open("wb") as handle:
        handle.truncate(80 << 20)
    before = manifests.of_folder(tmp_path, (".safetensors",))
    with file.open("r+b") as handle:
        handle.seek(place)
        handle.write(b"x")
    assert manifests.of_folder(tmp_path, (".safetensors",)) != before


def test_values_hash_alike_whatever_the_order():
    assert manifests.of_value({"a": 1, "b": "痛风"}) == manifests.of_value({"b": "痛风", "a": 1})


def test_sealed_folder_is_placed_and_checks(tmp_path):
    partial, final = tmp_path / "one.partial", tmp_path / "one"
    partial.mkdir()
    (partial / "data").write_text("text")
    manifests.seal(partial, {"name": "one"})
    manifests.place(partial, final)
    manifest = manifests.read_manifest(final, "Again.")
    assert manifest["name"] == "one"
    assert sorted(path.name for path in final.iterdir()) == ["MANIFEST.json", "data"]
    manifests.check_files(final, manifest, ["data"], "Again.")
    (final / "data").write_text("other")
    with pytest.raises(FinetuneError, match="not the one") as caught:
        manifests.check_files(final, manifest, ["data"], "Again.")
    assert caught.value.remedy == "Again."


def test_json_is_replaced_whole(tmp_path):
    file = tmp_path / "state"
    manifests.write_json(file, ["a"])
    manifests.write_json(file, ["痛风"])
    assert json.loads(file.read_text(encoding="utf-8")) == ["痛风"]
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
