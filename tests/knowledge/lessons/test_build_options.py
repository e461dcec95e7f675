"""The options of a build: defaults, checks, and what the manifest says of them."""

import hashlib
from dataclasses import FrozenInstanceError, replace

import pytest

from knowledge.datasets.imports.imported_rows import ImportedFile
from knowledge.datasets.teacher_server import TeacherOptions
from knowledge.errors import KnowledgeError
from knowledge.lessons.build_options import DEFAULTS, BuildOptions
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.records import Lesson, LessonMessage


@pytest.mark.parametrize(
    ("values", "flag", "named"),
    [
        ({"styles": ("poem",)}, "--style", "'poem'"),
        ({"styles": ()}, "--style", "No style"),
        ({"languages": ("en", "fr")}, "--language", "'fr'"),
        ({"limit": 0}, "--limit", "0"),
        ({"workers": -2}, "--workers", "-2"),
        ({"engine": "steam"}, "--engine", "'steam'"),
        ({"personal": "print"}, "--personal", "'print'"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_flag_and_a_remedy(values, flag, named):
    with pytest.raises(KnowledgeError) as caught:
        BuildOptions(**values)
    assert caught.value.where == flag and named in caught.value.what and caught.value.remedy


def test_options_cannot_be_changed_and_copies_are_checked_too():
    with pytest.raises(FrozenInstanceError):
        DEFAULTS.limit = 3
    with pytest.raises(KnowledgeError):
        replace(DEFAULTS, limit=0)


def test_the_manifest_says_only_what_decides_the_rows():
    plain = {"styles": [*STYLES], "languages": ["en", "zh"], "limit": None, "seed": 0}
    assert DEFAULTS.arguments() == plain
    assert BuildOptions(workers=4, engine="ray").arguments() == plain
    other = BuildOptions(styles=("huatuo",), languages=("zh", "en"), limit=9, seed=2).arguments()
    assert other == {"styles": ["huatuo"], "languages": ["en", "zh"], "limit": 9, "seed": 2}
    assert list(other) == ["styles", "languages", "limit", "seed"]


def test_the_manifest_names_what_comes_from_outside_by_its_hash(tmp_path):
    talks, exams = tmp_path / "talks.json", tmp_path / "exams"
    talks.write_text("[]")
    exams.mkdir()
    (exams / "one.csv").write_text("question\nWhy?\n")
    row = Lesson(
        "imported-en-1", (LessonMessage("user", "?"),), "en", "imported", (), (), "k", "own"
    )
    given = BuildOptions(
        imports=(ImportedFile(talks, "alpaca", "CC0-1.0"),),
        feedback=((row, ""), (None, "empty")),
        personal="mask",
        exclude=(exams,),
        licences=("CC0-1.0",),
        keywords=("casino",),
        teacher=TeacherOptions("http://127.0.0.1:1/v1", "toy", tmp_path / "replies.db", "secret"),
    )
    said = given.arguments()
    assert said["import"] == [["talks.json", hashlib.sha256(b"[]").hexdigest(), "alpaca"]]
    assert said["feedback"] == hashlib.sha256(b"imported-en-1").hexdigest()
    assert (said["mask"], said["licences"], said["keywords"]) == (True, ["CC0-1.0"], ["casino"])
    assert said["teacher"] == "toy" and "secret" not in str(said)
    before = said["exclude"]
    (exams / "one.csv").write_text("question\nWhy not?\n")
    assert given.arguments()["exclude"] != before


def test_a_file_that_is_not_there_is_named(tmp_path):
    missing = tmp_path / "none.json"
    for values in ({"imports": (ImportedFile(missing),)}, {"exclude": (missing,)}):
        with pytest.raises(KnowledgeError) as caught:
            BuildOptions(**values).arguments()
        assert caught.value.where == str(missing)
