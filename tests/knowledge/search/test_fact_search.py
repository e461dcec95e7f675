"""Fact search: the very facts asked for, what accompanies them, and what answers in their place."""

import pytest
from toy_knowledge import ToyEmbedding, write_graph

from knowledge.graph import linker
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.ingest import updates
from knowledge.search.fact_search import FactSearch
from knowledge.search.query_parser import parse_query

GRAPH = """\
format: medchat-records
title: Toy facts
licence: CC0-1.0
source: Written for the tests.
records:
- kind: condition
  en: [Migraine]
  zh: [偏头痛]
  description: "A recurring headache. = 反复发作的头痛。"
  symptom: ["throbbing pain = 搏动性疼痛"]
  sign: ["photophobia = 畏光"]
  first_line: ["ibuprofen = 布洛芬"]
  treatment: ["sleep hygiene = 睡眠卫生"]
- kind: condition
  en: [Croup]
  zh: [哮吼]
  red_flag: ["Stridor at rest needs emergency care. = 安静时喘鸣需急诊。"]
  prevention: ["Hand washing lowers the risk. = 洗手可降低风险。"]
- kind: condition
  en: [Gout]
  zh: [痛风]
  medicine: ["colchicine = 秋水仙碱"]
  diet_avoided: ["beer = 啤酒"]
- kind: medicine
  en: [ibuprofen]
  zh: [布洛芬]
  side_effect: ["heartburn = 烧心"]
  contraindication: ["Gastric ulcer = 胃溃疡"]
  interaction: ["warfarin = 华法林"]
- kind: medicine
  en: [warfarin]
  zh: [华法林]
  pregnancy: ["Not to be used. = 禁用。"]
"""


@pytest.fixture
def ask(engine, home, tmp_path):
    """Return what answers a question: the ids of the groups of facts, best first."""
    updates.add(engine, home, [write_graph(tmp_path, GRAPH)], embedding=ToyEmbedding())
    search = FactSearch(KnowledgeGraph(engine, 1))
    names = linker.load(engine, 1)

    def found(question):
        hits = search.find(parse_query(question, names), "en")
        return [f"{hit.title}#{hit.id.rpartition('#')[2]}" for hit in hits]

    return found


@pytest.mark.parametrize(
    ("question", "groups"),
    [
        ("What are the symptoms of migraine?", ["Migraine#symptom", "Migraine#sign"]),
        ("How is migraine treated?", ["Migraine#treatment", "Migraine#first_line"]),
        ("偏头痛有哪些体征？", ["Migraine#sign"]),
        # nothing of the asked relation: the nearest one that answers
        ("How is gout treated?", ["Gout#medicine"]),
        ("What are the symptoms of croup?", ["Croup#red_flag"]),
        ("What can one eat with gout?", ["Gout#diet_avoided"]),
        ("What are the contraindications of warfarin?", ["warfarin#pregnancy"]),
        # nothing that answers: prevention is no treatment, food to avoid no cause
        ("How is croup treated?", []),
        ("What causes gout?", []),
        # no entity, or one without facts
        ("How is it treated?", []),
    ],
)
def test_groups_of_facts_that_answer(ask, question, groups):
    assert ask(question) == groups


def test_what_is_seen_from_the_object_answers_too(ask):
    assert ask("What is colchicine used for?")[0] == "colchicine#medicine~"
    assert ask("Which conditions have photophobia?")[0] == "photophobia#sign~"


def test_two_medicines_ask_whether_they_go_together(ask):
    assert ask("ibuprofen warfarin")[0].endswith("#interaction")


def test_a_warning_between_two_names_comes_first_whatever_is_asked(ask):
    treated = ask("Can ibuprofen be the treatment in gastric ulcer?")
    assert treated[0] == "ibuprofen#contraindication"


def test_an_overview_where_nothing_is_asked_for(ask):
    assert ask("migraine")[:2] == ["Migraine#description", "Migraine#symptom"]
