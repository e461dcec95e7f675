"""Write the module tree, the command reference and the table of families from the code.

    docstrings -> docs/architecture.md        Typer application -> docs/reference/commands.md
    finetune.architectures.capabilities -> docs/reference/families.md

Run it with `make reference`; tests/test_docs.py fails while the pages are out of date.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
ARCHITECTURE = CHECKOUT / "docs" / "architecture.md"
COMMANDS = CHECKOUT / "docs" / "reference" / "commands.md"
FAMILIES = CHECKOUT / "docs" / "reference" / "families.md"
PACKAGES = ("knowledge", "finetune", "medchat", "ui", "migrations")
_BEGIN, _END = "<!-- tree -->", "<!-- end of tree -->"


def main() -> None:
    """Write all pages."""
    ARCHITECTURE.write_text(architecture(), encoding="utf-8")
    COMMANDS.parent.mkdir(exist_ok=True)
    COMMANDS.write_text(commands(), encoding="utf-8")
    FAMILIES.write_text(families(), encoding="utf-8")


def architecture() -> str:
    """Return docs/architecture.md with the tree as the code has it now."""
    page = ARCHITECTURE.read_text(encoding="utf-8")
    before, rest = page.split(_BEGIN)
    after = rest.split(_END)[1]
    return f"{before}{_BEGIN}\n```text\n{tree()}\n```\n{_END}{after}"


def tree() -> str:
    """Return every package and module with the first line of its docstring."""
    return "\n".join(line for name in PACKAGES for line in _branch(CHECKOUT / name, 0))


def _branch(folder: Path, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{folder.name}/  {_purpose(folder / '__init__.py')}"
    for path in sorted(folder.glob("*.py")):
        if path.name != "__init__.py":
            yield f"{'  ' * (depth + 1)}{path.name}  {_purpose(path)}"
    for below in sorted(path.parent for path in folder.glob("*/__init__.py")):
        yield from _branch(below, depth + 1)


def _purpose(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0].rstrip(".")


def commands() -> str:
    """Return the page of all commands, as the application describes them."""
    from typer.main import get_command

    from medchat.cli.main import app

    parts = [
        "# Commands\n",
        "Written from the program by `make reference`. Every reading command takes `--json` and\n"
        "prints one JSON document on standard output; progress and messages go to standard error.\n"
        "Exit status: 0 done, 1 the work failed or a gate said no, 2 wrong use or bad input.\n",
    ]
    for path, command in walk(get_command(app), ("medchat",)):
        parts.append(_section(path, command))
    return "\n".join(parts)


def families() -> str:
    """Return the page of families, methods and objectives, as capabilities.py holds them."""
    from finetune.architectures import capabilities
    from finetune.architectures.families import FAMILIES as known

    cells = list(capabilities.cells())
    reasons = list(dict.fromkeys(one.reason for one in cells if one.reason))
    objectives = list(dict.fromkeys(one.objective for one in cells))
    lines = [
        "# Families, methods and objectives\n",
        "Written from `finetune/architectures/capabilities.py` by `make reference`.\n",
        "What is promised here is trained by a test on a tiny model of the family: the loss is a "
        "number, the weights move, and what is saved loads again as it was. What a family cannot "
        "do is refused before any work, with the reason. Any other architecture of transformers "
        "is tried on a short row before its round, and what fails is told.\n",
        "| family | kind | architectures |",
        "|---|---|---|",
        *(f"| {one.name} | {one.kind} | {', '.join(one.types)} |" for one in known),
        "",
        f"| family | method | {' | '.join(objectives)} |",
        f"|---|---|{'---|' * len(objectives)}",
    ]
    for family in known:
        for method in capabilities.METHODS:
            marks = [
                f"no ({reasons.index(one.reason) + 1})" if one.reason else "yes"
                for one in cells
                if (one.family, one.method) == (family, method)
            ]
            lines.append(f"| {family.name} | {method} | {' | '.join(marks)} |")
    lines += ["", *(f"{number}. {reason}" for number, reason in enumerate(reasons, 1))]
    lines += ["", *_unread()]
    return "\n".join(lines).rstrip() + "\n"


def _unread() -> Iterator[str]:
    """Yield what objectives leave alone of a recipe, as unread_values.py holds it."""
    from finetune.recipes import unread_values

    yield "## What an objective leaves alone\n"
    yield (
        "Written from `finetune/recipes/unread_values.py`. A value that is set, and that no round "
        "of the recipe reads, is refused before any work; so is one of a round whose objective "
        "does not read it. `evaluation:` and `gate:` say what is measured: a round of `reward` is "
        "scored on its pairs alone. Rows are packed for `sft`, `pretrain` and `mixed`.\n"
    )
    yield "| value | of | is not read by | since |"
    yield "|---|---|---|---|"
    tables = ("the recipe", unread_values.OF_RECIPES), ("a round", unread_values.OF_ROUNDS)
    for place, values in tables:
        for one in values:
            by = ", ".join(f"`{name}`" for name in one.by)
            yield f"| `{one.key}` | {place} | {by} | {one.reason} |"
    for one in unread_values.BESIDE_CLOSED:
        yield f"| `{one.key}` | the recipe | any, beside `evidence: closed` | {one.reason} |"
    for name, reason in unread_values.STARTED_BARE.items():
        yield f"| `lora.start` | the recipe | `{name}`, on the bare base | {reason} |"


def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command below one, itself first, with its words on the command line."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from walk(below, (*path, name))


def _section(path: tuple[str, ...], command: Any) -> str:
    lines = [f"{'#' * min(len(path) + 1, 3)} {' '.join(path)}\n"]
    lines += [" ".join(paragraph.split()) + "\n" for paragraph in _help(command).split("\n\n")]
    if getattr(command, "commands", None):
        names = ", ".join(f"`{name}`" for name in command.commands)
        lines.append(f"Commands: {names}.\n")
    rows = [_row(parameter) for parameter in command.params if not parameter.hidden]
    if rows:
        lines += ["| argument or option | meaning |", "|---|---|", *rows, ""]
    example = (command.epilog or "").strip()
    if example.startswith("Example: "):
        lines += ["```console", example.removeprefix("Example: "), "```", ""]
    return "\n".join(lines)


def _help(command: Any) -> str:
    return str(command.help or "").split("\f")[0].strip()


def _row(parameter: Any) -> str:
    meaning = str(getattr(parameter, "help", None) or "").replace("|", "\\|")
    if parameter.param_type_name == "argument":
        shown = parameter.name.upper() + ("…" if parameter.nargs == -1 else "")
        return f"| `{shown}` | {meaning} |"
    flag = getattr(parameter, "is_flag", False)
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    default = parameter.default
    plain = not flag and default is not None and default != () and not callable(default)
    if plain and str(default) and not str(default).startswith("Sentinel"):
        meaning += f" Default: `{default}`."
    return f"| `{names}`{'' if flag else ' VALUE'} | {meaning} |"


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    main()
