"""What of an English text is told as what something is."""

import re
from importlib.resources import files

import pytest
import yaml

from knowledge.lessons.facts import definitions

RULES = yaml.safe_load(
    files("knowledge.lessons.facts").joinpath("definitions.yaml").read_text("utf-8")
)


def test_every_pattern_compiles():
    for alternatives in RULES.values():
        assert re.compile("|".join(alternatives))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Rosacea (from Latin rosaceus, rose-coloured) is a lasting redness of the face. The "
            "name was coined in 1812. It comes in flares.",
            "Rosacea is a lasting redness of the face.",
        ),
        (
            "Tinnitus is a sound in the ears. It can be soft or loud. About 50 million people "
            "have it in the United States.",
            "Tinnitus is a sound in the ears. It can be soft or loud.",
        ),
        ("A lasting redness of the face", "A lasting redness of the face"),
        (
            "A stye is a red lump at the edge of the eyelid. Most styes clear without",
            "A stye is a red lump at the edge of the eyelid.",
        ),
        ("Vertigo /ˈvɜːtɪɡəʊ/ is a feeling of turning.", "Vertigo is a feeling of turning."),
    ],
)
def test_history_names_and_statistics_are_left_out(text, told):
    assert definitions.told(text) == told
    assert definitions.told(told) == told


def test_a_long_text_is_told_up_to_a_whole_sentence():
    text = " ".join(f"Gout is a painful swelling of a joint, part {number}." for number in range(9))
    told = definitions.told(text)
    assert len(told) <= definitions.LONGEST < len(text) and told.endswith(".")


@pytest.mark.parametrize(
    ("text", "name", "fit"),
    [
        (
            "Cystitis is an inflammation of the bladder that makes passing water hurt.",
            "cystitis",
            1,
        ),
        (
            "Back pain is pain felt in the muscles, nerves or joints of the spine.",
            "long back pain",
            0,
        ),
        ("Giardia is a parasite that lives in the bowel of many animals.", "giardiasis", 0),
        ("Inflammation of the bladder that makes passing water burn or hurt.", "cystitis", 1),
        ("Breaks of the bone of the upper arm and of the collar bone as well.", "fracture", 0),
        ("A disease in which the lining of the bowel is harmed by gluten from food.", "sprue", 1),
        ("A bladder cancer that occurs in childhood.", "childhood bladder cancer", 0),
        ("A skin cancer that derives from the cells that give the skin its colour.", "melanoma", 0),
        ("A cold that has symptom cough, has symptom fever and has symptom aches.", "cold", 0),
        (
            "The bladder is an organ that holds urine before it leaves the body.",
            "bladder disorder",
            0,
        ),
        ("Hives, also known as nettle rash, are itchy raised welts on the skin.", "nettle rash", 1),
        ("A sarcoma with SS18 fusion that grows in the soft tissue of a limb.", "sarcoma", 0),
    ],
)
def test_a_definition_is_a_sentence_on_the_thing_itself(text, name, fit):
    assert definitions.is_told(text, (name,)) == bool(fit)


def test_a_text_on_something_else_is_not_even_shown():
    assert not definitions.is_about("A prom is a dance at the end of school.", ("torn membrane",))
    assert definitions.is_about("A dance at the end of school.", ("prom",))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The wrist joint connects your hand to your arm.", "wrist disorder"),
        ("The kidney is an organ that filters blood.", "kidney disorder"),
        ("Do you feel a humming or buzzing in one of your legs?", "humming of unknown cause"),
        ("Measles is a play in three acts, first produced in 1931.", "measles"),
        ("Bowel prolapse is a slipping of the bowel out of its place.", "bowel blockage"),
        ("Rust is a plant disorder that is seen on the leaves of old roses.", "rust"),
        ("Vitamins are substances that a body needs in small amounts.", "vitamin deficiency"),
    ],
)
def test_a_text_on_a_part_a_cause_or_a_namesake_is_not_shown(text, name):
    assert not definitions.is_about(text, (name,))
    assert not definitions.is_told(text, (name,))


@pytest.mark.parametrize(
    "rest",
    [
        "Tears of few fibres are called first-degree tears.",
        "There are three main types: the first is the partial tear.",
        "They are classified by how deep they go.",
        "Bones slide over the internal functionaries of the joint.",
    ],
)
def test_a_text_ends_before_it_classifies_or_is_garbled(rest):
    whole = "A sprain is a tear of a ligament that follows a sudden twist of a joint."
    assert definitions.told(f"{whole} {rest} It heals in weeks.") == whole


def test_a_definition_in_words_of_no_field_is_not_told():
    text = "A sprain is a tear of the functionaries of a joint that follows a sudden twist."
    assert not definitions.is_told(text, ("sprain",))


@pytest.mark.parametrize(
    ("text", "name", "fit"),
    [
        ("Keratitis is a condition of the outer eye.", "keratitis", False),
        ("Mastitis is a disorder of the breast and a form of inflammation.", "mastitis", False),
        (
            "Keratitis is a condition of the outer eye in which the cornea is inflamed and hurts.",
            "keratitis",
            True,
        ),
    ],
)
def test_a_place_alone_defines_no_condition(text, name, fit):
    assert definitions.is_told(text, (name,)) == fit


def test_a_garbled_sentence_ends_what_is_told():
    text = "Gout is a painful swelling of joints. It comes from a lack in numerical development."
    assert definitions.told(text) == "Gout is a painful swelling of joints."


@pytest.mark.parametrize(
    ("text", "name", "fit"),
    [
        (
            "Cluster headache, or suicide headache, is a severe pain around one eye.",
            "headache",
            False,
        ),
        ("Frostbite is damage of the skin by cold that can end in amputation.", "frostbite", False),
        (
            "Heartburn is a chronic symptom of mucosal damage by acid from below.",
            "heartburn",
            False,
        ),
        (
            "Frostbite is damage of the skin and the tissue below it by severe cold.",
            "frostbite",
            True,
        ),
    ],
)
def test_nobody_is_frightened_by_what_something_is(text, name, fit):
    assert definitions.is_told(text, (name,)) is fit
