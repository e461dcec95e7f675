"""Rows drawn for a base: statements, what is known, what the home keeps, the share of rows."""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter

import pytest
from toy_lessons import opened

from knowledge.datasets.filtering import FilterReport
from knowledge.datasets.row_counts import BASE_KNOWS
from knowledge.errors import KnowledgeError
from knowledge.lessons import build
from knowledge.lessons.aiming import base_scores, fact_sample, reliability, row_share, statements
from knowledge.lessons.aiming.base_scores import AskedBase
from knowledge.lessons.aiming.known_facts import FactScore, KnownFacts
from knowledge.lessons.aiming.row_share import Aim
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import check
from knowledge.lessons.pages.entity_pages import EntityPages
from knowledge.records import Lesson, LessonMessage, LessonSource

CJK = re.compile("[\u3400-\u9fff]")
HELD = {"gout": "joint pain", "asthma": "wheeze", "influenza": "chills"}


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module")
def made(graph):
    sample = fact_sample.choose(*graph, 1000)
    return statements.make(EntityPages(*graph), sample, ("en", "zh"))


class Reader:
    """Knows English, and no Chinese: of an English subject it holds the first object likelier."""

    def __init__(self):
        self.calls = 0

    def __call__(self, given):
        self.calls += 1
        return [
            tuple(
                -10.0 + 9 * (place == 0 and not CJK.search(beginning) and "this " not in beginning)
                for place, _ in enumerate(endings)
            )
            for beginning, endings in given
        ]


def asked(reader, name="toy"):
    return AskedBase(name, "0" * 64, lambda: reader)


class TestStatements:
    def test_objects_of_a_fact_follow_the_same_words_and_the_true_one_comes_first(self, made):
        assert {each.language for each in made} == {"en", "zh"}
        english = {each.beginning: each for each in made if each.language == "en"}
        gout = [each for begun, each in english.items() if begun.endswith("gout include")]
        assert gout and all("this condition" in each.neutral for each in gout)
        for each in made:
            assert len(set(each.objects)) == len(each.objects) > statements.FEWEST
            assert "\x00" not in each.beginning + each.neutral
            assert all(text.startswith(" ") == (each.language == "en") for text in each.objects)

    def test_a_corrupted_object_is_one_that_no_fact_relates_to_the_subject(self, graph, made):
        pages = EntityPages(*graph)
        for each in made:
            page = next(iter(pages.pages([each.subject], each.language)))
            held = {item.said for items in page.groups.values() for item in items}
            assert each.objects[0].strip() in held
            assert not {text.strip() for text in each.objects[1:]} & held

    def test_an_object_that_repeats_a_word_of_its_subject_is_not_asked_about(self, made):
        told = [f"{each.beginning}{each.objects[0]}" for each in made]
        assert not any("diabetes" in text and "nephropathy" in text.lower() for text in told)

    def test_the_sample_takes_of_every_relation_and_is_the_same_each_time(self, graph):
        few, again = (fact_sample.choose(*graph, 20) for _ in range(2))
        assert few == again and few.size == 20 < few.of
        assert sum(map(len, few.facts.values())) == 20


def scored(share_known, count=100, language="en", relation="symptom"):
    known = round(share_known * count)
    return [
        FactScore(
            f"fact:{relation}{place}",
            language,
            relation,
            "condition",
            f"condition:{place % 10}",
            (8.0, 0.0, 0.5, -0.5, 0.2) if place < known else (-3.0, 0.0, 2.0, 1.0, 0.3),
        )
        for place in range(count)
    ]


class TestKnownFacts:
    def test_what_wins_is_known_and_groups_have_intervals(self):
        facts = KnownFacts("toy", "0", [*scored(0.9), *scored(0.1, relation="cause")])
        assert facts.is_known("fact:symptom0", "en") is True
        assert facts.is_known("fact:cause99", "en") is False
        assert facts.is_known("fact:symptom0", "zh") is None
        groups = facts.groups()["relation"]
        assert groups["en symptom"].share == 0.9 and groups["en cause"].share == 0.1
        assert groups["en cause"].high < groups["en symptom"].low

    def test_scores_that_tell_nothing_make_nothing_known(self):
        blind = [
            FactScore(f"f{n}", "en", "cause", "condition", "s", tuple(
                3.0 * ((n * 7 + k * 3) % 5) for k in range(5)))
            for n in range(200)
        ]  # fmt: skip
        facts = KnownFacts("toy", "0", blind)
        assert facts.temperatures["en"] > 20
        assert facts.groups()["all"]["all"].known == 0

    def test_a_fact_not_asked_counts_by_its_subject_and_its_relation(self):
        facts = KnownFacts("toy", "0", [*scored(0.9), *scored(0.1, relation="cause")])
        assert facts.likely_known("en", "symptom", "condition:none") == pytest.approx(0.9, abs=0.02)
        assert facts.likely_known("en", "cause", "condition:none") < 0.2
        assert facts.likely_known("en", "symptom~", "condition:none") > 0.8
        assert facts.likely_known("zh", "symptom", "condition:0") == 0.0

    def test_a_sure_base_that_is_right_has_no_error(self):
        perfect = reliability.measure([[1.0, 0.0]] * 10)
        assert perfect.calibration_error == 0 and perfect.right == 1
        boasting = reliability.measure([[0.1, 0.9]] * 10)
        assert boasting.calibration_error == pytest.approx(0.9) and boasting.known == 0


class TestKept:
    def test_a_second_run_reads_what_is_kept(self, made, tmp_path):
        first, second = Reader(), Reader()
        one = base_scores.ask(tmp_path, asked(first), made)
        two = base_scores.ask(tmp_path, asked(second), made)
        assert first.calls and not second.calls and two.read and not one.read
        assert one.known.hash == two.known.hash and one.folder == two.folder
        manifest = json.loads((one.folder / "MANIFEST.json").read_text())
        assert manifest["facts"] == len(made)
        shares = one.known.groups()["language"]
        assert shares["en"].share == 1.0 and shares["zh"].share == 0.0

    def test_a_killed_run_goes_on(self, made, tmp_path):
        whole = base_scores.ask(tmp_path, asked(Reader()), made)
        file = whole.folder / base_scores.SCORES
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(lines[:3]) + lines[3][:17])
        (whole.folder / "MANIFEST.json").unlink()
        again = base_scores.ask(tmp_path, asked(Reader()), made)
        assert not again.read and again.known.hash == whole.known.hash
        assert sorted(file.read_text().splitlines(keepends=True)) == sorted(lines)

    def test_another_base_and_other_statements_have_folders_of_their_own(self, made, tmp_path):
        base = asked(Reader())
        other = AskedBase("toy", "1" * 64, base.open)
        folders = {
            base_scores.folder_of(tmp_path, each, given)
            for each in (base, other)
            for given in (made, made[1:])
        }
        assert len(folders) == 4
        strange = AskedBase("/a b/../ü:x", "0", base.open)
        assert base_scores.folder_of(tmp_path, strange, made).parent == tmp_path / "known"

    def test_the_picture_is_svg_and_names_every_relation(self, made, tmp_path):
        kept = base_scores.ask(tmp_path, asked(Reader(), "a<b"), made)
        text = (kept.folder / base_scores.PICTURE).read_text(encoding="utf-8")
        ElementTree.fromstring(text)
        for relation in {each.relation for each in made}:
            assert relation.replace("_", " ") in text


def row(place, unknown, pair="", language="en"):
    fact = f"fact:cause{place}" if unknown else "fact:symptom0"
    said = (LessonMessage("user", f"{place}?"), LessonMessage("assistant", "."))
    source = LessonSource("fact", fact, "q")
    meta = {"relation": "cause" if unknown else "symptom", **({"parallel": pair} if pair else {})}
    return Lesson(f"r{place}{language}", said, language, "huatuo", (source,), (), "s", "", meta)


KNOWN = KnownFacts("toy", "0", [*scored(1.0), *scored(0.0, relation="cause")])


class TestShare:
    def drawn(self, rows, share, most):
        report = FilterReport()
        kept = list(row_share.draw(iter(rows), Aim(KNOWN, share, 9), most, report))
        return kept, report, Counter(row_share.kind_of(each) == "unknown" for each in kept)

    @pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 1.0])
    def test_the_share_is_held_where_there_are_rows_of_both_kinds(self, share):
        rows = [row(place, place % 2 == 0) for place in range(1000)]
        kept, _, kinds = self.drawn(rows, share, 100)
        assert len(kept) == 100 and kinds[True] == round(100 * share)
        first = Counter(row_share.kind_of(each) == "unknown" for each in kept[:50])
        assert abs(first[True] - 50 * share) <= 1

    def test_where_known_rows_run_out_unknown_ones_fill_up(self):
        rows = [row(place, place % 20 != 0) for place in range(200)]
        kept, report, kinds = self.drawn(rows, 0.5, 100)
        assert len(kept) == 100 and kinds[False] == 10
        assert set(report.dropped) == {row_share.BEYOND["unknown"]}

    def test_where_unknown_rows_run_out_there_are_fewer_rows(self):
        rows = [row(place, place % 20 == 0) for place in range(400)]
        kept, report, kinds = self.drawn(rows, 0.8, 300)
        assert kinds == {True: 20, False: 5}
        assert report.dropped == {row_share.BEYOND["known"]: 375} and len(kept) == 25

    def test_without_a_limit_the_share_is_held(self):
        rows = [row(place, place % 10 != 0) for place in range(200)]
        _, report, kinds = self.drawn(rows, 0.8, None)
        assert kinds[False] == 20 and 80 <= kinds[True] <= 84
        assert sum(report.dropped.values()) == 200 - sum(kinds.values())

    def test_rows_that_rest_on_no_fact_pass_unmarked(self):
        said = (LessonMessage("user", "?"), LessonMessage("assistant", "."))
        formula = LessonSource("fact", "formula:bmi", "q")
        others = [
            Lesson(f"o{place}", said, "en", "tools", sources, (), "s", "")
            for place, sources in enumerate([(), (formula,), (LessonSource("passage", "p", "q"),)])
        ]
        kept, _, _ = self.drawn([], 0.8, 10)
        assert kept == []
        report = FilterReport()
        assert list(row_share.draw(iter(others), Aim(KNOWN, 0.8, 9), 10, report)) == others

    def test_rows_on_no_fact_keep_their_share_where_known_rows_are_missing(self):
        said = (LessonMessage("user", "?"), LessonMessage("assistant", "."))
        rows = [
            row(place, True) if place % 4 else Lesson(f"o{place}", said, "en", "x", (), (), "s", "")
            for place in range(400)
        ]
        kept, _, _ = self.drawn(rows, 0.8, 100)
        kinds = Counter(map(row_share.kind_of, kept))
        assert len(kept) == 100 and kinds["other"] == pytest.approx(25, abs=1)
        assert max(int(each.id.strip("oren")) for each in kept) < 150

    def test_a_pair_goes_the_same_way(self):
        rows = [
            each
            for place in range(0, 200, 2)
            for each in (
                row(place, place % 4 == 0, f"p{place}"),
                row(place + 1, True, f"p{place}", "zh"),
            )
        ]
        kept, report, _ = self.drawn(rows, 0.5, None)
        pairs = Counter(each.meta["parallel"] for each in kept)
        assert set(pairs.values()) == {2} and kept
        places = [each.meta["parallel"] for each in kept]
        assert places[::2] == places[1::2]

    def test_what_is_no_share_is_refused(self):
        with pytest.raises(KnowledgeError, match="unknown-share"):
            Aim(KNOWN, 1.2, 9)
        with pytest.raises(KnowledgeError, match="name no facts"):
            BuildOptions(styles=("imported",), aim=Aim(KNOWN, 0.8, 9))


class Half:
    """Knows every fact whose object has an even number of letters, in both languages."""

    def __call__(self, given):
        return [
            tuple(
                -10.0 + 9 * (place == 0 and len(endings[0]) % 2 and "this " not in begun
                             and "这种" not in begun)
                for place, _ in enumerate(endings)
            )
            for begun, endings in given
        ]  # fmt: skip


@pytest.fixture(scope="module")
def aim(made, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return Aim(base_scores.ask(home, asked(Half()), made).known, 0.7, 1000)


class TestBuild:
    def test_an_aimed_folder_is_proven_and_the_same_for_a_seed(self, graph, aim, tmp_path):
        options = BuildOptions(styles=("huatuo", "tools"), limit=60, seed=4, aim=aim)
        one, two = tmp_path / "one", tmp_path / "two"
        report = build.build(*graph, one, options)
        build.build(*graph, two, options)
        assert {each.name: each.read_bytes() for each in one.iterdir()} == {
            each.name: each.read_bytes() for each in two.iterdir()
        }
        asked = sum(report.for_base.values())
        assert report.rows == 60 and asked > 30
        assert report.for_base["unknown"] == pytest.approx(0.7 * asked, abs=1)
        proof = check(*graph, one)
        assert (proof.proven, proof.faults) == (60, [])
        manifest = json.loads((one / "MANIFEST.json").read_text())
        assert manifest["arguments"]["for"] == "toy"
        assert manifest["arguments"]["unknown_share"] == 0.7
        card = (one / "CARD.md").read_text(encoding="utf-8")
        assert "--for toy --unknown-share 0.7" in card and "drawn for | the base toy" in card
        rows = [json.loads(line) for line in (one / "train.jsonl").read_text().splitlines()]
        assert all((BASE_KNOWS in each["meta"]) == (each["style"] == "huatuo") for each in rows)

    def test_pairs_of_languages_stay_pairs(self, graph, aim, tmp_path):
        options = BuildOptions(styles=("huatuo",), limit=40, parallel=True, aim=aim)
        build.build(*graph, tmp_path / "data", options)
        assert check(*graph, tmp_path / "data").faults == []

    def test_a_mark_without_a_base_in_the_manifest_is_a_fault(self, graph, aim, tmp_path):
        folder = tmp_path / "data"
        build.build(*graph, folder, BuildOptions(styles=("huatuo",), limit=20, aim=aim))
        manifest = json.loads((folder / "MANIFEST.json").read_text())
        del manifest["arguments"]["for"]
        (folder / "MANIFEST.json").write_text(json.dumps(manifest))
        reasons = {each.reason for each in check(*graph, folder).faults}
        assert "the row was drawn for a base, and the manifest names none" in reasons
