"""Durable writes: a file has its old content or its new one, and folders share files."""

import os
from pathlib import Path

import pytest

from knowledge import durable


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    for text in ("one\n", "二\n"):
        durable.write_text(tmp_path / "CURRENT", text)
        assert (tmp_path / "CURRENT").read_text(encoding="utf-8") == text
    assert [path.name for path in tmp_path.iterdir()] == ["CURRENT"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_crash_on_the_way_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "MANIFEST.json"
    durable.write_text(path, "old")

    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="the disk is gone"):
        durable.write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old"


def test_content_is_synced_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, rename = durable.sync, durable.rename
    monkeypatch.setattr(durable, "sync", lambda path: (steps.append(path.name), sync(path)))
    monkeypatch.setattr(
        durable, "rename", lambda one, other: (steps.append("rename"), rename(one, other))
    )
    durable.write_text(tmp_path / "list.json", "[]")
    assert steps == ["list.json.part", "rename", tmp_path.name]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_is_shared_by_a_link_or_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:

        def refuse(*_: object) -> None:
            raise OSError("no links here")

        monkeypatch.setattr(os, "link", refuse)
    source = tmp_path / "segment"
    source.write_bytes(b"vectors")
    durable.link_or_copy(source, tmp_path / "shared")
    assert (tmp_path / "shared").read_bytes() == b"vectors"
    assert (source.stat().st_nlink == 2) is links
