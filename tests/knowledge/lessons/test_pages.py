"""Pages: kept up to a number, with neighbours of their own part and similar conditions."""

import pytest
import yaml
from toy_lessons import opened, opened_with

from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.pages.entity_pages import EntityPages
from knowledge.lessons.pages.formula_pages import FormulaPages
from knowledge.lessons.pages.page_cache import PageCache
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.pages.related_pages import NEIGHBOURS, RelatedPages, shared_findings
from knowledge.lessons.row_plan import RowPlan
from knowledge.records import FORMULA, Entity, Name

FEVERS = {
    **{
        name: ["fever", "cough", f"rash of {name}"]
        for name in ("Adfever", "Befever", "Cefever", "Difever")
    },
    "Gout": ["joint pain", "joint swelling"],
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    yield engine, generation
    engine.dispose()


class Reader:
    """Reads pages of ids that begin with `x`, and remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, ids, language):
        self.asked.append(list(ids))
        for id in ids:
            if id.startswith("x"):
                entity = Entity(id, "condition", (Name(id, language),))
                yield FactPage(entity, language, id, id, {})


class TestCache:
    def test_what_is_missing_is_read_together_and_once(self):
        reader = Reader()
        cache = PageCache(reader)
        assert [page.id for page in cache.pages(["x2", "y", "x1"], "en")] == ["x2", "x1"]
        assert [page.id for page in cache.pages(["x1", "x3", "y"], "en")] == ["x1", "x3"]
        assert reader.asked == [["x2", "y", "x1"], ["x3"]]
        assert cache.page("y", "en") is None and len(reader.asked) == 2
        assert cache.page("x1", "zh").language == "zh" and len(reader.asked) == 3

    def test_the_oldest_go_when_it_is_full(self):
        reader = Reader()
        cache = PageCache(reader, most=2)
        assert cache.has_room(2) and not cache.has_room(3)
        assert len(cache.pages(["x1", "x2", "x3"], "en")) == 3
        cache.pages(["x2", "x3"], "en")
        assert len(reader.asked) == 1
        cache.page("x1", "en")
        assert reader.asked[-1] == ["x1"]

    def test_filled_ids_without_a_page_are_not_asked_for_again(self):
        reader = Reader()
        cache = PageCache(reader)
        cache.fill([("x1", "en"), ("x2", "en")], reader(["x1"], "en"))
        assert cache.page("x1", "en") is not None and cache.page("x2", "en") is None
        assert reader.asked == [["x1"]]


class TestNeighbours:
    def test_neighbours_are_others_of_the_same_part(self, graph):
        pages = RelatedPages(*graph, EntityPages(*graph))
        for language in ("en", "zh"):
            ids = pages.ids(language)
            found = list(pages.pages(ids, language))
            assert [page.id for page, _ in found] == ids
            for page, neighbours in found:
                assert page.id not in neighbours and len(neighbours) <= NEIGHBOURS
                assert {is_validation(id) for id in neighbours} <= {is_validation(page.id)}
                shown = pages.page(page.id, language, neighbours)
                assert [each.id for each in shown.neighbours] == list(neighbours)
            again = list(pages.again([(page.id, near) for page, near in found], language))
            assert again == found

    def test_similar_conditions_share_findings(self, tmp_path):
        path = tmp_path / "fevers.yaml"
        records = [
            f"- kind: condition\n  en: [{name}]\n  symptom: [{', '.join(findings)}]\n"
            for name, findings in FEVERS.items()
        ]
        path.write_text(
            "format: medchat-records\ntitle: Fevers\nlicence: CC0-1.0\nrecords:\n"
            + "".join(records),
            encoding="utf-8",
        )
        engine, generation = opened_with(tmp_path, path)
        pages = RelatedPages(engine, generation, EntityPages(engine, generation))
        found = {page.name: page for page, _ in pages.pages(pages.ids("en"), "en")}
        pairs = {
            (name, other.name)
            for name, page in found.items()
            for other in pages.similar_pages(page)
        }
        engine.dispose()
        assert pairs and {"Gout"}.isdisjoint(name for pair in pairs for name in pair)
        for name, other in pairs:
            shared = shared_findings(found[name], found[other], "symptom")
            assert {item.text for item, _ in shared} >= {"fever", "cough"} and name != other
            assert is_validation(found[name].id) or not is_validation(found[other].id)


def test_formulas_are_pages_without_facts():
    pages = FormulaPages()
    ids = pages.ids("en")
    assert ids == sorted(ids) and all(id.startswith(FORMULA) for id in ids)
    for language in ("en", "zh"):
        for (page, neighbours), id in zip(pages.pages(ids, language), ids, strict=True):
            assert (page.id, page.language, neighbours) == (id, language, ())
            assert page.name and not page.groups
    assert pages.page(f"{FORMULA}none", "en") is None


def test_sources_give_pages_by_kind(graph):
    sources = PageSources(*graph)
    assert list(sources.by_kind) == ["entities", "documents", "paper pairs", "formulas"]
    assert sources.by_kind["entities"].ids("en") == sources.entity_pages.ids("en")
    assert sources.by_kind["documents"].ids("en") == []


def test_pages_read_ahead_are_those_read_when_asked_for(graph):
    one, two = PageSources(*graph), PageSources(*graph)
    plan = RowPlan(one, 1, ["en", "zh"])
    plan.read_ahead()
    assert plan.needs_most(None) and not plan.needs_most(1)
    for language in ("en", "zh"):
        ids = two.related_pages.ids(language)
        ahead = dict((page.id, page) for page, _ in one.related_pages.pages(ids, language))
        asked = dict((page.id, page) for page, _ in two.related_pages.pages(ids, language))
        assert ahead == asked and len(asked) > 5
        neighbours = {page.id: others for page, others in two.related_pages.pages(ids, language)}
        known = list(neighbours.items())
        again = [(page.id, others) for page, others in two.related_pages.again(known, language)]
        assert again == known


def test_a_list_is_told_whole_whatever_part_its_items_belong_to(tmp_path):
    names = [f"testimab{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    conditions = [
        {"kind": "condition", "en": [f"Testosis {n}"], "medicine": [*names]} for n in "ABCD"
    ]
    known = {"format": "medchat-records", "title": "T", "licence": "CC0-1.0"}
    path = tmp_path / "graph.yaml"
    path.write_text(yaml.safe_dump({**known, "records": conditions}, sort_keys=False))
    engine, generation = opened_with(tmp_path, path)
    pages = EntityPages(engine, generation)
    ids = [id for id in pages.ids("en") if id.startswith("condition:")]
    told = {page.id: page.entity_facts("medicine") for page in pages.pages(ids, "en")}
    assert told and all(len(items) == len(names) for items in told.values())
    parts = {is_validation(item.object) for items in told.values() for item in items}
    assert parts == {True, False}
    engine.dispose()


def test_no_page_is_kept_beyond_the_room_of_the_cache(graph, monkeypatch):
    sources = PageSources(*graph)
    monkeypatch.setattr(sources.related_pages._cache, "_most", 3)
    RowPlan(sources, 1, ["en"]).read_ahead()
    assert not sources.related_pages._cache._kept
    assert list(sources.related_pages.pages(sources.related_pages.ids("en"), "en"))
    assert len(sources.related_pages._cache._kept) <= 3
