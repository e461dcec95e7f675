"""What rows are written about: the split, facts seen from either end, findings, drawn cases."""

import random

import pytest
from toy_lessons import opened

from knowledge.calculators.formulas.formula_registry import FORMULAS
from knowledge.lessons.facts import calculator_cases, reportable_findings
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.fact_store import FactStore
from knowledge.lessons.facts.validation_split import HeldOut, is_validation
from knowledge.records import Entity, Name
from knowledge.vocabulary import INVERSE

LANGUAGES = ("en", "zh")


def named(*texts):
    return [PageFact(f"fact:{text}", text, text, f"symptom:{text}", "symptom") for text in texts]


def page(**groups):
    entity = Entity("condition:1", "condition", (Name("Gout", "en"),))
    return FactPage(entity, "en", "Gout", "gout", {key: tuple(all) for key, all in groups.items()})


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    yield engine, generation
    engine.dispose()


def ids_of(engine, *names):
    from sqlalchemy import select

    from knowledge.graph.catalog import NameRow

    query = select(NameRow.text, NameRow.entity_id).where(NameRow.text.in_(names))
    with engine.connect() as connection:
        found = dict(connection.execute(query).all())
    return [found[name] for name in names]


class TestSplit:
    def test_about_one_id_in_ten_is_for_validation_and_stays_so(self):
        ids = [f"condition:{number}" for number in range(5000)]
        held = [id for id in ids if is_validation(id)]
        assert 0.08 < len(held) / len(ids) < 0.12
        assert held == [id for id in reversed(ids) if is_validation(id)][::-1]

    def test_a_spare_entity_is_held_out_beside_them(self):
        spare = next(f"x:{number}" for number in range(99) if not is_validation(f"x:{number}"))
        assert HeldOut(spare)(spare) and not HeldOut("")(spare)
        held = next(f"x:{number}" for number in range(99) if is_validation(f"x:{number}"))
        assert HeldOut(spare)(held)


class TestFactStore:
    def test_a_fact_is_seen_from_its_subject_and_a_medicine_from_its_object(self, graph):
        engine, generation = graph
        asthma, salbutamol = ids_of(engine, "Asthma", "salbutamol")
        store = FactStore(engine, generation)
        with engine.connect() as connection:
            found = store.read(connection, [asthma, salbutamol])
        about = [(fact.relation, fact.other) for fact in found[asthma]]
        assert ("medicine", salbutamol) in about
        seen = [(fact.relation, fact.other, fact.hidden) for fact in found.get(salbutamol, ())]
        crosses = is_validation(asthma) != is_validation(salbutamol)
        assert (f"medicine{INVERSE}", asthma, crosses) in seen

    def test_an_interaction_is_seen_from_both_ends(self, graph):
        engine, generation = graph
        warfarin, aspirin = ids_of(engine, "warfarin", "aspirin")
        with engine.connect() as connection:
            found = FactStore(engine, generation).read(connection, [warfarin, aspirin])
        assert ("interaction", aspirin) in [(each.relation, each.other) for each in found[warfarin]]
        seen = [(each.relation, each.other) for each in found.get(aspirin, ())]
        assert (("interaction", warfarin) in seen) is (
            is_validation(warfarin) == is_validation(aspirin)
        )

    def test_curated_facts_come_first(self, graph):
        engine, generation = graph
        (asthma,) = ids_of(engine, "Asthma")
        with engine.connect() as connection:
            facts = FactStore(engine, generation).read(connection, [asthma])[asthma]
        assert facts == sorted(facts, key=lambda fact: fact.order)
        assert {fact.licence for fact in facts} == {"CC0-1.0"}


class TestFactPage:
    def test_facts_are_told_apart_by_what_their_object_is(self):
        text = PageFact("fact:2", "It hurts.", "it hurts")
        found = page(symptom=[*named("joint pain"), text])
        assert [item.text for item in found.entity_facts("symptom")] == ["joint pain"]
        assert found.text_facts("symptom") == (text,)
        assert found.entity_facts("cause") == found.text_facts("cause") == ()

    def test_what_is_worked_out_once_is_kept_for_the_page_with_neighbours(self):
        first, asked = page(symptom=named("fever")), []

        def count(own):
            asked.append(own.id)
            return len(own.groups)

        other = first.with_neighbours((page(),), lambda own: (own,))
        assert (first.cached("size", count), other.cached("size", count)) == (1, 1)
        assert asked == ["condition:1"]
        assert other == first and len(other.neighbours) == 1 and not first.neighbours
        assert other.find_similar(first) == (first,) and first.find_similar(first) == ()


class TestReportableFindings:
    def test_laboratory_findings_and_repetitions_are_left_out(self):
        items = named("fever", "hyperkalaemia", "high body temperature", "cough", "leukocytosis")
        kept = reportable_findings.select_reportable(items)
        assert [item.text for item in kept] == ["fever", "cough"]

    def test_signs_that_only_a_clinician_sees_are_not_felt(self):
        items = named("cough", "hepatomegaly", "breath sounds reduced", "发热", "肝大", "口腔溃疡")
        felt = [item.text for item in reportable_findings.select_felt(items)]
        assert felt == ["cough", "发热", "口腔溃疡"]

    def test_a_finding_is_new_unless_it_was_reported_in_other_words(self):
        reported = named("高热", "cough")
        new = [
            item.text
            for item in named("发烧", "dry cough", "rash")
            if reportable_findings.is_new(item, reported)
        ]
        assert new == ["rash"]

    def test_somebody_else_reports_what_a_patient_cannot(self):
        assert reportable_findings.needs_witness(named("cough", "loss of consciousness"))
        assert reportable_findings.needs_witness(named("昏迷"))
        assert not reportable_findings.needs_witness(named("cough", "头痛"))


class TestCalculatorCases:
    @pytest.mark.parametrize("id", sorted(FORMULAS))
    def test_a_drawn_case_fits_its_formula(self, id):
        formula = FORMULAS[id]
        for seed, language in enumerate(LANGUAGES):
            case = calculator_cases.draw(formula, language, random.Random(seed))
            assert case is not None and formula.limit(case.given) is None
            assert set(case.given) == {each.key for each in formula.inputs}
            assert set(case.stated) == {each.key for each in formula.inputs if not each.choices}
            again = calculator_cases.draw(formula, language, random.Random(seed))
            assert again == case

    def test_a_value_in_another_unit_comes_with_its_conversion(self):
        seen = 0
        for id, formula in FORMULAS.items():
            if not calculator_cases.convertible_inputs(formula):
                continue
            case = calculator_cases.draw(formula, "en", random.Random(id), other=True)
            if case is None:
                continue
            [(key, equation)] = case.conversions.items()
            unit = case.stated[key][1]
            assert unit != formula.input(key).unit
            assert case.given[key] == equation.answer("en")
            seen += 1
        assert seen > 5

    def test_a_case_outside_a_limit_is_refused_for_that_reason(self):
        seen = 0
        for id, formula in FORMULAS.items():
            for limit in formula.limits:
                case = calculator_cases.draw_outside(formula, limit, "en", random.Random(id))
                if case is not None:
                    assert formula.limit(case.given) == limit
                    seen += 1
        assert seen > 5

    def test_one_number_is_changed_and_the_rest_stays(self):
        for id, formula in FORMULAS.items():
            case = calculator_cases.draw(formula, "en", random.Random(id))
            found = calculator_cases.change_value(case, random.Random(id))
            if found is None:
                continue
            new, key = found
            changed = {name for name in case.given if case.given[name] != new.given[name]}
            assert changed == {key} and formula.limit(new.given) is None
            assert new.stated[key] == (new.given[key], formula.input(key).unit)
