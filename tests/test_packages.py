"""The wheel holds every module of the repository: setuptools takes only the packages it is told."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOP = ("medchat", "knowledge", "finetune", "ui", "migrations")


def test_every_folder_with_modules_is_a_package_of_the_wheel():
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    folders = {
        str(path.parent.relative_to(ROOT)).replace("/", ".")
        for top in TOP
        for path in (ROOT / top).rglob("*.py")
    }
    told = {
        name.removeprefix("medchat.") if name.startswith("medchat.migrations") else name
        for name in named["packages"]
    }
    assert folders <= told
