"""Longer names: a disease of which the base knows but a part is another disease."""

import pytest
from toy_questions import ask

from medchat.answering.longer_names import find_longer_names, unknown_names, words_that_matter


@pytest.mark.parametrize(
    ("question", "name", "is_kind"),
    [
        ("What is the treatment of tophaceous gout?", "tophaceous gout", True),
        ("How is valley fever treated?", "valley fever", True),
        ("What works for brittle asthma?", "brittle asthma", True),
        ("What are the symptoms of fever of the jungle?", "fever of the jungle", True),
        ("What are the symptoms of gout due to plumbism?", "gout due to plumbism", True),
        # what stands before the name is not its kind
        ("How is asthma bronchopathy treated?", "asthma bronchopathy", False),
        ("What causes nephropathy due to gout?", "nephropathy due to gout", False),
        ("假性痛风怎么治疗？", "假性痛风", True),
        ("痛风肾病怎么办？", "痛风肾病", False),
        ("胆碱能性哮喘有哪些症状？", "胆碱能性哮喘", True),  # 能 is no word of its own here
        ("哮喘并发纵隔气肿瘤怎么办？", "哮喘并发纵隔气肿瘤", True),
        ("痛风型脚气要做哪些检查？", "痛风型脚气", False),
        # a part of the body that the base knows by itself makes another disease as well
        ("What causes larynx asthma?", "larynx asthma", True),
        ("喉部哮喘怎么治疗？", "喉部哮喘", True),
        # or of which it knows nothing else
        ("What is the treatment of hereditary larynx palsy?", "hereditary larynx palsy", False),
        ("How is dislocation of the larynx treated?", "dislocation of the larynx", False),
        ("What are the symptoms of injury to the larynx?", "injury to the larynx", False),
        ("喉部狭窄怎么治疗？", "喉部狭窄", False),
        ("上喉部早搏怎么办？", "上喉部早搏", False),
        # what it came after, or what it is a sort of
        ("我妈妈产后哮喘怎么治疗？", "产后哮喘", True),
        ("痛风性发热有哪些症状？", "痛风性发热", True),
    ],
)
def test_a_longer_name_is_found_whole(question, name, is_kind):
    (found,) = find_longer_names(ask(question))
    assert (found.text, found.is_kind) == (name, is_kind)
    assert found.is_in(f"This is about {name}.") and not found.is_in(found.mention.text)


@pytest.mark.parametrize(
    "question",
    [
        "What is the treatment of gout?",
        "My father has gout, what should he avoid?",
        "What is the best first treatment of gout in elderly patients?",
        "How is asthma treated in pregnancy?",
        "Does allopurinol prevent gout?",
        "What complications can follow gout?",
        "Which department deals with asthma?",
        "He had gout ten years ago, what prevents another attack?",
        "妊娠期痛风怎么治疗？",
        "简单说一下痛风",
        "Is ibuprofen overdose dangerous?",  # medicines have no longer names
        "爸爸得了痛风怎么办？",
        "痛风患者可以喝酒吗？",
        "最近确诊哮喘，需要做哪些检查？",
        "儿童哮喘怎么治疗？",
        "What is the treatment of my child's gout?",
        "What works for recurrent gout?",
        "What helps gout?",
        "Which tests confirm asthma?",
        "What can be done against the gout?",
        "How is asthma treated when the larynx is swollen?",
        "What causes larynx problems?",
        "Which tests are done for the larynx?",
        "喉部要做哪些检查？",
        "喉部里长了东西怎么治疗？",
        "吃药以后发热怎么办？",
        "妊娠期哮喘怎么治疗？",
    ],
)
def test_words_that_make_no_other_disease_are_no_part_of_a_name(question):
    assert find_longer_names(ask(question)) == []


def test_words_that_matter_are_whole():
    assert words_that_matter("quickly cure knee pain is yoga", chinese=False) == [
        "knee pain", "yoga",
    ]  # fmt: skip
    assert words_that_matter("正，爬山，吃西柚", chinese=True) == ["爬山", "西柚"]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("How is allopurinol poisoning treated?", "allopurinol poisoning"),
        ("What are the signs of intoxication with ibuprofen?", "intoxication with ibuprofen"),
        ("布洛芬中毒怎么办？", "布洛芬中毒"),
    ],
)
def test_an_illness_by_a_substance_is_not_the_substance(question, name):
    (found,) = find_longer_names(ask(question))
    assert (found.text, found.is_kind) == (name, False)
    assert found.is_in("Toxicity is treated with fluids. 中毒者应洗胃。")
    assert not found.is_in("Ibuprofen relieves pain.")


def test_an_illness_after_another_has_that_as_its_cause():
    (found,) = find_longer_names(ask("How is asthma due to gout treated?"))
    assert found.text == "asthma due to gout" and found.cause is not None
    assert found.causes == frozenset(found.cause.entities)
    assert find_longer_names(ask("How is asthma with gout treated?")) == []


def test_a_word_makes_another_name_only_beside_it():
    (found,) = find_longer_names(ask("How is bone asthma treated?"))
    beside, apart = "asthma of the bone", "asthma is treated before any disease of a bone"
    assert found.stands_at(beside, 0, 6) and not found.stands_at(apart, 0, 6)


def test_a_germ_that_begins_as_a_disease_does_is_another_thing():
    names = find_longer_names(ask("痛风杆菌发热怎么治疗？"))
    assert ("痛风杆菌", False) in [(name.text, name.is_kind) for name in names]


def test_an_attack_is_acute():
    (found,) = find_longer_names(ask("How is acute gout treated?"))
    assert found.is_loose and found.is_in("An attack of gout is treated early.")
    assert not found.is_in("Gout is treated with allopurinol.")


@pytest.mark.parametrize(
    ("question", "text", "is_named"),
    [
        ("What causes vaginitis?", "vaginal bleeding", False),
        ("What causes oesophagitis?", "Esophagitis is common", True),
        ("What causes brown lipomas?", "a lipoma", True),
        ("我得了面神经炎怎么办？", "神经系统结核的疗程", False),
        ("我得了面神经炎怎么办？", "面神经炎用激素", True),
    ],
)
def test_a_name_of_which_no_part_is_known_stands_as_it_is(question, text, is_named):
    (name,) = unknown_names(question, "en" if question.isascii() else "zh")
    assert (name.search(text) is not None) == is_named
