"""Fixtures that every test may use: a home of its own, a fresh catalogue, the real data."""

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# How long an example takes on a busy machine says nothing of what is tested.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

_CHECKOUT = Path(__file__).resolve().parent.parent
SLOW = {
    line
    for line in (_CHECKOUT / "tests" / "slow_tests.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
}


_FOLDERS = itertools.count()


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a numbered folder; pytest's own reads all folders of the run to find a free number."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    folder = tmp_path_factory.getbasetemp() / "tests" / f"{next(_FOLDERS)}-{name}"
    folder.mkdir(mode=0o700, parents=True)
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Move the user's home into the test's own folder."""
    folder = tmp_path / "home"
    monkeypatch.setenv("MEDCHAT_HOME", str(folder))
    monkeypatch.delenv("MEDCHAT_DATABASE_URL", raising=False)
    return folder


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Give each test the same umask: a command that runs in this process sets its own."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def engine(home: Path) -> Iterator[Engine]:
    """Give a fresh SQLite catalogue in the test's home."""
    from knowledge.graph.catalog import CatalogBase, connect

    engine = connect(f"sqlite:///{home / 'medchat.db'}")
    CatalogBase.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real data, or skip where it is not at hand."""
    folder = Path(os.environ.get("MEDCHAT_REAL_DATA", _CHECKOUT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the real data is not at hand (set MEDCHAT_REAL_DATA)")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what tests/slow_tests.txt lists, so that `make test-fast` can leave it out."""
    for item in items:
        module, _, test = item.nodeid.removeprefix("tests/").partition("::")
        if {module, f"{module}::{test.split('[')[0]}"} & SLOW:
            item.add_marker(pytest.mark.slow)
