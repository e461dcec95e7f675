"""Which part of a paper a sentence is, and which sentences answer a question on that part."""

import pytest

from knowledge.lessons.facts import paper_parts
from knowledge.records import Passage


def passages(*sections, language="en"):
    return [
        Passage(f"p{place}", "d", text, 0, len(text), section, language)
        for place, (section, text) in enumerate(sections)
    ]


def parts_of(*sections, language="en"):
    return [
        (each.part, each.words) for each in paper_parts.read(passages(*sections, language=language))
    ]


def test_a_section_on_background_and_aim_is_told_apart_by_sentences():
    known = "Falls are a frequent cause of fractures among residents of care homes."
    asked = "We assessed whether a weekly dance class lowers the number of falls there."
    assert parts_of(("Background", f"{known} {asked}")) == [("background", known), ("aim", asked)]


@pytest.mark.parametrize(
    "idle",
    [
        "The group consisted of 41 women and 37 men from nine care homes in the region.",
        "A total of 78 residents met the criteria and were included in the analysis.",
        "The mean age of the residents who danced was 81.4 years, with a wide range.",
        "The two groups were similar at baseline with respect to age and weight.",
        "Thirty-one residents (39.7%) were diagnosed with osteoporosis during the year.",
    ],
)
def test_who_took_part_is_no_finding(idle):
    told = "Residents who danced fell less often than those who did not (P = 0.02)."
    assert parts_of(("Results", f"{idle} {told}")) == [("result", told)]


def test_how_figures_were_tested_is_no_approach_and_a_wish_for_studies_no_conclusion():
    done = "Residents of nine homes danced once a week for a year under a therapist."
    tested = "Differences were tested with logistic regression in a common package."
    shown = "Weekly dancing is feasible in care homes and may lower the number of falls."
    wish = "Larger studies are needed before this can be recommended everywhere."
    found = parts_of(("Methods", f"{done} {tested}"), ("Conclusions", f"{shown} {wish}"))
    assert found == [("method", done), ("conclusion", shown)]


def test_a_page_on_a_subject_is_no_study():
    text = "Gout is treated with anti-inflammatory medicines and, later, with allopurinol."
    read = paper_parts.read(passages(("Summary", text)))
    assert [each.part for each in read] == ["summary"]
    assert not paper_parts.is_study(read)


def test_headings_within_a_chinese_abstract_name_its_parts_and_are_not_quoted():
    text = (
        "目的 观察每周一次舞蹈课对养老院老人跌倒次数的影响.方法 将78名老人随机分为两组,"
        "舞蹈组每周上课一次,对照组照常生活,随访一年.结果 舞蹈组跌倒次数明显少于对照组"
        "(P<0.05).结论 每周一次舞蹈课可减少养老院老人的跌倒次数."
    )
    found = parts_of(("", text), language="zh")
    assert [part for part, _ in found] == ["aim", "method", "result", "conclusion"]
    assert not any(words.startswith(("目的", "方法", "结果", "结论")) for _, words in found)
    assert all(words in text for _, words in found)


def test_of_a_text_without_parts_only_its_ends_are_known():
    first = "A man of forty came with a swollen knee after a day of work in the garden."
    last = "The knee was well again after two weeks without any treatment at all."
    assert parts_of(("", f"{first} It was warm and red. {last}")) == [
        ("first", first),
        ("last", last),
    ]


def test_sections_of_an_abstract_in_a_full_text_are_parts_and_tables_are_none():
    shown = "Residents who danced fell less often than those who did not (P = 0.02)."
    cells = "Falls per year, dancers: 0.8; others: 1.4; difference: 0.6; P = 0.02; all."
    assert parts_of(("Abstract: Results", shown), ("Results: Table 2", cells)) == [
        ("result", shown)
    ]


def test_secondary_aims_are_left_to_the_first():
    first = "The aim was to see whether a weekly dance class lowers the number of falls."
    second = "The secondary objective was to see whether the residents liked their class."
    assert parts_of(("Objective", f"{first} {second}")) == [("aim", first)]
