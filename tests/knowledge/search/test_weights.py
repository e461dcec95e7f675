"""All numbers of the ranking stand in one module, are documented, and are read at call time."""

import ast
from pathlib import Path

import pytest
import retrieval_quality

import knowledge.search
from knowledge.search import fusion, weights

PACKAGE = Path(knowledge.search.__file__).parent
NAMES = [name for name in vars(weights) if name.isupper()]


def _body(path: Path) -> list[ast.stmt]:
    return ast.parse(path.read_text(encoding="utf-8")).body


def test_each_weight_says_what_it_is_and_is_used() -> None:
    body = _body(PACKAGE / "weights.py")
    documented = {
        ast.unparse(one.targets[0])
        for one, other in zip(body, body[1:], strict=False)
        if isinstance(one, ast.Assign)
        and isinstance(other, ast.Expr)
        and isinstance(other.value, ast.Constant)
    }
    assert documented == set(NAMES)
    rest = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
    assert [name for name in NAMES if f"weights.{name}" not in rest] == []


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(PACKAGE.glob("*.py")) if path.name != "weights.py"],
    ids=lambda path: path.name,
)
def test_no_other_module_of_search_keeps_a_fraction(path: Path) -> None:
    numbers = [node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
               if isinstance(node, ast.Constant) and isinstance(node.value, float)]  # fmt: skip
    assert [number for number in numbers if number not in (0.0, 1.0)] == []


def test_a_weight_that_is_set_is_the_one_that_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    cosines, matches = {"near": 0.9, "named": 0.1}, {"named": 1.0}
    assert next(iter(fusion.fuse_scores(cosines, matches))) == "near"
    monkeypatch.setattr(weights, "DENSE_WEIGHT", 0.3)
    assert next(iter(fusion.fuse_scores(cosines, matches))) == "named"


def test_the_benchmark_tunes_weights_that_there_are() -> None:
    assert set(retrieval_quality.GRID) <= set(NAMES)
