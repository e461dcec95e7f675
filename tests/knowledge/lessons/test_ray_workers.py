"""On Ray: a local Ray with two workers gives the same rows as processes do."""

import sys
from itertools import islice

import pytest
from sqlalchemy import create_engine
from toy_lessons import opened

from knowledge.errors import KnowledgeError
from knowledge.lessons import build, ray_workers
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.ray_workers import RayWriterPool
from knowledge.lessons.row_plan import RowPlan, RowTask
from knowledge.lessons.styles.style_registry import STYLES


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


def test_a_task_reaches_its_worker_as_it_was_planned(graph):
    plan = RowPlan(PageSources(*graph), 3, ["en", "zh"])
    batch = [*islice(plan.tasks(list(STYLES.values())), 200), "why there is none"]
    again = ray_workers._decode_tasks(ray_workers._encode_tasks(batch))
    assert again == batch
    tasks = [one for one in again if isinstance(one, RowTask)]
    assert any(one.neighbours for one in tasks)
    assert {type(one.manner) for one in tasks} == {Manner, type(None)}


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
