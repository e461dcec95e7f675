"""Kinds of evidence: by the publication type, else by what a title and a text say."""

import pytest

from knowledge.text.study_designs import kind_of_evidence, name_of_kind


@pytest.mark.parametrize(
    ("type", "title", "text", "kind"),
    [
        ("randomized controlled trial", "Rest", "", "randomized controlled trial"),
        ("systematic review", "Rest", "We randomly assigned rats.", "systematic review"),
        ("journal article", "", "Eighty sailors were randomly assigned to juice or water.",
         "randomized controlled trial"),
        ("", "Juice for gout: a systematic review and meta-analysis", "", "meta-analysis"),
        ("", "", "In a retrospective cohort study we looked at 300 charts.", "cohort study"),
        ("", "", "We retrospectively reviewed 40 patients.", "observational study"),
        ("", "", "We report a case of gout of the ear.", "case report"),
        ("", "", "Male Wistar rats received juice for a week.", "animal study"),
        ("", "", "本研究回顾性分析了40例患者。", "observational study"),
        ("", "", "将80例患者随机分为两组。", "randomized controlled trial"),
        ("journal article", "Gout", "Gout is treated with colchicine.", ""),
        ("", "", "Randomized trials have shown that rest helps.", ""),  # of others
    ],
)  # fmt: skip
def test_a_document_is_of_the_kind_that_it_says(type, title, text, kind):
    assert kind_of_evidence(type, title, text) == kind


def test_kinds_have_names_in_both_languages():
    assert name_of_kind("cohort study", "zh") == "队列研究"
    assert name_of_kind("cohort study", "en") == "cohort study"
