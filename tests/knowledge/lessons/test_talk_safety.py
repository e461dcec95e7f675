"""What a doctor's answer says beside the facts: urgent where it must be, and nothing off topic."""

import random
import re

import pytest

from knowledge.lessons.facts import acute_kinds, urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.realize import case_plan, realizer, stock_fitness, topic_answer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.styles import chatdoctor, safety
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import AcuteWords
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Entity, Name

SHORT, LONG = Manner("plain", "short"), Manner("plain", "long")


def page(name, language, kind="condition", **groups):
    entity = Entity(f"{kind}:x", kind, (Name(name, language),))
    held = {relation: tuple(items) for relation, items in groups.items()}
    return FactPage(entity, language, name, name, held)


def text(words):
    said = words[:1].lower() + words[1:]
    return PageFact(f"f:{words}", words, said)


def named(kind, *names):
    return [PageFact(f"f:{each}", each, each, f"{kind}:{each}", kind) for each in names]


def told(own, relation, manner=SHORT, seed=1, **whom):
    answer = AnswerBuilder(own, random.Random(seed), **whom)
    topic_answer.tell(own, relation, manner, answer, random.Random(seed))
    return answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sugar_is_given_to_whoever_cannot_swallow(language):
    effect = named("symptom", "hypoglycaemia" if language == "en" else "低血糖")
    own = page("glipizide" if language == "en" else "格列吡嗪", language, "medicine",
               side_effect=effect)  # fmt: skip
    said = told(own, "side_effect")
    assert re.search("cannot swallow is given nothing|不能吞咽者，什么也不要喂", said), said


@pytest.mark.parametrize(
    ("name", "language", "effect", "needed"),
    [
        ("moxifloxacin", "en", "tendinitis", "taking no further dose"),
        ("莫西沙星", "zh", "跟腱断裂", "不要再用药"),
    ],
)
def test_a_tendon_that_hurts_ends_the_treatment(name, language, effect, needed):
    own = page(name, language, "medicine", side_effect=named("symptom", effect))
    for seed in range(12):
        said = told(own, "side_effect", seed=seed)
        assert needed in said
        assert "start or stop" not in said and "自己停药" not in said


@pytest.mark.parametrize(
    ("name", "language", "kind"),
    [
        ("guanfacine", "en", "pressure"),
        ("nadolol", "en", "heart"),
        ("lorazepam", "en", "sedative"),
        ("甲泼尼龙", "zh", "adrenal"),
        ("度洛西汀", "zh", "mood"),
        ("loratadine", "en", ""),
        ("替米沙坦", "zh", ""),
    ],
)
def test_what_harms_by_a_sudden_stop_says_so(name, language, kind):
    own = page(name, language, "medicine", side_effect=named("symptom", "嗜睡"))
    words = load(AcuteWords, language).stopping
    lines = words[kind] if kind else [each for every in words.values() for each in every]
    says = re.compile(any_of(tuple(lines), language, {}), re.IGNORECASE)
    assert bool(says.search(told(own, "side_effect"))) is bool(kind)
    assert not says.search(told(own, "side_effect", asker="colleague"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_way_of_stopping_has_words(language):
    assert set(load(AcuteWords, language).stopping) == set(acute_kinds.kinds("stopping"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("medication rash", "reaction"),
        ("药疹", "reaction"),
        ("basilar artery stenosis", "stroke"),
        ("椎-基底动脉供血不足", "stroke"),
        ("benign intracranial hypertension", "pressure"),
        ("renal insufficiency", "kidney"),
        ("阵发性心房颤动", "rhythm"),
        ("postnatal depression", "mind"),
        ("急性淋巴管炎", "skin"),
        ("chronic kidney failure", ""),
    ],
)
def test_what_may_turn_dangerous_is_known_by_name(name, kind):
    assert acute_kinds.kind_of(name) == kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pregnancy_is_no_topic_beside_interactions(language):
    english = language == "en"
    harm = text("It causes birth defects." if english else "可致胎儿畸形。")
    pair = named("medicine", "zinc" if english else "锌剂")
    felt = named("symptom", "a rash" if english else "皮疹")
    own = page("acitretin" if english else "阿维A", language, "medicine", pregnancy=[harm],
               interaction=pair, side_effect=felt)  # fmt: skip
    asked = "My sister takes it." if english else "我姐姐在用。"
    beside = {each: told(own, each, asked=asked) for each in ("interaction", "side_effect")}
    assert not re.search("birth defects|畸形", beside["interaction"])
    assert re.search("birth defects|畸形", beside["side_effect"])


def test_medicines_come_before_tests_where_they_were_asked_for():
    groups = {
        "test": named("test", "urate"),
        "first_line": named("medicine", "colchicine"),
        "medicine": named("medicine", "naproxen"),
        "treatment": named("treatment", "rest"),
    }
    own = page("gout", "en", **groups)
    for seed in range(8):
        for manner in (SHORT, LONG):
            steps = case_plan.plan_steps(
                own, "medicine", manner, random.Random(seed), asked_first=True
            )
            assert [each for each, _ in steps][:2] == ["first_line", "medicine"]


def test_causes_are_told_rather_than_what_raises_the_risk():
    own = page("peptic ulcer", "en", cause=named("condition", "infection"),
               risk_factor=named("condition", "smoking"))  # fmt: skip
    for seed in range(10):
        pick = random.Random(seed)
        assert case_plan.pick_further(own, "description", 3, pick) == ["cause"]


@pytest.mark.parametrize("name", ["menopause", "更年期"])
def test_nobody_is_harmed_who_has_a_time_of_life(name):
    language = "en" if name == "menopause" else "zh"
    groups = {
        "symptom": named("symptom", "潮热", "盗汗"),
        "treatment": named("treatment", "休息"),
        "department": named("department", "妇科"),
    }
    own = page(name, language, **groups)
    assert not any("harm" in forms for forms in safety.topics(own).values())
    ill = page("gout" if language == "en" else "痛风", language, **groups)
    assert any("harm" in forms for forms in safety.topics(ill).values())


@pytest.mark.parametrize(
    ("relation", "body", "sentence"),
    [
        ("pregnancy", "Among the safest in pregnancy", "Zopa is among the safest in pregnancy."),
        ("liver", "Can harm the liver", "Zopa can harm the liver."),
        ("renal", "Halve the dose in renal failure", "With zopa, halve the dose in renal failure."),
        ("children", "Dosed by weight in children", "Zopa is dosed by weight in children."),
    ],
)  # fmt: skip
def test_a_text_on_use_becomes_a_sentence(relation, body, sentence):
    for seed in range(6):
        pick = random.Random(seed)
        assert realizer.state_facts("zopa", relation, [text(body)], "en", pick) == sentence


def test_a_chinese_text_on_what_it_is_used_for_follows_the_name():
    for seed in range(6):
        pick = random.Random(seed)
        said = realizer.state_facts("特布他林", "children", [text("可用于儿童喘息")], "zh", pick)
        assert said == "特布他林可用于儿童喘息。"


def test_whoever_asks_to_be_told_is_no_patient_for_it():
    assert (
        stock_fitness.asker_of("I am revising. Could you tell me what gout is?", "en") == "reader"
    )
    assert stock_fitness.asker_of("It worries me. What is gout?", "en") == "patient"


def test_a_sudden_stop_is_spoken_of_once():
    about = text("A short-acting beta-blocker that must not be stopped suddenly")
    own = page("nadolol", "en", "medicine", description=[about])
    for seed in range(8):
        said = told(own, "description", manner=LONG, seed=seed)
        assert said.count("suddenly") == 1 and "start or stop" not in said


def test_chemotherapy_is_nobodys_to_stop_at_home():
    for name, language in (("docetaxel", "en"), ("吉西他滨", "zh")):
        assert not stock_fitness.is_self_taken(page(name, language, "medicine"))


@pytest.mark.parametrize(
    ("name", "language", "spread"),
    [
        ("typhoid fever", "en", "It spreads through food and water that stools have soiled."),
        ("伤寒", "zh", "经粪口途径传播。"),
    ],
)
def test_whether_it_spreads_is_answered_before_what_to_do(name, language, spread):
    felt = named("symptom", "fever", "headache") if language == "en" else named("symptom", "发热")
    own = page(name, language, transmission=[text(spread)], symptom=felt)
    lines = load(AcuteWords, language).condition["tropical"]
    act = re.compile(any_of(lines, language, {}), re.IGNORECASE)
    for seed in range(6):
        row = chatdoctor.write(own, "transmission", "told", random.Random(seed), SHORT)
        said = row.messages[-1].content
        found = act.search(said)
        assert found and found.start() > 5


@pytest.mark.parametrize(("name", "language"), [("mycophenolate", "en"), ("甲巯咪唑", "zh")])
def test_what_harms_the_unborn_is_not_told_without_it(name, language):
    own = page(name, language, "medicine", side_effect=named("symptom", "恶心"))
    says = re.compile("pregnancy is planned or possible|怀孕")
    assert says.search(told(own, "side_effect"))
    asked = {"en": "My father takes it.", "zh": "我父亲在用。"}[language]
    assert not says.search(told(own, "side_effect", asked=asked))
    other = page(
        "cefalexin" if language == "en" else "头孢氨苄", language, "medicine", **own.groups
    )
    assert not says.search(told(other, "side_effect"))


def test_a_single_use_is_told_as_one_of_several():
    for seed in range(20):
        pick = random.Random(seed)
        said = realizer.state_facts("Zopa", "medicine~", named("condition", "gout"), "en", pick)
        assert re.search(r"\bone\b", said, re.IGNORECASE), said


def test_whoever_is_about_to_take_it_hears_of_a_sudden_stop():
    use = named("condition", "panic disorder", "epilepsy", "agoraphobia")
    own = page("alprazolam", "en", "medicine", **{"medicine~": use})
    for seed in range(40):
        row = safety.write(own, "medicine~", "alike", random.Random(seed), SHORT)
        asked, said = (each.content for each in row.messages)
        taken = stock_fitness.asker_of(asked, "en") == "patient"
        assert ("stopped suddenly" in said) is taken, asked


@pytest.mark.parametrize("name", ["Infantile hypertrophic pyloric stenosis", "婴儿肥厚性幽门狭窄"])
def test_a_shut_stomach_of_an_infant_is_an_emergency(name):
    assert urgent_flags.is_grave_name(name)
    assert not urgent_flags.is_grave_name("Spinal stenosis")
    assert not urgent_flags.is_grave_name("腰椎管狭窄")
