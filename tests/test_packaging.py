"""The wheel holds the four packages, the migrations and the data; the lock is whole."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGES = ("knowledge", "finetune", "medchat", "ui")
HOW_SLOW = "take the line out of tests/slow_tests.txt, or write it anew with .ci/slow_tests.py"


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
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
        + [str(folder / "source")],
        check=True, capture_output=True,
    )  # fmt: skip
    return next(folder.glob("*.whl"))


def test_the_top_level_is_the_four_packages(wheel: Path) -> None:
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
        for package in PACKAGES
        for path in (CHECKOUT / package).rglob("*.py")
    }
    assert modules <= shipped


def test_the_mini_model_is_small() -> None:
    files = (CHECKOUT / "finetune" / "mini" / "base").iterdir()
    assert sum(path.stat().st_size for path in files) < 40 * 1024 * 1024


def test_what_types_need_travels(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert not [package for package in PACKAGES if f"{package}/py.typed" not in names]


def _pins(name: str) -> set[tuple[str, str]]:
    """Return the packages of a file of requirements with their versions."""
    lines = (CHECKOUT / name).read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([\w.-]+)==([^\s;\\]+)", line) for line in lines)
    return {(pin[1], pin[2]) for pin in found if pin}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_and_the_constraints_agree(lock: str) -> None:
    constraints = _pins("constraints.txt")
    assert _pins(lock) <= constraints
    assert "torch" in dict(constraints) and "torch" not in dict(_pins(lock))


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes_and_no_address(lock: str) -> None:
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    blocks = re.findall(r"^[\w.-]+==.*(?:\n +\S.*)*", text, re.MULTILINE)
    assert len(blocks) == text.count("==") - text.count(" == '") > 20
    assert not [block for block in blocks if "--hash=sha256:" not in block]
    assert "://" not in text


_EXTRAS_OF_DEV = ("quantisation", "tensorboard")


def test_everything_that_is_required_is_locked() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = set(dict(_pins("requirements.lock")))
    wanted = {_plain(requirement) for requirement in project["dependencies"]}
    assert wanted - locked == {"torch"}
    extras = project["optional-dependencies"]
    more = {_plain(one) for extra in ("dev", *_EXTRAS_OF_DEV) for one in extras[extra]}
    assert more - {"medchat"} <= locked | set(dict(_pins("requirements-dev.lock")))


def _plain(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    assert name
    return name[0].lower().replace("_", "-")


def test_the_hosted_workflow_covers_the_supported_versions() -> None:
    workflow = yaml.safe_load((CHECKOUT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    tested = set(workflow["jobs"]["check"]["strategy"]["matrix"]["python"])
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [re.fullmatch(r".*Python :: (3\.\d+)", line) for line in project["classifiers"]]
    assert tested == {match[1] for match in named if match}


def test_hooks_use_installed_tools() -> None:
    hooks = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entries = [hook for repo in hooks["repos"] for hook in repo["hooks"]]
    assert {hook["language"] for hook in entries} == {"system"}
    assert all(hook["entry"].startswith(".venv/bin/") for hook in entries)


def test_what_is_listed_as_slow_exists() -> None:
    listed = (CHECKOUT / "tests" / "slow_tests.txt").read_text(encoding="utf-8").splitlines()[1:]
    for line in listed:
        module, _, test = line.partition("::")
        path = CHECKOUT / "tests" / module
        assert path.is_file(), f"{module} is gone: {HOW_SLOW}"
        name = test.rpartition("::")[2]
        assert f"def {name}(" in path.read_text(encoding="utf-8") or not name, f"{line}: {HOW_SLOW}"
