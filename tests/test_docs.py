"""The documents tell the truth: trees, links, commands, paths and examples agree with the code."""

import ast
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import reference
import yaml
from typer.main import get_command

from finetune.recipes.recipe_reader import load, shipped
from medchat.cli.main import app
from medchat.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
PARSERS = {
    "yaml": yaml.safe_load,
    "python": ast.parse,
    "json": json.loads,
    "toml": tomllib.loads,
}
every_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda path: str(path.relative_to(CHECKOUT))
)


def _prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ +(.+)$", _prose(page), re.MULTILINE)
    kept = (re.sub(r"[^\w\s-]", "", title.lower()).strip() for title in titles)
    return {re.sub(r"[\s-]+", "-", title) for title in kept}


def _fault(page: Path, target: str) -> str | None:
    """Return what is wrong with a link, or nothing."""
    if re.match(r"[a-z]+:", target):
        return None
    name, _, anchor = unquote(target).partition("#")
    path = (page.parent / name).resolve() if name else page
    if not path.exists():
        return f"{target}: there is no such file"
    inside = page.is_relative_to(CHECKOUT / "docs")
    if inside and not path.is_relative_to(CHECKOUT / "docs"):
        return f"{target}: the site does not hold it"
    if anchor and anchor not in _anchors(path):
        return f"{target}: there is no such heading"
    return None


def _command_lines(page: Path) -> Iterator[str]:
    """Yield every `medchat …` of a page: lines of code blocks, and code within sentences."""
    text = page.read_text(encoding="utf-8")
    for language, block in BLOCK.findall(text):
        if language in ("console", "bash", ""):
            yield from (line for line in block.splitlines() if re.match(r"medchat [a-z-]", line))
    for code in INLINE.findall(BLOCK.sub("", text)):
        if re.match(r"medchat [a-z-]+", code):
            yield code.replace("…", "")


def _refusal(line: str) -> str | None:
    """Return why the program would refuse a command line before it does anything, or nothing."""
    words = shlex.split(line, comments=True)[1:]
    command = get_command(app)
    path = ["medchat"]
    while words and words[0] in getattr(command, "commands", {}):
        path.append(words.pop(0))
        command = command.commands[path[-1]]
    if getattr(command, "commands", None) and words and not words[0].startswith("-"):
        return f"{line}: there is no such command"
    if not words:
        return None  # the name of a command, not an example
    if words == ["--help"]:
        return None
    try:
        command.make_context(" ".join(path), list(words))
    except Exception as error:  # whatever the parser has against it
        return f"{line}: {error}"
    return None


def _named_paths(page: Path) -> Iterator[str]:
    tops = "|".join((*reference.PACKAGES, "tests", "benchmarks", "docs"))
    for code in INLINE.findall(_prose(page)):
        if re.fullmatch(rf"(?:{tops})/[\w./-]*", code):
            yield code


def test_the_module_tree_is_up_to_date() -> None:
    assert reference.ARCHITECTURE.read_text(encoding="utf-8") == reference.architecture(), (
        "run make reference"
    )


def test_every_module_says_its_purpose() -> None:
    assert not [line for line in reference.tree().splitlines() if len(line.split()) < 3]


def test_the_command_reference_is_up_to_date() -> None:
    assert reference.COMMANDS.read_text(encoding="utf-8") == reference.commands(), (
        "run make reference"
    )


def test_the_table_of_families_is_up_to_date() -> None:
    assert reference.FAMILIES.read_text(encoding="utf-8") == reference.families(), (
        "run make reference"
    )


def test_the_readme_is_a_first_page() -> None:
    assert "make chat" in README[:1500] and "make test" in README[:1500]
    assert len(README.splitlines()) <= 200


@every_page
def test_links_and_anchors_resolve(page: Path) -> None:
    faults = [_fault(page, target) for target in LINK.findall(_prose(page))]
    assert not [fault for fault in faults if fault]


def test_the_rule_would_catch_a_dead_link(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A title: here\n", encoding="utf-8")
    assert _fault(page, "#a-title-here") is None
    assert _fault(page, "#another") and _fault(page, "gone.md")


@every_page
def test_command_lines_exist_with_their_flags(page: Path) -> None:
    assert not [fault for line in _command_lines(page) if (fault := _refusal(line))]


@pytest.mark.parametrize(
    "line",
    ["medchat knit", "medchat kb knit", "medchat ask x --loud", "medchat kb rollback one"],
)
def test_the_rule_would_catch_a_wrong_command(line: str) -> None:
    assert _refusal(line)


@every_page
def test_make_targets_exist(page: Path) -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    blocks = "\n".join(block for _, block in BLOCK.findall(page.read_text(encoding="utf-8")))
    lines = re.findall(r"^make ([^#\n]+)", blocks, re.MULTILINE)
    lines += [code[5:] for code in INLINE.findall(_prose(page)) if code.startswith("make ")]
    named = {word for line in lines for word in line.split() if re.fullmatch("[a-z-]+", word)}
    assert not named - targets


@every_page
def test_named_paths_exist(page: Path) -> None:
    assert not [name for name in _named_paths(page) if not (CHECKOUT / name).exists()]


@every_page
def test_examples_parse(page: Path) -> None:
    for language, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language in PARSERS:
            PARSERS[language](block)


def test_the_recipes_of_the_documents_are_such(tmp_path: Path) -> None:
    names = ("recipes", "three-rounds", "several-machines")
    pages = [(CHECKOUT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in names]
    blocks = [each for page in pages for each in BLOCK.findall(page)]
    examples = [block for language, block in blocks if language == "yaml"]
    for number, example in enumerate(examples, 1):
        file = tmp_path / f"{number}.yaml"
        file.write_text(example, encoding="utf-8")
        assert load(str(file)).name == "ours"
    assert len(examples) >= 3


def test_every_recipe_that_ships_is_described() -> None:
    page = (CHECKOUT / "docs" / "recipes.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([\w-]+)` \|", page.partition("To write your own")[0], re.MULTILINE)
    assert sorted(listed) == shipped()


def test_every_setting_is_described() -> None:
    page = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert not [name for name in Settings.model_fields if f"`MEDCHAT_{name.upper()}`" not in page]


def test_every_decision_is_listed() -> None:
    folder = CHECKOUT / "docs" / "decisions"
    listed = set(LINK.findall((folder / "index.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in folder.glob("*.md")} - {"index.md"}


def test_every_benchmark_is_described() -> None:
    page = (CHECKOUT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"benchmarks/(\w+)\.py", page))
    runnable = {
        path.stem
        for path in (CHECKOUT / "benchmarks").glob("*.py")
        if "__main__" in path.read_text(encoding="utf-8")
    }
    assert runnable == named


def test_one_version_everywhere() -> None:
    citation = yaml.safe_load((CHECKOUT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\d\S*)", changelog, re.MULTILINE)
    assert newest and newest[1] == citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]


def test_the_citation_has_what_its_format_demands() -> None:
    citation = yaml.safe_load((CHECKOUT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    assert all(set(author) == {"name"} for author in citation["authors"])
