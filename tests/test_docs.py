"""The papers tell the truth: the README's tree names every module, and its commands exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
ROOMS = ("knowledge", "finetune", "medchat", "ui", "migrations")
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def _tree() -> dict[str, str]:
    """Return path -> purpose of the README's tree, whose folders are indented by two blanks."""
    block = README.split("<!-- tree -->")[1].split("```")[1]
    folders: list[str] = []
    named: dict[str, str] = {}
    for line in block.strip("\n").splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        name, _, purpose = line.strip().partition("  ")
        folders = folders[:depth]
        if name.endswith("/"):
            folders.append(name)
            named["".join(folders)] = purpose.strip()
        else:
            named["".join(folders) + name] = purpose.strip()
    return named


def test_the_tree_names_every_module_with_a_purpose() -> None:
    named = _tree()
    modules = {
        str(path.relative_to(CHECKOUT))
        for room in ROOMS
        for path in (CHECKOUT / room).rglob("*.py")
        if path.name != "__init__.py" and "versions" not in path.parts
    }
    missing = sorted(modules - set(named))
    assert not missing, f"the README's tree lacks {missing}"
    assert not [name for name in named if not (CHECKOUT / name).exists()]
    assert not [name for name, purpose in named.items() if not purpose]


def test_the_readme_opens_with_the_two_commands() -> None:
    opening = README[:1500]
    assert "make chat" in opening and "make test" in opening


@pytest.mark.parametrize("name", sorted(set(re.findall(r"^medchat ([a-z-]+)", README, re.M))))
def test_each_command_of_the_readme_exists(name: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "medchat.cli", name, "--help"], capture_output=True, text=True
    )
    assert shown.returncode == 0, shown.stderr


def test_pictures_of_the_readme_are_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    assert not [picture for picture in pictures if not (CHECKOUT / picture).is_file()]
