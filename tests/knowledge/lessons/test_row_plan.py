"""The plan: every entity has a row before the second of any, topics keep to their shares."""

from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest
from toy_lessons import opened

from knowledge.errors import KnowledgeError
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.row_plan import RowPlan, RowTask
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.lessons.topic_quotas import CAPPED, SMALL_SHARES, TOLD_BEFORE, TopicQuotas
from knowledge.records import Entity, Name


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    yield PageSources(engine, generation)
    engine.dispose()


def page(number, **values):
    entity = Entity(f"condition:{number}", "condition", (Name("Gout", "en"),))
    groups = {
        relation: tuple(PageFact("fact:1", text, text, object) for text, object in given)
        for relation, given in values.items()
    }
    return FactPage(entity, "en", "Gout", "gout", groups)


class TestPlan:
    def tasks(self, sources, names, seed=1, languages=("en", "zh"), most=None):
        plan = RowPlan(sources, seed, languages)
        return list(islice(plan.tasks([STYLES[name] for name in names]), most))

    def test_every_entity_has_a_row_early(self, sources):
        made = self.tasks(sources, ["grounded"], languages=("en",))
        ids = sources.by_kind["entities"].ids("en")
        tasks = [task.id for task in made if isinstance(task, RowTask)]
        assert set(tasks[: 2 * len(ids)]) == set(ids) and len(tasks) > 3 * len(ids)

    def test_styles_and_languages_take_turns(self, sources):
        made = self.tasks(sources, ["chatdoctor", "huatuo"], most=40)
        counts = Counter((task.style, task.language) for task in made if isinstance(task, RowTask))
        assert len(counts) == 4 and max(counts.values()) - min(counts.values()) <= 2

    def test_the_seed_decides_the_order_and_each_task_once(self, sources):
        one, two, other = (self.tasks(sources, ["huatuo"], seed) for seed in (1, 1, 2))
        assert one == two != other
        tasks = [task for task in one if isinstance(task, RowTask)]
        keys = [(task.language, task.id, task.relation, task.form) for task in tasks]
        assert len(keys) == len(set(keys)) > 100
        assert len({task.seed for task in tasks}) == len(tasks)

    def test_neighbours_are_named_only_where_a_style_shows_them(self, sources):
        made = self.tasks(sources, ["huatuo", "grounded"], most=60)
        shown = {task.style: bool(task.neighbours) for task in made if isinstance(task, RowTask)}
        assert shown == {"huatuo": False, "grounded": True}

    def test_a_limit_near_the_number_of_pages_needs_most_of_them(self, sources):
        plan = RowPlan(sources, 1, ("en",))
        assert plan.needs_most(None) and plan.needs_most(10_000) and not plan.needs_most(3)

    def test_a_language_without_facts_is_refused(self, tmp_path):
        from knowledge.graph.catalog import CatalogBase, connect

        engine = connect(f"sqlite:///{tmp_path / 'empty.db'}")
        CatalogBase.metadata.create_all(engine)
        plan = RowPlan(PageSources(engine, 1), 1, ("en",))
        with pytest.raises(KnowledgeError, match="holds no facts"):
            plan.tasks([STYLES["huatuo"]])
        assert next(plan.tasks([STYLES["tools"]])).kind == "formulas"
        engine.dispose()


class TestQuotas:
    def fill(self, quotas, relation, rows, style="huatuo", start=0, of_entity=False):
        for number in range(start, start + rows):
            about = page(number, **{relation: [(f"{relation} {number}", f"x:{number}")]})
            quotas.add(style, about, relation, of_entity=of_entity)

    def test_a_relation_is_capped_at_its_share_of_a_style(self):
        quotas = TopicQuotas()
        for relation in ("symptom", "test", "cause", "medicine", "course", "sign"):
            self.fill(quotas, relation, 60 if relation != "symptom" else 200)
        rare = page(999, symptom=[("rare", "x:999")], test=[("rare", "x:998")])
        assert quotas.refusal("huatuo", rare, "symptom") == CAPPED
        assert quotas.refusal("huatuo", rare, "test") == ""
        assert quotas.refusal("chatdoctor", rare, "symptom") == ""

    def test_relations_with_few_values_have_a_smaller_share(self):
        small, large = (TopicQuotas() for _ in range(2))
        others = [f"other{number}" for number in range(14)]
        for quotas, relation in ((small, "course"), (large, "symptom")):
            for each in others:
                self.fill(quotas, each, 70)
            self.fill(quotas, relation, 80)
        about = page(999, course=[("x", "x:1")], symptom=[("x", "x:1")])
        assert SMALL_SHARES["course"] < 80 / (14 * 70 + 80) < 0.2
        assert small.refusal("huatuo", about, "course") == CAPPED
        assert large.refusal("huatuo", about, "symptom") == ""

    def test_departments_have_a_small_share_of_all_styles_where_there_are_others(self):
        many, alone = TopicQuotas(), TopicQuotas()
        others = [f"other{number}" for number in range(14)]
        for quotas, relation in [(many, each) for each in others] + [(alone, "department")]:
            self.fill(quotas, relation, 20, of_entity=True)
        assert not many.is_capped("department", "en")
        self.fill(many, "department", 40, of_entity=True)
        assert many.is_capped("department", "en")
        assert not alone.is_capped("department", "en")

    def test_the_same_values_are_told_a_few_times_only(self):
        quotas = TopicQuotas()
        for number in range(8):
            about = page(number, symptom=[("fever", "x:1"), ("cough", "x:2")])
            assert quotas.refusal("huatuo", about, "symptom") == ""
            quotas.add("huatuo", about, "symptom", of_entity=True)
        assert quotas.refusal("huatuo", about, "symptom") == TOLD_BEFORE
        assert quotas.refusal("chatdoctor", about, "symptom") == ""
        fresh = page(9, symptom=[("rash", "x:3")])
        assert quotas.refusal("huatuo", fresh, "symptom") == ""

    def test_a_text_is_told_less_often_and_over_all_styles(self):
        quotas = TopicQuotas()
        about = page(1, course=[("It comes and goes.", "")], description=[("A disease.", "")])
        quotas.add("huatuo", about, "course", of_entity=True)
        assert quotas.refusal("chatdoctor", about, "course") == ""
        quotas.add("chatdoctor", about, "course", of_entity=True)
        assert quotas.refusal("safety", about, "course") == TOLD_BEFORE
        quotas.add("huatuo", about, "description", of_entity=True)
        assert quotas.refusal("safety", about, "description") == TOLD_BEFORE

    def test_no_relation_rules_the_rows_of_all_styles(self):
        quotas = TopicQuotas()
        for number in range(200):
            about = page(number, symptom=[(f"s{number}", f"x:{number}")])
            quotas.add(f"style{number % 9}", about, "symptom", of_entity=True)
        for relation in ("test", "cause", "medicine", "sign", "complication", "prevention", "dose"):
            for number in range(20):
                about = page(number, **{relation: [(f"v{number}", f"x:{number}")]})
                quotas.add(f"style{number % 9}", about, relation, of_entity=True)
        assert quotas.is_capped("symptom", "en") and not quotas.is_capped("test", "en")

    def test_what_a_language_tells_takes_nothing_from_the_other(self):
        quotas = TopicQuotas()
        for number in range(100):
            about = replace(page(number, symptom=[(f"s{number}", f"x:{number}")]), language="zh")
            quotas.add("huatuo", about, "symptom", of_entity=True)
            quotas.add("huatuo", about, "test", of_entity=True)
        fresh = page(999, symptom=[("rash", "x:999")])
        for number in range(50):
            about = page(number, symptom=[(f"e{number}", f"y:{number}")])
            quotas.add("huatuo", about, "symptom", of_entity=True)
        assert quotas.is_capped("symptom", "zh") is False  # two relations: up to 3 rows of 4
        assert quotas.refusal("huatuo", fresh, "symptom") == ""  # English tells nothing else
        for number in range(300):
            about = page(number, test=[(f"t{number}", f"z:{number}")])
            quotas.add("huatuo", about, "test", of_entity=True)
        assert quotas.is_capped("test", "en") and not quotas.is_capped("symptom", "en")
