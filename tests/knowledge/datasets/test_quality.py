"""Test the quality score of rows: each rule on rows that break it, and on rows that do not."""

import json
from pathlib import Path

import pytest
import quality_score
from toy_lessons import opened

from knowledge.datasets import quality
from knowledge.datasets.quality import LeastQuality
from knowledge.errors import KnowledgeError
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import FILES, check, read_lessons
from knowledge.records import Lesson, LessonMessage, LessonSource

SOUND = {
    "en": (
        "Doctor, my knee has been swollen since Monday. What could it be?",
        "A swollen knee speaks for gout, because it is one of its symptoms. Blood tests can "
        "confirm it, so please have them done this week.",
    ),
    "zh": (
        "医生，我的膝盖从周一起肿了，可能是什么病？",
        "膝盖肿是痛风的表现之一，因此要考虑痛风。可以先验血，以便明确诊断。",
    ),
}


def row(language, asked=None, answer=None, *, style="chatdoctor", quotes=(), **meta):
    own = SOUND[language]
    messages = (
        LessonMessage("user", asked or own[0]),
        LessonMessage("assistant", answer or own[1]),
    )
    sources = tuple(LessonSource("fact", "fact:1", quote) for quote in quotes)
    return Lesson("id", messages, language, style, sources, (), "condition:1", "CC0-1.0", meta)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sound_row_breaks_no_rule(language):
    assert quality.broken(row(language)) == []
    assert quality.score(row(language)) > 60


@pytest.mark.parametrize(
    ("rule", "lesson"),
    [
        ("shows a record as it stands", row("en", answer="Found: “Gout — tests: uric acid; MRI.”")),
        ("shows a record as it stands", row("zh", answer="查到了。痛风——检查：血尿酸；关节超声。")),
        (
            "does not answer what is asked",
            row("en", quotes=("Gout — tests: uric acid.",), relation="symptom", support=[[0]]),
        ),
        (
            "does not answer what is asked",
            row("zh", quotes=("痛风——检查：血尿酸。",), relation="symptom", support=[[0]]),
        ),
        ("too short to tell anything", row("en", answer="It is used for gout.")),
        ("too short to tell anything", row("zh", answer="用于痛风。")),
        (
            "a set phrase does not follow",
            row(
                "en", answer="If somebody does have it, this may be of more use. Gout is a disease."
            ),
        ),
        (
            "a set phrase does not follow",
            row("zh", asked="患者为患者，请算出体重指数。"),
        ),
        ("a name that nobody would say", row("en", asked="I have gout, unspecified. What is it?")),
        ("a name that nobody would say", row("zh", asked="我有痛风（未特指），要紧吗？")),
        (
            "what is urgent comes late",
            row("en", answer="It may be gout. Rest the knee. Drink water. Fever is an emergency."),
        ),
        (
            "what is urgent comes late",
            row("zh", answer="可能是痛风。膝盖要休息。多喝水。如果发热，要立即去急诊。"),
        ),
        (
            "explains nothing",
            row("en", answer="Have the blood tested soon and rest the knee for now."),
        ),
        ("explains nothing", row("zh", answer="请尽快去医院验血，膝盖先休息，多喝水，少吃海鲜。")),
        ("repeats itself", row("en", answer="It is one of the tests. " * 6)),
        ("repeats itself", row("zh", answer="它是痛风的检查项目。" * 6)),
        (
            "sentences begin alike",
            row("en", answer="Gout is treated at home. Gout is treated early."),
        ),
        ("sentences begin alike", row("zh", answer="痛风可以治好。痛风可以治愈。")),
        (
            "too long to be read",
            row("en", answer="Because of gout, rest the knee well today. " * 40),
        ),
        ("too long to be read", row("zh", answer="因为痛风，请让膝盖好好休息，不要走路。" * 40)),
    ],
    ids=lambda value: value if isinstance(value, str) else value.language,
)
def test_each_rule_finds_what_it_is_for(rule, lesson):
    assert rule in quality.broken(lesson)
    assert quality.score(lesson) < quality.score(row(lesson.language))


def test_the_weights_belong_to_the_features():
    assert len(quality.features(row("en"), [])) == len(quality._table()["weights"])
    assert all(cost > 0 for cost, _ in quality.RULES.values())


def test_the_score_tells_reviewed_rows_apart():
    rows = [json.loads(line) for line in quality_score.REVIEWED.read_text("utf-8").splitlines()]
    fit, other = (
        [quality.score(quality_score.lesson_of(each)) for each in rows if told(each["label"])]
        for told in ("trainable".__eq__, "trainable".__ne__)
    )
    assert len(fit) + len(other) >= 200
    above = sum((one > two) + (one == two) / 2 for one in fit for two in other)
    assert above / (len(fit) * len(other)) > 0.85


def test_rows_of_less_quality_are_dropped():
    keep = LeastQuality(60)
    assert keep(row("en")) == ""
    assert keep(row("en", answer="It is used for gout.", quality=12)) != ""
    assert keep(row("zh", answer="用于痛风。——检查：无。")) != ""
    with pytest.raises(KnowledgeError, match="from 0 to 100"):
        BuildOptions(least_quality=101)


def test_a_build_records_tells_and_checks_the_quality(tmp_path: Path):
    engine, generation = opened(tmp_path)
    out = tmp_path / "data"
    build.build(engine, generation, out, BuildOptions(limit=60, seed=4, least_quality=70))
    rows = [each for name in FILES for each in read_lessons(out / name)]
    assert rows and all(each.meta["quality"] == quality.score(each) >= 70 for each in rows)
    assert "## Rows by quality" in (out / "CARD.md").read_text("utf-8")
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert sum(report["qualities"].values()) == len(rows)
    assert not check(engine, generation, out).faults
    lines = (out / "train.jsonl").read_text("utf-8").splitlines()
    first = json.loads(lines[0])
    first["meta"]["quality"] = 12
    (out / "train.jsonl").write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n", "utf-8")
    reasons = [fault.reason for fault in check(engine, generation, out).faults]
    assert "the row records another quality" in reasons
    engine.dispose()
