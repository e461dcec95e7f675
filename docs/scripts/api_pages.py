"""Add one page per package to the site, with the docstrings of its public names (an mkdocs hook).

Nothing is imported: mkdocstrings reads the source.
"""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("knowledge", "finetune", "medchat", "ui")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages before the navigation is made."""
    found = [init for name in PACKAGES for init in (CHECKOUT / name).rglob("__init__.py")]
    packages = sorted(".".join(init.parent.relative_to(CHECKOUT).parts) for init in found)
    files.append(_page(config, "index", _index(packages)))
    for package in packages:
        files.append(_page(config, package, _package(package)))
    return files


def _page(config: MkDocsConfig, name: str, text: str) -> File:
    return File.generated(config, f"reference/api/{name}.md", content=text)


def _index(packages: list[str]) -> str:
    rows = "\n".join(f"- [{package}]({package}.md)" for package in packages)
    return f"# Python API\n\nWritten from the docstrings when this site is built.\n\n{rows}\n"


def _package(package: str) -> str:
    folder = CHECKOUT.joinpath(*package.split("."))
    names = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    modules = [package, *(f"{package}.{name}" for name in names)]
    return "\n\n".join([f"# {package}", *(f"::: {module}" for module in modules)]) + "\n"
