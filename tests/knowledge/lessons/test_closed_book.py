"""What an English answer tells from memory, and what it tells only where the line is shown."""

import random

import pytest
from toy_lessons import opened_with

from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import FILES, read_lessons
from knowledge.lessons.facts import closed_book
from knowledge.lessons.facts.fact_page import PageFact
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.lessons.verify.prover import Prover

NODES = """\
id\tname\tkind
Compound::DB01\tamiodarone\tCompound
Compound::DB02\tflecainide\tCompound
Disease::DOID:1\tatrial fibrillation\tDisease
Disease::DOID:2\tatrial flutter\tDisease
Side Effect::C0001\tthirst\tSide Effect
Side Effect::C0002\tnausea\tSide Effect
Side Effect::C0003\tcough\tSide Effect
Symptom::D001\tpalpitations\tSymptom
"""
EDGES = """\
source\tmetaedge\ttarget
Compound::DB01\tCtD\tDisease::DOID:1
Compound::DB01\tCtD\tDisease::DOID:2
Compound::DB02\tCtD\tDisease::DOID:1
Compound::DB01\tCcSE\tSide Effect::C0001
Compound::DB01\tCcSE\tSide Effect::C0002
Compound::DB01\tCcSE\tSide Effect::C0003
Disease::DOID:1\tDpS\tSymptom::D001
"""
TRIPLES = """\
head,head_type,relation,tail,tail_type
atrial fibrillation,condition,medicine,amiodarone,medicine
carvedilol,medicine,side_effect,dizziness,symptom
carvedilol,medicine,side_effect,fatigue,symptom
carvedilol,medicine,side_effect,slow heartbeat,symptom
labetalol,medicine,side_effect,rash maculo-papular,symptom
labetalol,medicine,side_effect,nausea,symptom
labetalol,medicine,side_effect,dizziness,symptom
"""
FROM_MEMORY = ("chatdoctor", "huatuo", "safety", "overview", "exam", "comparison")


@pytest.fixture(scope="module")
def scraped(tmp_path_factory):
    home = tmp_path_factory.mktemp("scraped")
    (home / "hetionet-v1.0-nodes.tsv").write_text(NODES, encoding="utf-8")
    (home / "edges.sif").write_text(EDGES, encoding="utf-8")
    (home / "triples.csv").write_text(TRIPLES, encoding="utf-8")
    paths = [home / name for name in ("hetionet-v1.0-nodes.tsv", "edges.sif", "triples.csv")]
    engine, generation = opened_with(home, *paths)
    yield engine, generation
    engine.dispose()


def page_of(graph, name):
    pages = PageSources(*graph).entity_pages
    return next(page for page in pages.pages(pages.ids("en"), "en") if page.name == name)


def named(page, relation):
    return {item.text for item in page.entity_facts(relation)}


def test_what_one_program_gathered_is_told_only_where_it_is_shown(scraped):
    page = page_of(scraped, "amiodarone")
    assert not named(page, "medicine~")  # two sources state one use, of several that it has
    assert named(page.as_evidence(), "medicine~") == {"atrial fibrillation", "atrial flutter"}
    assert not page.groups.get("side_effect")
    assert len(page.as_evidence().groups["side_effect"]) == 3
    ill = page_of(scraped, "atrial fibrillation")
    assert not named(ill, "medicine")  # what is given first is not among them
    assert "amiodarone" in named(ill.as_evidence(), "medicine")


def test_statistics_are_told_only_where_they_are_shown(scraped):
    page = page_of(scraped, "atrial fibrillation")
    assert "associated_with" not in page.groups
    assert named(page.as_evidence(), "associated_with") == {"palpitations"}
    for style in FROM_MEMORY:
        assert "associated_with" not in STYLES[style].topics(page)
    assert "associated_with" in STYLES["grounded"].topics(page)
    assert "associated_with" not in STYLES["knowledge-call"].topics(page)


def test_rows_that_show_a_line_tell_what_it_holds(scraped):
    page = page_of(scraped, "amiodarone")
    prover = Prover(*scraped)
    grounded = STYLES["grounded"]
    form = grounded.topics(page)["side_effect"][0]
    row = grounded.write(page, "side_effect", form, random.Random(3))
    assert prover.faults([row]) == [""]
    assert {"nausea", "thirst", "cough"} <= set(row.meta["objects"])


def test_a_short_list_of_known_effects_is_told(scraped):
    assert len(named(page_of(scraped, "carvedilol"), "side_effect")) == 3
    coded = page_of(scraped, "labetalol")
    assert not coded.groups.get("side_effect") and coded.as_evidence().groups["side_effect"]


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("drowsiness", "dry mouth", "constipation"), True),
        (("drowsiness", "dry mouth"), False),
        (("hiccups", "taste loss", "bruxism", "nausea"), False),
        (tuple(f"nausea {number}" for number in range(13)), False),
        (("nausea", "headache", "injection site pain"), False),
    ],
)
def test_a_list_is_told_that_reads_as_chosen(names, chosen):
    items = [PageFact(name, name, name, name) for name in names]
    assert closed_book.are_chosen_effects(items) == chosen


@pytest.mark.parametrize(
    ("name", "coded"),
    [
        ("protein urine present", True),
        ("wound sepsis", True),
        ("burns third degree", True),
        ("seizure cerebral", True),
        ("VIth nerve palsy", True),
        ("withdrawal symptom", True),
        ("affect lability", True),
        ("blurred vision", False),
        ("chest pain", False),
        ("skin rash", False),
    ],
)
def test_terms_of_code_lists_are_known(name, coded):
    assert closed_book.is_coded(name) == coded


def test_what_two_sources_state_is_told_before_what_one_does():
    known, other = (PageFact(name, name, name, name) for name in ("angina", "vitiligo"))
    support = closed_book.Support(agreed=frozenset({"angina"}))
    told = closed_book.best_stated((other, known), "medicine~", ("ivabradine",), support)
    assert told == (known, other)
    support = closed_book.Support(agreed=frozenset({"angina"}))
    assert closed_book.best_stated((other, known), "medicine", ("chest pain",), support) == (known,)


@pytest.mark.parametrize(
    ("condition", "listed", "told"),
    [
        ("panic disorder", ["Hydroxyzine", "Meprobamate"], []),
        ("gout", ["Colchicine", "Hydroxyzine", "Allopurinol"], ["Colchicine", "Allopurinol"]),
    ],
)
def test_a_list_gathered_from_labels_is_told_where_the_class_is_known(condition, listed, told):
    items = [PageFact(name, name, name, name) for name in listed]
    kept = closed_book.best_stated(items, "medicine", (condition,), closed_book.Support())
    assert [each.text for each in kept] == told
    agreed = closed_book.Support(agreed=frozenset(listed))
    kept = closed_book.best_stated(items, "medicine", (condition,), agreed)
    assert [each.text for each in kept] == listed


def test_what_labels_mention_in_passing_is_no_use():
    items = [PageFact(name, name, name, name) for name in ("hypotension", "gout", "gout disorder")]
    told = closed_book.best_stated(items, "medicine~", ("x",), closed_book.Support())
    assert [each.text for each in told] == ["gout"]
    support = closed_book.Support(agreed=frozenset({"gout", "hypotension"}))
    assert not closed_book.best_stated(items, "medicine", ("bradycardia",), support)
    assert [each.text for each in closed_book.best_stated(items, "medicine~", ("x",), support)] == [
        "gout"
    ]


def test_a_broad_use_is_told_where_two_sources_agree_on_it():
    pain = PageFact("pain", "pain", "pain", "pain")
    support = closed_book.Support(agreed=frozenset({"pain"}))
    assert closed_book.best_stated((pain,), "medicine~", ("x",), support) == (pain,)
    assert not closed_book.best_stated((pain,), "medicine~", ("x",), closed_book.Support())


def test_definitions_of_an_ontology_are_shown_and_not_told(tmp_path):
    (tmp_path / "terms.obo").write_text(OBO, encoding="utf-8")
    engine, generation = opened_with(tmp_path, tmp_path / "terms.obo")
    page = page_of((engine, generation), "tinea manuum")
    assert not page.groups and page.as_evidence().text_facts("description")
    assert not STYLES["knowledge-call"].topics(page) and not STYLES["huatuo"].topics(page)
    engine.dispose()


OBO = """\
format-version: 1.2

[Term]
id: DOID:0099991
name: tinea manuum
def: "A dermatophytosis that involves fungal infection of the hands and itching skin." []
"""


_LABELS = """rxnorm_id\tdisease_cui\tn_labels\texpert\tcrowd\tdisease_mesh_name\trxnorm_name
1\tC1\t1\t1\t0\tTrichinosis\tMebendazole
2\tC1\t1\t0\t1\tTrichinosis\tSecobarbital
3\tC2\t1\t1\t0\tAscariasis\tPyrantel
4\tC2\t1\t1\t0\tAscariasis\tMebendazole
5\tC2\t1\t1\t0\tAscariasis\tAlbendazole
"""


def test_what_only_a_crowd_found_is_neither_told_nor_shown(tmp_path):
    table = tmp_path / "uses.tsv"
    table.write_text(_LABELS, encoding="utf-8")
    engine, generation = opened_with(tmp_path / "home", table)
    folder = tmp_path / "data"
    styles = ("huatuo", "chatdoctor", "safety", "grounded")
    build.build(engine, generation, folder, BuildOptions(styles=styles, languages=("en",)))
    rows = [row for name in FILES for row in read_lessons(folder / name)]
    free = [row for row in rows if row.style != "grounded"]
    assert any("ebendazole" in row.messages[-1].content for row in free)
    assert not any("ecobarbital" in each.content for row in rows for each in row.messages)
    engine.dispose()
