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


def test_of_a_full_text_the_opening_of_a_section_or_the_problem_is_the_background():
    opening = "Falls are the most frequent accident of residents of care homes in every country."
    detail = "Bones of the forearm are made of a hard outer layer and a soft core of marrow."
    problem = "It remains unclear whether dancing lowers the number of falls of older people."
    problem = problem.replace("It remains", "Whether dancing helps remains", 1)
    pointing = "Few studies have looked at these methods in homes with such a number of residents."
    section = f"{opening} {detail} {problem} {pointing}"
    assert parts_of(("Introduction", section)) == [("background", opening), ("background", problem)]


@pytest.mark.parametrize(
    "loose",
    [
        "Secondly, decision analytic methods set costs against years of life in homes.",
        "In this respect, the floor of the dancing hall was of more interest than shoes.",
        "In both groups, the number of falls went down over the year of observation.",
        "One explanation for this is that residents who dance are younger than others.",
        "Its effect on the number of falls of residents was seen after three months.",
    ],
)
def test_a_sentence_that_points_at_another_is_not_quoted(loose):
    told = "Residents who danced fell less often than those who did not (P = 0.02)."
    assert parts_of(("Results", f"{loose} {told}")) == [("result", told)]


@pytest.mark.parametrize(
    "other",
    [
        "Dance classes aimed at stronger legs are the first choice for most residents.",
        "Residents often sought help from a nurse after they had fallen in their room.",
        "A recent review found that most programmes had the objective of stronger legs.",
        "The primary goal of rehabilitation is to keep residents on their own two feet.",
    ],
)
def test_the_aim_is_what_the_study_wanted(other):
    aim = "The aim of this study was to see whether a weekly dance class lowers falls."
    found = parts_of(("Objective", f"{other} {aim}"))
    assert [words for part, words in found if part == "aim"] == [aim]


def test_a_hypothesis_is_the_aim_only_where_no_aim_is_stated():
    guess = "We hypothesised that residents who dance fall less often than the others."
    aim = "The aim of this study was to see whether a weekly dance class lowers falls."
    assert parts_of(("Objective", guess)) == [("aim", guess)]
    assert parts_of(("Objective", f"{guess} {aim}")) == [("aim", aim)]


@pytest.mark.parametrize(
    "detail",
    [
        "The permission for the study was received from the authority of the province.",
        "The detection limit of the assay for vitamin D in serum was four nanomoles.",
        "The cuff of the tube was made in Germany and filled with air by hand each time.",
        "Residents were told to wear flat shoes and to drink a glass of water before.",
    ],
)
def test_the_design_is_the_approach_and_a_detail_is_none(detail):
    design = "Residents of nine homes were randomised to a weekly dance class or usual care."
    assert parts_of(("Methods", f"{detail} {design}")) == [("method", design)]
    assert not [part for part, _ in parts_of(("Methods", detail)) if part == "method"]


@pytest.mark.parametrize(
    "none",
    [
        "A new trial of dancing in care homes is being developed by the same group.",
        "The trial will be of help to those who run care homes in the whole region.",
        "If successful, the class could be offered in each care home of the region.",
        "We have studied residents of nine homes to assess the effect of dancing on falls.",
    ],
)
def test_a_plan_is_no_conclusion(none):
    claim = "Weekly dancing is feasible in care homes and may lower the number of falls."
    assert parts_of(("Conclusions", f"{claim} {none}")) == [("conclusion", claim)]
    assert not [part for part, _ in parts_of(("Conclusions", none)) if part == "conclusion"]


@pytest.mark.parametrize(
    "empty",
    [
        "The difference was statistically significant after one year (P = 0.02).",
        "There was no significant difference between the two groups at that time.",
        "There were more women than men in the group that danced (gender imbalance).",
        "The groups did not differ with regard to demographic data or body weight.",
    ],
)
def test_a_result_says_what_differed(empty):
    told = "Residents who danced fell less often than those who did not (P = 0.02)."
    assert parts_of(("Results", f"{empty} {told}")) == [("result", told)]


def test_a_part_is_quoted_from_the_abstract_where_it_has_one():
    shown = "Weekly dancing lowers the number of falls of residents of care homes."
    later = "Weekly dancing is safe for residents who walk without help of any kind."
    found = parts_of(("Abstract: Conclusions", shown), ("Conclusions", later))
    assert found == [("conclusion", shown)]


@pytest.mark.parametrize(
    "idle",
    [
        "Our observations give new insights into the ways in which people come to fall.",
        "We hope that this report will encourage other homes to offer dancing as well.",
    ],
)
def test_a_conclusion_that_says_nothing_is_none(idle):
    shown = "Weekly dancing is feasible in care homes and may lower the number of falls."
    assert parts_of(("Conclusions", f"{shown} {idle}")) == [("conclusion", shown)]
    assert "conclusion" not in [part for part, _ in parts_of(("Conclusions", idle))]


@pytest.mark.parametrize(
    "earlier",
    [
        "In our previous trial we assessed whether a walking group lowers falls at home.",
        "Holm et al. aimed to compare dancing with walking in two homes of the region.",
    ],
)
def test_the_aim_of_an_earlier_trial_is_not_that_of_the_paper(earlier):
    asked = "We assessed whether a weekly dance class lowers the number of falls there."
    read = parts_of(("Background", f"{earlier} {asked}"))
    assert [words for part, words in read if part == "aim"] == [asked]
