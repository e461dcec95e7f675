"""Vignettes: findings that tell a condition from others, tests first, nothing gathered."""

from pathlib import Path

import pytest
from sqlalchemy import select
from toy_lessons import opened_with

import knowledge.ingest.starter
from knowledge.errors import KnowledgeError
from knowledge.graph.catalog import FactRow
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import FILES, read_lessons
from knowledge.lessons.templates.loader import LANGUAGES

GATHERED = """name,alias,part,age,infection,department,checklist,symptom,drug,complication
水泡病,,皮肤,成人,无,皮肤科,皮肤镜检查,皮肤水疱 口角糜烂 指甲脱落,阿昔洛韦片,脓皮病
干皮病,,皮肤,成人,无,皮肤科,皮肤镜检查,皮肤水疱 皮肤脱屑 瘙痒,尿素软膏,湿疹
"""


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    home = tmp_path_factory.mktemp("starter")
    folder = Path(knowledge.ingest.starter.__file__).parent
    names = ("conditions_a1", "conditions_b", "conditions_c", "conditions_d")
    engine, generation = opened_with(home, *(folder / f"{name}.yaml" for name in names))
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module")
def rows(starter, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows") / "data"
    build.build(*starter, folder, BuildOptions(limit=160, styles=("vignette",)))
    return [row for name in FILES for row in read_lessons(folder / name)]


@pytest.fixture(scope="module")
def findings(starter):
    """Give the findings of each condition."""
    engine, _ = starter
    query = select(FactRow.id, FactRow.subject_id, FactRow.object_id)
    with engine.connect() as connection:
        told = connection.execute(query.where(FactRow.relation == "symptom")).all()
    return {id: (subject, finding) for id, subject, finding in told}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_other_condition_explains_all_findings_of_a_case(rows, findings, language):
    bearers = {}
    for subject, finding in findings.values():
        bearers.setdefault(subject, set()).add(finding)
    told = [row for row in rows if row.language == language]
    assert len(told) > 40
    for row in told:
        own = {
            findings[source.id][1]
            for source in row.sources
            if source.id in findings and findings[source.id][0] == row.split_key
        }
        assert len(own) > 1
        assert [id for id, has in bearers.items() if own <= has] == [row.split_key]


def test_tests_are_told_before_treatment(rows):
    order = {"en": ("— tests:", "— first-line treatment:"), "zh": ("——检查：", "——一线治疗：")}
    seen = 0
    for row in rows:
        told = [source.quote for source in row.sources]
        places = [
            next((at for at, quote in enumerate(told) if label in quote), -1)
            for label in order[row.language]
        ]
        assert places[0] >= 0
        seen += places[1] >= 0
        assert places[1] < 0 or places[0] < places[1]
    assert seen > 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_wait_is_among_the_possibilities(rows, language):
    words = {"en": ("exclude", "rule out", "ruled out"), "zh": ("先排除", "是否为", "针对")}[
        language
    ]
    told = [row.messages[1].content.lower() for row in rows if row.language == language]
    assert sum(any(word in answer for word in words) for answer in told) > 5


@pytest.mark.parametrize("style", ["vignette", "exam", "comparison", "overview", "multi-hop"])
def test_nothing_is_made_of_gathered_lists(tmp_path, style):
    table = tmp_path / "gathered.csv"
    table.write_text(GATHERED, encoding="utf-8")
    engine, generation = opened_with(tmp_path / "home", table)
    with pytest.raises(KnowledgeError):
        build.build(engine, generation, tmp_path / "data", BuildOptions(styles=(style,)))
    engine.dispose()
