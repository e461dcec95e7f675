"""Which capitals English names keep within a sentence."""

import pytest

from knowledge.lessons.realize import articles, letter_case

COMMON = frozenset(["granulomatosis", "neoplasms", "agitation", "sleep", "common", "linked"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Wegener Granulomatosis", "Wegener granulomatosis"),
        ("Breast Neoplasms", "breast neoplasms"),
        ("Psychomotor Agitation", "psychomotor agitation"),
        ("Acromegaly", "acromegaly"),
        ("Bernard-Soulier Syndrome", "Bernard-Soulier syndrome"),
        ("Exercise-Induced Asthma", "exercise-induced asthma"),
        ("X-Linked Ichthyosis", "X-linked ichthyosis"),
        ("Susac Syndrome", "Susac syndrome"),
        ("Empty sella syndrome", "empty sella syndrome"),
        ("Rocky Mountain Spotted Fever", "Rocky Mountain spotted fever"),
        ("Serratia Infections", "Serratia infections"),
        ("Plasmodium ovale Malaria", "Plasmodium ovale malaria"),
        ("HIV Infections", "HIV infections"),
        ("Crohn's Disease", "Crohn's disease"),
        ("Hepatitis B", "hepatitis B"),
        ("Factor IX deficiency", "factor IX deficiency"),
    ],
)
def test_headings_lose_the_capitals_that_say_nothing(name, said):
    assert letter_case.lower_heading(name, COMMON) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Zafirlukast", "zafirlukast"),
        ("Bismuth Subsalicylate", "bismuth subsalicylate"),
        ("Interferon beta-1a", "interferon beta-1a"),
        ("GENTAMICIN C1A", "gentamicin C1A"),
        ("L-DOPA", "L-DOPA"),
        ("St John's wort", "St John's wort"),
        ("Augmentin", "Augmentin"),
        ("ACE inhibitors", "ACE inhibitors"),
        ("Epsom salts", "Epsom salts"),
    ],
)
def test_medicines_are_small_unless_they_are_brands(name, said):
    assert letter_case.within_sentence(name, "medicine", "en", COMMON) == said


def test_the_common_cold_has_its_article():
    said = letter_case.within_sentence("Common cold", "condition", "en", COMMON)
    assert said == "the common cold"
    assert articles.without_article(said) == "common cold"
