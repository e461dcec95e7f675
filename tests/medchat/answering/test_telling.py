"""Facts told as sentences, for every relation and language, and the order of an answer's parts."""

from collections import namedtuple

import pytest

from knowledge.graph import verbalize
from knowledge.vocabulary import INVERSE, RELATIONS
from medchat.answering import telling
from medchat.answering.answer import Evidence

SIDES = [
    (relation.id, inverse, language)
    for relation in RELATIONS.values()
    for inverse in ((False,) if relation.symmetric or relation.object is None else (False, True))
    for language in ("en", "zh")
]
Mention = namedtuple("Mention", "start end text entities")
NAMES = {"en": ("Vexilosis", ["Alpha pain", "beta rash"]), "zh": ("维西洛症", ["甲痛", "乙疹"])}


def line(relation, objects, language, inverse=False, subject=""):
    text = verbalize.evidence_line(
        subject or NAMES[language][0], relation, objects, language, inverse=inverse
    )
    id = f"{relation}{INVERSE if inverse else ''}"
    return Evidence(
        "fact", f"condition:x#{id}", "", text, 0, len(text), language,
        subject="condition:x", relation=id,
    )  # fmt: skip


def find(text):
    known = {name: f"x:{name}" for _, objects in NAMES.values() for name in objects}
    known |= {subject: "condition:x" for subject, _ in NAMES.values()}
    at = [(text.casefold().find(name.casefold()), name) for name in known]
    return [Mention(i, i + len(name), name, (known[name],)) for i, name in at if i >= 0]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(("relation", "inverse", "language"), SIDES)
def test_every_relation_is_told_as_a_sentence_that_its_line_supports(
    relation, inverse, language, count
):
    subject, objects = NAMES[language]
    piece = line(relation, objects[:count], language, inverse)
    told = telling.tell(piece, find, {"alpha"})
    assert told != piece.text and "—" not in told
    assert told.endswith("。" if language == "zh" else ".")
    assert subject.casefold() in told.casefold()
    assert all(each.casefold() in told.casefold() for each in objects[:count])


@pytest.mark.parametrize(
    ("subject", "relation", "objects", "inverse", "language", "told"),
    [
        ("Gout", "first_line", ["naproxen", "colchicine"], False, "en",
         "First-line treatments for gout include naproxen and colchicine."),
        ("痛风", "first_line", ["萘普生", "秋水仙碱", "泼尼松龙"], False, "zh",
         "痛风的一线治疗包括萘普生、秋水仙碱和泼尼松龙。"),
        ("Kidney stones", "symptom", ["Flank pain"], False, "en",
         "A symptom of kidney stones is flank pain."),
        ("Natriuretic peptides", "test", ["Heart failure"], True, "en",
         "Natriuretic peptides are used to investigate heart failure."),
        ("lithium", "dose_limit", ["Use the lowest dose that works."], False, "en",
         "Dose of lithium: use the lowest dose that works."),
        ("Sepsis", "red_flag", ["Mottled skin is an emergency.", "Do not delay antibiotics."],
         False, "en",
         "Red flags in sepsis: mottled skin is an emergency; do not delay antibiotics."),
        ("paracetamol", "dose_limit",
         ["In children no more than 60 mg/kg.", "The maximum for adults is 4 g."], False, "en",
         "Dose of paracetamol: the maximum for adults is 4 g; in children no more than 60 mg/kg."),
        ("Scarlet fever", "cause", ["Streptococcus pyogenes"], False, "en",
         "A cause of scarlet fever is Streptococcus pyogenes."),
        ("Coumadin", "description", ["An oral medicine whose effect is reversed by vitamin K."],
         False, "en", "Coumadin is an oral medicine whose effect is reversed by vitamin K."),
        ("疥疮", "first_line", ["硫磺软膏"], False, "zh", "疥疮的一线治疗是硫磺软膏。"),
        ("猩红热", "cause", ["化脓性链球菌"], False, "zh", "猩红热的病因有化脓性链球菌。"),
        ("肺栓塞", "medicine", ["低分子肝素", "肝素"], False, "zh",
         "用于肺栓塞的药物包括低分子肝素和肝素。"),
        ("Asthma", "description", ["A chronic disease of the airways."], False, "en",
         "Asthma is a chronic disease of the airways."),
        ("运动治疗", "first_line", ["骨关节炎"], True, "zh", "运动治疗是骨关节炎的一线治疗。"),
        ("Crohn's disease", "sign", ["Auspitz sign", "joint swelling"], False, "en",
         "Signs of Crohn's disease include Auspitz sign and joint swelling."),
    ],
)  # fmt: skip
def test_facts_are_told_in_running_text(subject, relation, objects, inverse, language, told):
    assert telling.tell(line(relation, objects, language, inverse, subject), find) == told


@pytest.mark.parametrize(
    ("relation", "objects", "language", "told"),
    [
        ("medicine", ["naproxen", "febuxostat", "allopurinol"], "en",
         "Other medicines used for gout include febuxostat and allopurinol."),
        ("treatment", ["naproxen", "rest"], "en", "Another treatment for gout is rest."),
        ("treatment", ["Naproxen"], "en", ""),
        ("medicine", ["萘普生", "非布司他", "别嘌醇"], "zh",
         "用于痛风的其他药物包括非布司他和别嘌醇。"),
        ("treatment", ["萘普生", "休息"], "zh", "痛风的其他治疗有休息。"),
    ],
)  # fmt: skip
def test_what_was_told_as_treatment_is_not_told_again(relation, objects, language, told):
    piece = line(relation, objects, language, subject={"en": "Gout", "zh": "痛风"}[language])
    assert telling.tell(piece, find, before={"naproxen", "萘普生"}) == told


def test_a_long_list_is_told_whole():
    names = [f"medicine {letter}" for letter in "abcdefghijkl"]
    told = telling.tell(line("interaction", names, "en", subject="Warfarin"), find)
    assert all(name in told for name in names)


def test_what_is_no_line_of_facts_is_told_as_it_stands():
    piece = line("symptom", ["thirst"], "en")
    other = Evidence("fact", piece.id, "", "Thirst", 0, 6, "en", subject="x", relation="symptom")
    assert telling.tell(other, find) == "Thirst."


@pytest.mark.parametrize(("language", "told"), [
    ("en", "Symptoms of vexilosis: Alpha pain; beta rash."), ("zh", "维西洛症的症状：甲痛；乙疹。")
])  # fmt: skip
def test_a_line_of_which_no_sentence_is_made_is_told_with_its_label_first(
    language, told, monkeypatch
):
    monkeypatch.setattr(telling, "_is_supported", lambda *_: False)
    assert telling.tell(line("symptom", NAMES[language][1], language), find) == told
