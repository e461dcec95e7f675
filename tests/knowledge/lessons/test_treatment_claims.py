"""What may be claimed of treatments: uses that tables turned round, emergencies, cut lists."""

import random
import re

import pytest
from toy_lessons import opened_with

from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.lessons.facts import source_notes, treatment_claims
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.fact_store import FactStore
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.styles import grounded, huatuo, knowledge_call, safety
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.lessons.verify import urgency_check
from knowledge.records import Entity, Name

PLAIN = Manner("professional", "short")
NO_USES = treatment_claims.StatedUses()


def named(*texts, scraped=True, kind="condition"):
    return tuple(
        PageFact(f"f:{text}", text, text, f"{kind}:{text}", kind, scraped=scraped) for text in texts
    )


def texts_of(items):
    return [item.text for item in items]


def page(name, language="en", kind="condition", **groups):
    entity = Entity(f"{kind}:{name}", kind, (Name(name, language),))
    return FactPage(entity, language, name, name, groups)


@pytest.mark.parametrize(
    ("medicine", "language", "listed", "kept"),
    [
        ("秋水仙碱", "zh", ["痛风", "青春痘", "腋臭"], ["痛风"]),
        ("allopurinol", "en", ["gout", "otosclerosis"], ["gout"]),
        ("环磷酰胺", "zh", ["腱鞘囊肿"], []),
    ],
)
def test_a_use_that_one_table_of_conditions_lists_needs_the_class(medicine, language, listed, kept):
    items = named(*listed)
    uses = treatment_claims.StatedUses(frozenset(item.fact for item in items))
    groups = {"medicine~": items}
    fit, reasons = treatment_claims.fit_to_show(medicine, "medicine", groups, uses, language)
    assert texts_of(fit.get("medicine~", ())) == kept
    assert reasons == {"medicine~": treatment_claims.LISTED}
    whole, reasons = treatment_claims.fit_to_show(medicine, "medicine", groups, NO_USES, language)
    assert whole == groups and not reasons  # other sources state them


def test_tables_copied_from_one_place_are_one_source():
    assert source_notes.is_listed(["medicalgraph-csv", "medicalkg-json"])
    assert source_notes.is_listed(["chatdoctor"])
    assert not source_notes.is_listed(["chatdoctor", "medicalgraph-csv"])
    assert not source_notes.is_listed(["indications"])
    assert not source_notes.is_listed(["medicalgraph-csv", "medchat-records"])


def test_an_emergency_is_no_use_of_what_is_not_its_first_treatment():
    groups = {
        "medicine~": named("hay fever", "septic shock", scraped=False),
        "first_line~": named("hay fever", scraped=False),
    }
    fit, reasons = treatment_claims.fit_to_show("loratadine", "medicine", groups, NO_USES, "en")
    assert texts_of(fit["medicine~"]) == ["hay fever"]
    assert reasons == {"medicine~": treatment_claims.EMERGENCY_USE}
    first = {**groups, "first_line~": named("septic shock", scraped=False)}
    fit, _ = treatment_claims.fit_to_show("noradrenaline", "medicine", first, NO_USES, "en")
    assert texts_of(fit["medicine~"]) == ["hay fever", "septic shock"]
    own = treatment_claims.StatedUses(own=frozenset({"f:septic shock"}))
    fit, reasons = treatment_claims.fit_to_show("angiotensin", "medicine", groups, own, "en")
    assert texts_of(fit["medicine~"]) == ["hay fever", "septic shock"] and not reasons


def test_a_use_in_the_record_of_a_medicine_is_known_as_its_own(tmp_path):
    body = (
        "- {kind: condition, en: [Testitis], symptom: [itch], medicine: [testalol, testimab]}\n"
        "- {kind: medicine, en: [testalol], used_for: [Testitis], side_effect: [cough]}\n"
    )
    (tmp_path / "graph.yaml").write_text(GRAPH + body, encoding="utf-8")
    engine, generation = opened_with(tmp_path / "home", tmp_path / "graph.yaml")
    id = KnowledgeGraph(engine, generation).named("Testitis")[0].id
    with engine.connect() as connection:
        facts = FactStore(engine, generation).read(connection, [id])[id]
    assert sorted(fact.own_use for fact in facts if fact.relation == "medicine") == [False, True]
    engine.dispose()


def test_of_the_medicines_of_an_emergency_the_first_treatment_is_kept():
    groups = {
        "first_line": named("antivenom", kind="medicine"),
        "medicine": named("prednisone", "antivenom", kind="medicine"),
        "treatment": named("splinting", kind="treatment"),
    }
    fit, _ = treatment_claims.fit_to_show("anaphylactic shock", "condition", groups, NO_USES, "en")
    assert texts_of(fit["medicine"]) == ["antivenom"] and fit["treatment"] == groups["treatment"]
    unknown = {each: groups[each] for each in ("medicine", "treatment")}
    fit, reasons = treatment_claims.fit_to_show("急性会厌炎", "condition", unknown, NO_USES, "zh")
    assert not fit and set(reasons.values()) == {treatment_claims.EMERGENCY}
    fit, _ = treatment_claims.fit_to_show("tinea", "condition", unknown, NO_USES, "en")
    assert fit == unknown


def test_one_medicine_is_no_list_of_a_condition_of_which_nothing_else_is_known():
    groups = {"medicine": named("aspirin", kind="medicine", scraped=False)}
    fit, reasons = treatment_claims.fit_to_tell("condition", groups, ("medicine",), False)
    assert not fit and reasons == {"medicine": treatment_claims.NAMED_ONLY}
    known = {**groups, "symptom": named("cough", kind="symptom")}
    assert treatment_claims.fit_to_tell("condition", known, ("medicine",), False).groups == known


def test_what_is_tried_first_leads_every_list():
    groups = {
        "first_line": named("冷敷", kind="treatment"),
        "treatment": named("针刺", "冷敷", "热敷", "按摩", kind="treatment"),
    }
    told = treatment_claims.fit_to_tell("condition", groups, ("treatment",), False).groups
    assert texts_of(told["treatment"]) == ["冷敷", "针刺", "热敷", "按摩"]
    own = page("扭伤", "zh", treatment=told["treatment"], first_line=told["first_line"])
    for seed in range(12):
        for form in ("some", "all"):
            row = huatuo.write(own, "treatment", form, random.Random(seed), PLAIN)
            assert row and row.meta["objects"][0] == "冷敷"
    alone = page("扭伤", "zh", treatment=told["treatment"][:1], first_line=told["first_line"])
    row = huatuo.write(alone, "treatment", "all", random.Random(1), PLAIN)
    assert row and "治疗：冷敷" in row.sources[0].quote


_WORDS = (
    *("Arctic", "Basal", "Cuboid", "Distal", "Early", "Focal", "Giant", "Hollow", "Inner", "Joint"),
    *("Late", "Minor", "Nodal", "Outer", "Pale", "Radial", "Silent", "Tonal", "Upper", "Vagal"),
)

GRAPH = """\
format: medchat-records
title: Uses
licence: CC0-1.0
source: Written for the tests.
records:
"""


def test_uses_of_which_the_other_part_tells_some_are_shown_and_not_told(tmp_path):
    names = [f"{word} {kind}" for word in _WORDS for kind in ("testosis", "testitis", "testoma")]
    body = "".join(
        f"- {{kind: condition, en: [{name}], medicine: [testimab, testinib, testalol]}}\n"
        for name in names
    )
    (tmp_path / "graph.yaml").write_text(GRAPH + body, encoding="utf-8")
    engine, generation = opened_with(tmp_path / "home", tmp_path / "graph.yaml")
    graph = KnowledgeGraph(engine, generation)
    medicines = [graph.named(name)[0].id for name in ("testimab", "testinib", "testalol")]
    id = next(each for each in medicines if not is_validation(each))
    (found,) = PageSources(engine, generation).entity_pages.pages([id], "en")
    shown = found.as_evidence().entity_facts("medicine~")
    assert shown and {is_validation(item.object) for item in shown} == {is_validation(id)}
    assert not found.entity_facts("medicine~")
    assert found.left_out == {"medicine~": treatment_claims.PARTLY_HIDDEN}
    assert "medicine~" not in STYLES["huatuo"].topics(found)
    engine.dispose()


@pytest.mark.parametrize(
    ("name", "language"),
    [("epiglottitis", "en"), ("肠套叠", "zh"), ("cauda equina syndrome", "en")],
)
@pytest.mark.parametrize("style", [huatuo, knowledge_call])
def test_what_tells_of_an_emergency_says_that_it_is_one(name, language, style):
    said = {"en": ("fever", "pain", "drooling"), "zh": ("发热", "腹痛", "呕吐")}[language]
    own = page(name, language, symptom=named(*said, kind="symptom"))
    for seed in range(10):
        args = (PLAIN,) if style is huatuo else ()
        form = "all" if style is huatuo else "plain"
        row = style.write(own, "symptom", form, random.Random(seed), *args)
        assert row and not urgency_check.is_silent(row)
        told = row.messages[-1].content
        parts = told.replace("。", "。|").replace(". ", ".|").split("|")
        bare = " ".join(part for part in parts if any(each in part for each in said))
        silent = AnswerBuilder(own, random.Random(seed))
        silent.add(bare, "symptom", own.entity_facts("symptom"))
        assert urgency_check.is_silent(silent.build(row.style, "?", "symptom"))


def test_what_keeps_an_emergency_away_or_follows_it_is_none():
    for name in ("malaria prevention", "脑卒中后遗症", "history of stroke", "疟疾预防"):
        row = huatuo.write(
            page(name, "zh" if name > "z" else "en", symptom=named("A1", kind="symptom")),
            "symptom", "all", random.Random(1), PLAIN,
        )  # fmt: skip
        assert row and not urgency_check.is_silent(row)


@pytest.mark.parametrize(("name", "language"), [("ischaemic stroke", "en"), ("急性脑梗死", "zh")])
def test_a_refusal_sends_no_emergency_to_a_clinic(name, language):
    place = {"en": "neurology", "zh": "神经内科"}[language]
    felt = named({"en": "headache", "zh": "头痛"}[language], kind="symptom")
    grave = page(name, language, symptom=felt, department=named(place, kind="department"))
    common = {"en": "migraine", "zh": "偏头痛"}[language]
    mild = page(common, language, symptom=felt, department=named(place, kind="department"))
    assert "harm" not in safety.topics(grave).get("department", ())
    assert "harm" in safety.topics(mild)["department"]
    row = safety.write(mild, "department", "harm", random.Random(1), PLAIN)
    sent = AnswerBuilder(grave, random.Random(1))
    sent.add(row.messages[-1].content, "department", grave.entity_facts("department"))
    told = sent.build("safety", row.messages[0].content, "department", meta={"refused": 1})
    assert urgency_check.is_silent(told)
    assert not urgency_check.is_silent(row)


@pytest.mark.parametrize(
    ("language", "said"), [("en", r"(?i)lines|entries|evidence"), ("zh", "条目|材料")]
)
@pytest.mark.parametrize("relation", ["medicine", "medicine~"])
def test_treatments_that_a_program_gathered_are_told_as_what_lines_say(language, said, relation):
    kind = "medicine" if relation == "medicine~" else "condition"
    names = {"en": ("Aldomet", "quinsy"), "zh": ("甲磺胺", "口疮")}[language]
    own, other = names if kind == "medicine" else names[::-1]
    told = {}
    for scraped in (True, False):
        item = named(other, scraped=scraped, kind="condition" if kind == "medicine" else "medicine")
        shown = page(own, language, kind, **{relation: item})
        rows = [grounded.write(shown, relation, "read", random.Random(seed)) for seed in range(20)]
        told[scraped] = [row.messages[-1].content for row in rows if row]
    assert told[True] and all(re.search(said, each) for each in told[True])
    assert told[False] and not any(re.search(said, each) for each in told[False])
