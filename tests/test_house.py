"""The house rules, read from the code: who imports whom, and what must never appear."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
ROOMS = ("knowledge", "finetune", "medchat", "ui")
MAY_IMPORT: dict[str, set[str]] = {
    "knowledge": set(),
    "finetune": set(),
    "medchat": {"knowledge", "finetune"},
    "ui": {"medchat"},
}
DOORS = {"medchat/cli/app.py": {"ui"}, "medchat/web.py": {"ui"}}
OWNERS = {
    "faiss": {"knowledge"},
    "sentence_transformers": {"knowledge"},
    "tantivy": {"knowledge"},
    "torch": {"finetune", "knowledge"},
    "transformers": {"finetune", "knowledge"},
    "peft": {"finetune"},
    "langchain_core": {"medchat"},
    "langchain_openai": {"medchat"},
    "alembic": {"medchat", "migrations"},
    "fastapi": {"medchat"},
    "typer": {"medchat"},
    "gradio": {"ui"},
    "sqlalchemy": {"knowledge", "medchat", "migrations"},
}
FORBIDDEN = {"pickle", "dill", "joblib", "shelve", "marshal"}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in {"importlib.import_module", "import_module", "__import__"}
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value)


def _modules() -> list[tuple[str, Path]]:
    return [
        (room, path)
        for room in (*ROOMS, "migrations")
        for path in sorted((CHECKOUT / room).rglob("*.py"))
    ]


@pytest.mark.parametrize(
    ("room", "path"), _modules(), ids=lambda value: str(value).removeprefix(str(CHECKOUT))
)
def test_a_module_imports_only_what_its_room_may(room: str, path: Path) -> None:
    allowed = MAY_IMPORT.get(room, {"knowledge", "medchat"}) | {room}
    allowed |= DOORS.get(str(path.relative_to(CHECKOUT)), set())
    faults = []
    for name in _imports(path):
        top = name.split(".")[0]
        if top in ROOMS and top not in allowed:
            faults.append(f"{name}: {room} may not import {top}")
        if top in OWNERS and room not in OWNERS[top]:
            faults.append(f"{name}: owned by {', '.join(sorted(OWNERS[top]))}")
        if top in FORBIDDEN:
            faults.append(f"{name}: forbidden")
    assert not faults


def test_the_rule_would_catch_an_offender(tmp_path: Path) -> None:
    offender = tmp_path / "offender.py"
    offender.write_text("def f():\n    import importlib\n    importlib.import_module('gradio')\n")
    assert list(_imports(offender)) == ["importlib", "gradio"]


@pytest.mark.parametrize("pattern", ["trust_remote_code=True", "share=True", "torch.load("])
def test_dangerous_calls_are_nowhere_in_the_rooms(pattern: str) -> None:
    hits = [str(p) for _, p in _modules() if pattern in p.read_text(encoding="utf-8")]
    assert hits == []


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    heavy = {"torch", "transformers", "gradio", "faiss", "sqlalchemy", "langchain_core", "peft"}
    code = "import sys, medchat.cli.app; print(' '.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    assert heavy.isdisjoint(loaded.stdout.split())
