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
DOORS = {"medchat/cli/main.py": {"ui"}, "medchat/web.py": {"ui"}}
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
LAYERS = (
    "root", "text", "graph", "calculators", "index", "search", "ingest", "datasets", "lessons",
)  # fmt: skip
"""The layers of `knowledge`: each imports only itself and what stands left of it."""

LESSON_LAYERS: dict[str, set[str]] = {
    "templates": set(),
    "facts": {"templates"},
    "verify": {"templates", "facts"},  # a checker that knew the writer would repeat its mistakes
    "realize": {"templates", "facts"},
    "pages": {"templates", "facts", "realize"},
    "styles": {"templates", "facts", "realize", "pages"},
}
"""What each package of `knowledge.lessons` imports of the others; its own modules import all."""
FORBIDDEN = {"pickle", "dill", "joblib", "shelve", "marshal"}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        yield from _imports_of(node)


def _imports_of(node: ast.AST) -> Iterator[str]:
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


def _layer_faults(module: str, path: Path) -> list[str]:
    """Return what a module of `knowledge` imports from a layer above its own."""
    layer, package = _layer(module), _lesson_package(module)
    faults = []
    for name in _imported_names(module, path):
        other, part = _layer(name), _lesson_package(name)
        if LAYERS.index(other) > LAYERS.index(layer):
            faults.append(f"{module} ({layer}) imports {name} ({other})")
        elif package and other == "lessons" and part not in LESSON_LAYERS[package] | {package}:
            faults.append(f"{module} ({package}) imports {name} ({part or 'lessons'})")
    return faults


def _layer(name: str) -> str:
    part = (name.split(".") + [""])[1]
    return part if part in LAYERS else "root"


def _lesson_package(name: str) -> str:
    """Return the package of `knowledge.lessons` that a name stands in, or an empty text."""
    parts = [*name.split("."), "", ""]
    return parts[2] if parts[1] == "lessons" and parts[2] in LESSON_LAYERS else ""


def _imported_names(module: str, path: Path) -> Iterator[str]:
    """Yield what a module imports of `knowledge`, with the names that it takes from each."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            start = module.split(".")[: -node.level] if node.level else []
            source = ".".join([*start, *([node.module] if node.module else [])])
            found = [f"{source}.{alias.name}" for alias in node.names]
        else:
            found = [*_imports_of(node)]
        yield from (name for name in found if name.split(".")[0] == "knowledge")


def _module_of(path: Path) -> str:
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts)


def test_knowledge_imports_only_layers_below_its_own() -> None:
    paths = sorted((CHECKOUT / "knowledge").rglob("*.py"))
    faults = [fault for path in paths for fault in _layer_faults(_module_of(path), path)]
    assert len(paths) > 100 and faults == []


@pytest.mark.parametrize(
    ("module", "line", "caught"),
    [
        ("knowledge.datasets.teacher", "from knowledge.lessons import build", True),
        ("knowledge.datasets.teacher", "from knowledge.lessons.verify.prover import Prover", True),
        ("knowledge.text.names", "import knowledge.graph.linker", True),
        ("knowledge.records", "from knowledge import text", True),
        ("knowledge.records", "from .search import hits", True),
        ("knowledge.graph.merge", "importlib.import_module('knowledge.index.dense')", True),
        ("knowledge.index.dense", "from knowledge.text.names import language_of", False),
        ("knowledge.index.dense", "from knowledge import errors", False),
        ("knowledge.lessons.build", "from knowledge.lessons import pipeline", False),
        ("knowledge.lessons.verify.prover", "from knowledge.lessons.realize import realizer", True),
        ("knowledge.lessons.verify.prover", "from knowledge.lessons import build", True),
        ("knowledge.lessons.verify.prover", "from ..styles import huatuo", True),
        ("knowledge.lessons.verify.prover", "from ..facts import fact_store", False),
        ("knowledge.lessons.realize.articles", "from knowledge.lessons.styles import tools", True),
    ],
)
def test_the_layers_would_catch_an_offender(
    tmp_path: Path, module: str, line: str, caught: bool
) -> None:
    offender = tmp_path / "offender.py"
    offender.write_text(f"import importlib\n\n\ndef hidden() -> None:\n    {line}\n")
    assert bool(_layer_faults(module, offender)) is caught


@pytest.mark.parametrize("pattern", ["trust_remote_code=True", "share=True", "torch.load("])
def test_dangerous_calls_are_nowhere_in_the_rooms(pattern: str) -> None:
    hits = [str(p) for _, p in _modules() if pattern in p.read_text(encoding="utf-8")]
    assert hits == []


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    heavy = {"torch", "transformers", "gradio", "faiss", "sqlalchemy", "langchain_core", "peft"}
    code = "import sys, medchat.cli.main; print(' '.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    assert heavy.isdisjoint(loaded.stdout.split())
