"""Formulas: each is sound as data, gives what was worked by hand, agrees with public sets."""

import random

import pytest
from real_calculators import chinese, english

from knowledge.calculators import arithmetic, calls
from knowledge.calculators.calls import Calculation, Equation
from knowledge.calculators.formulas import formula_registry
from knowledge.calculators.formulas.formula_registry import FORMULAS
from knowledge.calculators.worked_steps import show_working
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.records import FORMULA
from knowledge.text import units

EVERY = list(FORMULAS.values())


def given(formula, pick):
    return {
        one.key: pick.choice(one.choices).key
        if one.choices
        else arithmetic.round_half_up(pick.uniform(one.low, one.high), one.places)
        for one in formula.inputs
    }


class TestArithmetic:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("2 + 3 * 4", 14),
            ("(2 + 3) * 4 / 2", 10),
            ("2 ^ 3 ^ 2", 512),
            ("-2 ^ 2", -4),
            ("8 ^ (1 / 3)", 2),
            ("min(3, 2) + max(1, 5)", 7),
            ("ln(1) + sqrt(16)", 4),
            ("round(2.5) + round(0.4)", 3),
            ("(age >= 65) + (age >= 75)", 1),
            ("0.85 if sex == female else 1", 0.85),
            ("1 if age > 60 and sex == female else 0", 1),
            ("1 < 2 < 3", 1),
        ],
    )
    def test_values(self, text, value):
        assert arithmetic.evaluate(text, {"age": 70.0, "sex": "female"}) == pytest.approx(value)

    @pytest.mark.parametrize(
        "text",
        [
            "__import__('os')", "age.real", "[1]", "1 if age else 2", "lambda: 1", "'a'", "True",
            "open(1)", "1 / 0", "ln(0)", "sqrt(-1)", "9 ^ 9 ^ 9 ^ 9", "(0 - 8) ^ 0.5", "2 ** 3",
            "min()", "ln(1, 2, 3)", "unknown + 1", "sex + 1", "1 +", "x := 2", "(" * 300, "1e999",
            "1" + "+1" * 300,
        ],
    )  # fmt: skip
    def test_whatever_is_not_in_the_grammar_has_no_value(self, text):
        with pytest.raises(ValueError, match=r"\w"):
            arithmetic.evaluate(text, {"age": 70.0, "sex": "female"})

    def test_an_expression_written_out_keeps_its_value(self):
        pick = random.Random(3)
        for formula in EVERY:
            values = given(formula, pick)
            if not formula.expression or formula.limit(values):
                continue
            equation = calls.substitute_values(formula, values, "en")
            assert equation.answer("en") == formula.result(values), equation.text("en")

    @pytest.mark.parametrize(
        ("value", "places", "text"),
        [
            (2.345, 2, "2.35"),
            (-2.345, 2, "-2.35"),
            (0.5, 0, "1"),
            (-0.04, 1, "0.0"),
            (1e3, 0, "1000"),
        ],
    )
    def test_halves_are_rounded_away_from_zero(self, value, places, text):
        assert arithmetic.round_half_up(value, places) == text


class TestRegistry:
    def test_there_are_enough_and_names_mean_one(self):
        assert len(FORMULAS) >= 60
        for language in ("en", "zh"):
            names = [name.casefold() for each in EVERY for name in each.names(language)]
            assert len(names) == len(set(names))
            assert all(
                formula_registry.named(each.names(language)[0], language) is each for each in EVERY
            )

    @pytest.mark.parametrize("formula", EVERY, ids=lambda each: each.id)
    def test_a_formula_is_whole(self, formula):
        assert bool(formula.expression) != bool(formula.terms)
        keys = {one.key for one in formula.inputs}
        assert len(keys) == len(formula.inputs)
        made = {name for name, _ in formula.steps}
        parts = [formula.expression, *(term.points for term in formula.terms)]
        used = {name for part in filter(None, parts) for name in arithmetic.names_in(part)}
        used |= {name for _, part in formula.steps for name in arithmetic.names_in(part)}
        assert used - made <= keys
        limits = {name for limit in formula.limits for name in arithmetic.names_in(limit.when)}
        assert keys <= used | limits, "an input that nothing uses"
        if formula.bands:
            below = [band.below for band in formula.bands]
            assert below[-1] is None and below[:-1] == sorted(below[:-1])
        for one in formula.inputs:
            assert one.en and one.zh and (one.choices or one.low < one.high)
            for unit in (one.unit, formula.unit, *(other.unit for other in one.others)):
                assert not unit or units.unit_symbol(unit, "en") == units.spellings(unit, "en")[0]
        for limit in formula.limits:
            assert set(limit.values) <= keys

    @pytest.mark.parametrize("formula", EVERY, ids=lambda each: each.id)
    def test_a_call_is_read_as_it_was_written(self, formula):
        pick = random.Random(formula.id)
        for _ in range(20):
            call = Calculation(formula, given(formula, pick))
            for language in ("en", "zh"):
                assert calls.parse_call_with_result(
                    calls.call_with_result(call, language), language
                ) == (
                    call,
                    call.answer(language),
                )

    def test_a_conversion_and_its_way_back_agree(self):
        factors = {
            ("creatinine", "μmol/L"): 88.4, ("bilirubin", "μmol/L"): 17.1,
            ("glucose", "mmol/L"): 1 / 18,
            ("bun", "mmol/L"): 1 / 2.8, ("albumin", "g/L"): 10, ("calcium", "mmol/L"): 0.25,
            ("cholesterol", "mmol/L"): 1 / 38.67, ("triglycerides", "mmol/L"): 1 / 88.57,
            ("paco2", "kPa"): 1 / 7.5, ("weight", "lb"): 2.2046,
        }  # fmt: skip
        seen = set()
        for formula in EVERY:
            for one in formula.inputs:
                for other in one.others:
                    factor = factors.get((one.key, other.unit))
                    if factor:
                        seen.add((one.key, other.unit))
                        turned = arithmetic.evaluate(other.turn, {"x": 10 * factor})
                        assert turned == pytest.approx(10)
        assert seen == set(factors)

    def test_some_formulas_are_held_out(self):
        held = [id for id in FORMULAS if is_validation(f"{FORMULA}{id}")]
        assert 3 <= len(held) <= len(FORMULAS) // 4

    @pytest.mark.parametrize("formula", EVERY, ids=lambda each: each.id)
    def test_a_limit_holds_where_it_says(self, formula):
        pick = random.Random(5)
        for limit in formula.limits:
            for _ in range(20):
                values = given(formula, pick)
                for key, (low, high) in limit.values.items():
                    values[key] = arithmetic.round_half_up(
                        pick.uniform(low, high), formula.input(key).places
                    )
                assert formula.limit(values) is not None
                with pytest.raises(ValueError, match="does not apply"):
                    formula.result(values)


WORKED = [
    # worked by hand from the published formula
    ("bmi", {"weight": "70", "height": "1.75"}, "22.9"),
    ("cockcroft-gault",
     {"sex": "female", "age": "60", "weight": "72", "creatinine": "1.00"}, "68.0"),
    ("ckd-epi-2021", {"sex": "male", "age": "50", "creatinine": "0.90"}, "104"),
    ("ckd-epi-2021", {"sex": "female", "age": "50", "creatinine": "0.70"}, "105"),
    ("corrected-calcium", {"calcium": "8.0", "albumin": "2.0"}, "9.6"),
    ("anion-gap", {"sodium": "140", "chloride": "104", "bicarbonate": "24"}, "12"),
    ("osmolality", {"sodium": "140", "glucose": "90", "bun": "14"}, "290"),
    ("sodium-katz", {"sodium": "130", "glucose": "600"}, "138"),
    ("sodium-hillier", {"sodium": "130", "glucose": "600"}, "142"),
    ("winters", {"bicarbonate": "12"}, "26"),
    ("ldl-friedewald", {"cholesterol": "200", "hdl": "50", "triglycerides": "150"}, "120"),
    ("qtc-bazett", {"qt": "400", "heart_rate": "60"}, "400"),
    ("qtc-fridericia", {"qt": "400", "heart_rate": "60"}, "400"),
    ("qtc-framingham", {"qt": "400", "heart_rate": "120"}, "477"),
    ("qtc-hodges", {"qt": "400", "heart_rate": "100"}, "470"),
    ("aa-gradient", {"fio2": "21", "paco2": "40", "pao2": "90"}, "10"),
    ("map", {"sbp": "120", "dbp": "90"}, "100"),
    ("maintenance-fluids", {"weight": "25.0"}, "65"),
    ("homa-ir", {"insulin": "9.0", "glucose": "90"}, "2.00"),
    ("fib-4", {"age": "50", "ast": "40", "alt": "25", "platelets": "200"}, "2.00"),
    ("apri", {"ast": "80", "uln": "40", "platelets": "100"}, "2.00"),
    ("maddrey", {"pt": "22.0", "control": "12.0", "bilirubin": "10.0"}, "56.0"),
    ("meld", {"bilirubin": "1.0", "inr": "1.0", "creatinine": "1.0"}, "6"),
    ("meld-na", {"bilirubin": "1.0", "inr": "1.0", "creatinine": "1.0", "sodium": "120"}, "6"),
    ("meld-3", {"sex": "female", "age": "50", "bilirubin": "1.0", "inr": "1.0",
                "creatinine": "1.0", "sodium": "137", "albumin": "3.5"}, "7"),
    ("meld-3", {"sex": "male", "age": "14", "bilirubin": "1.0", "inr": "1.0",
                "creatinine": "1.0", "sodium": "137", "albumin": "3.5"}, "7"),
    ("meld-3", {"sex": "male", "age": "18", "bilirubin": "1.0", "inr": "1.0",
                "creatinine": "1.0", "sodium": "137", "albumin": "3.5"}, "6"),
    ("karvonen", {"age": "40", "rest": "60", "intensity": "50"}, "120"),
    ("ganzoni", {"weight": "50", "wanted": "15", "hb": "10.0"}, "1100"),
    ("free-water-deficit", {"sex": "male", "age": "40", "weight": "70", "sodium": "160"}, "6.0"),
    ("gcs", {"eye": "4", "verbal": "5", "motor": "6"}, "15"),
    ("average-glucose", {"hba1c": "7.0"}, "154"),
    ("pack-years", {"cigarettes": "20", "years": "30"}, "30.0"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "values", "result"), WORKED)
def test_a_formula_gives_what_was_worked_by_hand(id, values, result):
    assert FORMULAS[id].result(values) == result


def test_working_names_the_items_that_count():
    values = {"sex": "female", "age": "76", "failure": "no", "pressure": "yes", "diabetes": "no",
              "stroke": "yes", "vascular": "no"}  # fmt: skip
    score = FORMULAS["cha2ds2-vasc"]
    assert score.result(values) == "6"
    shown = "hypertension 1, age 2, previous stroke or TIA 2, female sex 1"
    assert show_working(score, values, "en") == shown
    assert show_working(FORMULAS["map"], {"sbp": "120", "dbp": "90"}, "zh") == "(120 + 2 × 90) ÷ 3"


@pytest.mark.parametrize(
    "text",
    [
        'calculate("BMI", weight=70 kg)',
        'calculate("BMI", height=1.75 m, weight=70 kg)',
        'calculate("BMI", weight=70 lb, height=1.75 m)',
        'calculate("BMI", weight=70, height=1.75 m)',
        'calculate("no such thing", weight=70 kg, height=1.75 m)',
        'calculate("BMI", weight=70 kg, height=1.75 m) and more',
        'equation("BMI", "__import__", 1)',
        'equation("BMI", "weight / 2", 1)',
        'lookup("Gout", "tests")',
    ],
)
def test_what_is_not_in_the_grammar_is_no_call(text):
    assert calls.parse_call(text, "en") is None


def test_an_equation_is_answered_without_the_registry():
    call = calls.parse_call('equation("creatinine", "106 / 88.4", 2)', "en")
    assert call == Equation("creatinine", "106 / 88.4", 2) and call.answer("en") == "1.20"


DISAGREE = {
    # a woman of 86 years with 0.5 of her weight as water, where 0.45 is usual at that age
    "equation.json:396:free-water-deficit",
    # sqrt(146 * 42 / 3600) is 1.305 and not 1.275; sqrt(155 * 79 / 3600) is 1.844 and not 1.804
    "equation.json:451:bsa-mosteller",
    "equation.json:480:bsa-mosteller",
    # 38.0 °C counted as above 38 °C; three criteria met and none counted
    "score.json:28:sirs",
    "score.json:50:sirs",
    # 65 years counted as above 65 years
    "score.json:34:has-bled",
    # 2 + 2 + 2 + 3 + 2 points given as 10
    "score.json:123:child-pugh",
    # a urea nitrogen of 18 mg/dL or a haemoglobin of 13 g/dL counted, where 18.2 and 13 are limits
    "score.json:311:glasgow-blatchford",
}
"""Items of the Chinese set whose stated answer is not what the published formula gives."""


@pytest.mark.real_data
def test_real_english_items_agree_within_their_limits(real_data):
    items = list(english(real_data))
    assert len(items) == 39 and all(item for _, item in items)
    assert [key for key, item in items if not item.agrees] == []


@pytest.mark.real_data
def test_real_chinese_items_agree_but_for_those_that_are_wrong(real_data):
    items = list(chinese(real_data))
    read = [item for _, item in items if item]
    assert (len(items), len(read)) == (225, 208)
    assert {item.key for item in read if not item.agrees} == DISAGREE


@pytest.mark.parametrize(
    ("id", "result", "says"),
    [
        ("anion-gap", "31", "now"),
        ("qtc-fridericia", "541", "now"),
        ("qtc-bazett", "512", "Fridericia"),
        ("mdrd", "11", "kidney failure"),
        ("cockcroft-gault", "9.0", "kidney failure"),
        ("corrected-calcium", "14.8", "emergency"),
        ("sodium-hillier", "119", "hospital now"),
        ("bicarbonate-gas", "7.5", "now"),
        ("osmolal-gap", "42", "now"),
        ("neutrophils", "0.31", "emergency"),
        ("pf-ratio", "88", "now"),
        ("shock-index", "1.40", "now"),
        ("map", "51", "now"),
    ],
)
def test_a_result_that_is_dangerous_says_what_to_do(id, result, says):
    formula = FORMULAS[id]
    band = formula.bands[formula.band(result)]
    assert says in band.en
    assert "须" in band.zh or "急症" in band.zh or "衰竭" in band.zh
