"""Questions are read as they are meant: spelling, short forms, relation, denied findings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.graph.linker import KnownName, Linker
from knowledge.ingest import starter
from knowledge.search.query_parser import ParsedQuery, parse_query
from knowledge.search.reading import reading_tables as tables
from knowledge.search.reading.question_reading import read_question
from knowledge.text.chinese_spelling import AlikeCharacters
from knowledge.text.names import language_of, normalise
from knowledge.text.spelling import SpellingCorrector, count_wrong_letters

CASES = Path(__file__).resolve().parents[3] / "cases" / "question_readings.yaml"
QUESTIONS: list[dict[str, Any]] = yaml.safe_load(CASES.read_text(encoding="utf-8"))
_FIELDS = {
    "symptom": "symptom", "sign": "symptom", "cause": "factor", "risk_factor": "factor",
    "test": "test", "treatment": "treatment", "medicine": "medicine", "complication": "condition",
    "side_effect": "symptom", "contraindication": "condition", "interaction": "medicine",
}  # fmt: skip


@pytest.fixture(scope="module")
def linker() -> Linker:
    """Return the names of the starter's records, with the drug classes of its medicines."""
    names: dict[tuple[str, str], KnownName] = {}
    classes: list[tuple[str, str]] = []
    for path in sorted(Path(starter.__file__).parent.glob("*.yaml")):
        for record in yaml.safe_load(path.read_text(encoding="utf-8"))["records"]:
            id = f"{record['kind']}:{record['en'][0]}"
            for text, kind, owner in _names_of(record, id):
                key = (normalise(text), owner)
                names.setdefault(key, KnownName(owner, kind, text, key[0], language_of(text), True))
            classes += [(id, each.split(" = ")[0]) for each in record.get("drug_class", ())]
    return Linker(names.values()).related_by(lambda one, other: {}, lambda: classes)


def _names_of(record: dict[str, Any], id: str) -> Iterator[tuple[str, str, str]]:
    for text in (*record["en"], *record.get("zh", ())):
        yield text, record["kind"], id
    for field, kind in _FIELDS.items():
        for value in record.get(field, ()):
            english = value.split(" = ")[0]
            for text in value.split(" = "):
                yield text, kind, f"{kind}:{english}"


def _asked(parsed: ParsedQuery) -> list[str]:
    return [ask.relation + "~" * ask.inverse for ask in parsed.asks if ask.is_clear]


@pytest.mark.parametrize("case", QUESTIONS, ids=lambda case: case["q"])
def test_a_question_is_read_as_it_is_meant(linker: Linker, case: dict[str, Any]) -> None:
    parsed = parse_query(case["q"], linker)
    assert parsed.text == case.get("text", case["q"])
    if "asks" in case:
        assert _asked(parsed) == case["asks"]
    named = [mention.text for mention in parsed.mentions]
    assert [name for name in case.get("names", ()) if name not in named] == []


@pytest.mark.parametrize("case", QUESTIONS, ids=lambda case: case["q"])
def test_what_was_read_is_not_read_otherwise_again(linker: Linker, case: dict[str, Any]) -> None:
    parsed = parse_query(case["q"], linker)
    again = parse_query(parsed.text, linker)
    assert (again.text, again.readings) == (parsed.text, ())


GENERICS = Linker(
    KnownName(f"medicine:{name}", "medicine", name, normalise(name), language_of(name), True)
    for name in (
        *(
            "warfarin",
            "lisinopril",
            "clopidogrel",
            "omeprazole",
            "paracetamol",
            "lung cancer",
            "heart failure",
        ),
        *("二甲双胍", "非洛地平", "对乙酰氨基酚", "华法林"),
    )
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Zestril side effects", "lisinopril side effects"),
        ("Can Plavix be taken with Losec?", "Can clopidogrel be taken with omeprazole?"),
        ("coumadine interactions", "warfarin interactions"),
        ("格华止什么人不能吃", "二甲双胍什么人不能吃"),
        ("波依定的副作用", "非洛地平的副作用"),
        ("Coumadin能和酒一起喝吗", "华法林能和酒一起喝吗"),
        ("现代文学里的疾病，可定期复查", "现代文学里的疾病，可定期复查"),
    ],
)
def test_brand_names_are_read_as_generic_ones(written: str, read: str) -> None:
    assert read_question(written, GENERICS).text == read


def test_a_brand_that_the_base_names_is_left_to_it() -> None:
    known = Linker([_name("medicine:warfarin", "Coumadin")])
    assert read_question("Coumadin interactions", known).readings == ()


def test_what_was_read_otherwise_is_told_from_what_was_written() -> None:
    readings = read_question("symtoms of Coumadine", GENERICS).readings
    assert [(each.written, each.read, each.sort) for each in readings] == [
        ("symtoms", "symptoms", "spelling"),
        ("Coumadine", "warfarin", "brand"),
    ]
    (wider,) = read_question("LVF treatment", GENERICS).readings
    assert (wider.read, wider.meant) == ("heart failure", "left ventricular failure")
    (whole,) = read_question("SCLC treatment", GENERICS).readings
    assert (whole.read, whole.meant) == ("small cell lung cancer", "")
    (product,) = read_question("泰诺的副作用", GENERICS).readings
    assert (product.read, product.sort) == ("对乙酰氨基酚", "product")


def _name(id: str, text: str) -> KnownName:
    return KnownName(id, id.partition(":")[0], text, normalise(text), language_of(text), True)


def test_no_name_of_the_starter_is_read_as_another_one(linker: Linker) -> None:
    """The names that the base holds stay as they are, each asked about in a question."""
    texts = [name for name in sorted(linker.names) if len(name) > 3][::7]
    changed = {
        text: read.text for text in texts for read in [read_question(text, linker)] if read.readings
    }
    assert changed == {}


@pytest.mark.parametrize(
    ("question", "members"),
    [
        ("When should I not give beta blockers?", {"propranolol", "bisoprolol"}),
        ("side effects of statins", {"simvastatin", "atorvastatin"}),
        ("他汀类的副作用", {"simvastatin", "atorvastatin"}),
        ("SSRIs in pregnancy", {"sertraline", "fluoxetine"}),
        ("Are ACE-inhibitors safe?", {"ramipril", "lisinopril"}),
        ("头孢类过敏", {"ceftriaxone"}),
    ],
)
def test_a_class_stands_for_its_members(linker: Linker, question: str, members: set[str]) -> None:
    found = {id.partition(":")[2] for id in parse_query(question, linker).members}
    assert members <= found
    assert "paracetamol" not in found


def test_opioids_are_no_paracetamol_and_no_antidote(linker: Linker) -> None:
    found = {id.partition(":")[2] for id in parse_query("opioids and driving", linker).members}
    assert "morphine" in found
    assert not found & {"paracetamol", "naloxone"}


def test_kinds_and_heads_may_answer_for_a_name(linker: Linker) -> None:
    kinds = {id.partition(":")[2] for id in linker.relatives("pneumonia")}
    assert "Community-acquired pneumonia" in kinds
    heads = {id.partition(":")[2] for id in linker.relatives("Heart failure in pregnancy")}
    assert any("heart failure" in head.lower() for head in heads)


def test_the_tables_are_whole_and_name_nothing_twice() -> None:
    rows = tables._read("abbreviations")
    shorts = [
        short.lower()
        for row in (*rows["names"], *rows["others"], *rows["dosing"])
        for short in row.split(" = ")[0].removeprefix("!").split(", ")
    ]
    shorts += [row["short"].removeprefix("!").lower() for row in rows["ambiguous"]]
    brands = [
        brand.lower()
        for row in tables._read("brands")["medicines"]
        for brand in row.split(" = ")[1].split(", ")
    ]
    every = shorts + brands
    assert len(shorts) > 350
    assert len(brands) > 600
    assert {each for each in every if every.count(each) > 1} == set()
    for form in tables.short_forms().values():
        for meaning in form.meanings:
            assert language_of(meaning.names["en"]) == "en", form.text
            assert meaning.names["zh"], form.text
            assert form.text.lower() not in {name.lower() for name in meaning.names.values()}


def test_every_relation_of_the_patterns_exists_and_each_pattern_needs_a_name() -> None:
    from knowledge.vocabulary import RELATIONS

    for row in tables.asked():
        assert row["relation"] in RELATIONS
        for language in ("en", "zh"):
            assert row[language], row["relation"]


def test_a_word_is_corrected_by_letters_and_by_sound_and_no_other() -> None:
    spelling = SpellingCorrector({"pneumonia", "amoxicillin", "prednisone"})
    assert spelling.candidates("numonia") == {"pneumonia": 2}
    assert spelling.candidates("monia") == {}
    assert spelling.candidates("amoxycilin") == {"amoxicillin": 2}
    assert spelling.candidates("prednisolone") == {}
    assert spelling.candidates("amoxicillin") == {}
    assert count_wrong_letters("hypertension", "hypotension", 3) == 2


def test_characters_are_alike_by_sound_and_by_shape() -> None:
    alike = AlikeCharacters("炎癌胍治", ["冶治"])
    assert set(alike.like("燕")) == {"炎", "癌"}
    assert alike.like("燕")["炎"] < alike.like("燕")["癌"]
    assert set(alike.like("瓜")) == {"胍"}
    assert set(alike.like("冶")) == {"治"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("type 1 and type 2 diabetes", "type 1 diabetes and type 2 diabetes"),
        ("How do hepatitis B and C differ?", "How do hepatitis B and hepatitis C differ?"),
        ("1型和2型糖尿病有什么区别？", "1型糖尿病和2型糖尿病有什么区别？"),
        ("gout and asthma", "gout and asthma"),
        ("fever and cough in pneumonia", "fever and cough in pneumonia"),
        ("哮喘和痛风", "哮喘和痛风"),
    ],
)
def test_joined_names_are_read_whole(linker: Linker, written: str, read: str) -> None:
    question = read_question(written, linker)
    assert question.text == read
    assert not any(reading.told for reading in question.readings)
