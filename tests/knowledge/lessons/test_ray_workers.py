"""On Ray: a local Ray with two workers gives the same rows as processes do."""

import sys

import pytest
from sqlalchemy import create_engine
from toy_lessons import opened

from knowledge.errors import KnowledgeError
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.ray_workers import RayWriterPool


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    yield engine, generation
    engine.dispose()


@pytest.mark.filterwarnings("default")
@pytest.mark.slow
def test_two_workers_of_ray_give_the_same_bytes(graph, tmp_path):
    pytest.importorskip("ray.data", reason="Ray is not installed (pip install 'medchat[ray]')")
    made = {}
    for engine in ("processes", "ray"):
        build.build(*graph, tmp_path / engine, BuildOptions(limit=400, workers=2, engine=engine))
        made[engine] = {path.name: path.read_bytes() for path in (tmp_path / engine).iterdir()}
    assert made["processes"] == made["ray"]


def test_without_ray_a_sentence_says_how_to_install_it(graph, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(KnowledgeError, match="Ray is not installed") as caught:
        build.build(*graph, tmp_path / "data", BuildOptions(engine="ray"))
    assert "medchat[ray]" in caught.value.remedy
    assert not (tmp_path / "data").exists()


def test_a_database_in_memory_is_refused():
    engine = create_engine("sqlite://")
    with pytest.raises(KnowledgeError, match="in memory"):
        RayWriterPool(engine, None)
    engine.dispose()
