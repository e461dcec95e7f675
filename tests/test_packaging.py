"""The wheel holds the four rooms, the migrations and the data, and nothing else at the top."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the tracked and new files, so that nothing stale gets in."""
    folder = tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in listed:
        source, target = CHECKOUT / name, folder / "source" / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(folder / "source")],
        check=True, capture_output=True,
    )  # fmt: skip
    return next(folder.glob("*.whl"))


def test_the_top_level_is_the_four_rooms(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "finetune", "knowledge", "medchat", "ui",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wanted",
    [
        "medchat/migrations/env.py",
        "medchat/migrations/script.py.mako",
        "medchat/migrations/versions/0001_first.py",
        "knowledge/ingest/starter/conditions_b.yaml",
        "knowledge/ingest/starter/notes/zh/gout.md",
        "knowledge/lessons/templates/en/safety.yaml",
        "knowledge/lessons/templates/zh/relation_sentences.yaml",
        "finetune/recipes/mini.yaml",
        "finetune/mini/base/model.safetensors",
        "finetune/mini/base/tokenizer.json",
        "ui/text/en.yaml",
        "ui/text/zh.yaml",
    ],
)
def test_data_files_travel(wheel: Path, wanted: str) -> None:
    assert wanted in zipfile.ZipFile(wheel).namelist()


def test_every_package_of_the_checkout_is_listed(wheel: Path) -> None:
    shipped = set(zipfile.ZipFile(wheel).namelist())
    modules = {
        str(path.relative_to(CHECKOUT))
        for room in ("knowledge", "finetune", "medchat", "ui")
        for path in (CHECKOUT / room).rglob("*.py")
    }
    assert modules <= shipped


def test_the_mini_model_is_small() -> None:
    files = (CHECKOUT / "finetune" / "mini" / "base").iterdir()
    assert sum(path.stat().st_size for path in files) < 40 * 1024 * 1024
