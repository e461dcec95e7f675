"""The mini model's workshop: sound drills, a tokenizer that loses nothing, real training."""

import json
import random
from pathlib import Path

import pytest

from finetune import mini, model
from finetune.mini import copying, reading_score
from finetune.mini import tokenizer as tokens
from finetune.mini.drills import ASKS, Drills, cite
from finetune.mini.train import MiniPlan, run
from finetune.templates import rendering
from finetune.templates.rendering import Rendered
from knowledge.graph import verbalize
from knowledge.ingest import starter
from knowledge.text.citations import cited_numbers, numbered_lines
from knowledge.vocabulary import RELATIONS
from medchat.composition import TEXT_TOOLS

WORDS = ["dose", "fever", "renal", "heart", "liver", "acute"]
CHARACTERS = "心肝脾肺肾热痛病症炎药"


@pytest.fixture
def drills() -> Drills:
    return Drills({"condition": [("Asthma", "哮喘")]}, CHARACTERS, WORDS, 5)


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.id)
def test_drills_speak_the_vocabulary_of_the_knowledge_room(ask: object) -> None:
    from finetune.mini.drills import RelationQuestions, fact_line

    assert isinstance(ask, RelationQuestions)
    relation = RELATIONS[ask.id]
    assert (ask.en, ask.zh) == (relation.en, relation.zh)
    for language in ("en", "zh"):
        assert fact_line("X", ask, ["a", "b"], language) == verbalize.evidence_line(
            "X", ask.id, ["a", "b"], language
        )


def test_every_answer_can_be_read_off_the_evidence(drills: Drills) -> None:
    for _ in range(500):
        drill = drills.make()
        whole = "\n".join(drill.evidence)
        for answer, asked in zip(drill.answers, drill.asked, strict=True):
            assert all(fact in answer and fact in whole for fact in asked)
            assert bool(asked) == (answer != rendering.NOT_COVERED[drill.language])


def test_a_citation_names_the_line_that_holds_the_fact(drills: Drills) -> None:
    checked = 0
    for _ in range(300):
        drill = drills.make(0.0)  # easy drills hold no prose: one answer sentence a line
        for answer, asked in zip(drill.answers, drill.asked, strict=True):
            if asked and answer.count("[") == 1:
                line = drill.evidence[int(answer.split("[")[1][0]) - 1]
                assert all(fact in line for fact in asked)
                checked += 1
    assert checked > 200


def test_the_same_seed_gives_the_same_drills() -> None:
    first, second = (Drills({}, CHARACTERS, WORDS, 3) for _ in range(2))
    assert [first.make() for _ in range(20)] == [second.make() for _ in range(20)]


@pytest.mark.parametrize(
    ("sentence", "cited"), [("Rest helps.", "Rest helps [2]."), ("多休息。", "多休息[2]。")]
)
def test_the_citation_stands_before_the_stop(sentence: str, cited: str) -> None:
    assert cite(sentence, 2) == cited == TEXT_TOOLS.cite(sentence, [2])


def test_drills_are_cited_and_numbered_as_lessons_are(drills: Drills) -> None:
    for _ in range(20):
        drill = drills.make()
        shown = numbered_lines(drill.messages(0)[-2]["content"])
        assert tuple(shown.values()) == drill.evidence
        for answer in drill.answers:
            assert tuple(map(int, dict.fromkeys(reading_score.marks(answer)))) == cited_numbers(
                answer
            )


def test_the_tokenizer_loses_nothing_and_keeps_chinese_apart() -> None:
    tokenizer = tokens.train(["Treatment of type 2 diabetes is treatment."] * 5, 50)
    for text in ("2型糖尿病的症状：口渴；多尿[1]。", "Dose 500 mg, twice.\nNext 囃 line"):
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert tokenizer.decode(ids) == text
    assert len(tokenizer("糖尿病", add_special_tokens=False)["input_ids"]) == 3


def test_a_drill_renders_with_only_its_answers_to_learn(drills: Drills) -> None:
    tokenizer = tokens.train(["The symptoms of fever."] * 5, 50)
    drill = drills.make(language="en")
    shown = rendering.render(tokenizer, drill.messages(0))
    learned = [token for token, learn in zip(shown.ids, shown.learn, strict=True) if learn]
    assert tokenizer.decode(learned) == f" {drill.answers[0]}</s>"


def test_the_score_counts_what_is_said() -> None:
    assert reading_score.facts_of("Symptoms of Gout: pain; fever [1].") == ["pain", "fever"]
    assert reading_score.facts_of("痛风的症状：疼痛；发热[1]。") == ["疼痛", "发热"]
    assert reading_score.marks("Rest helps [2], sleep too [1].") == ["2", "1"]


def test_what_the_text_before_does_not_settle_is_a_choice() -> None:
    given, said = [1, 2, 3, 4, 1, 2, 5], [2, 3, 4]
    exercise = Rendered([*given, *said], [False] * len(given) + [True] * len(said))
    # 2 after 2, 5 never stood there; 3 after 5, 2 neither; 4 follows 2, 3 and nothing else does
    assert copying.choices(exercise)[len(given) :] == [True, True, False]
    twice = Rendered([1, 2, 3, 1, 2, 4, 1, 2, 3], [False] * 8 + [True])
    assert copying.choices(twice)[8]  # 3 or 4 after 1, 2


@pytest.mark.parametrize("level", [0, 3, 8, copying.LEVELS])
def test_every_lookup_is_answered_by_its_one_line(level: int) -> None:
    marks = copying.DialogueTokens(1, 2, 3, 4, 5, 6, 7, tuple(range(1000, 1010)))
    for seed in range(50):
        made = copying.lookup(random.Random(seed), level, range(10, 900), marks)
        parts = "".join(chr(token) for token in made.ids).split(chr(marks.user))[1:]
        lines = parts[0].strip(chr(marks.line)).split(chr(marks.line))
        assert 2 <= len(lines) == len(set(lines)) <= 6
        for turn in parts[1:]:
            question, answer = turn.split(chr(marks.assistant) + chr(marks.line))
            line, _, cited = answer.removesuffix(chr(marks.end)).rpartition(chr(marks.opening))
            assert chr(marks.opening) + cited + line in lines
            name, label = line.split(chr(marks.colon))[0][:-1], line.split(chr(marks.colon))[0][-1]
            assert name in question and label in question
        assert sum(made.learn) == sum(
            len(turn.split(chr(marks.assistant) + chr(marks.line))[1]) for turn in parts[1:]
        )


def test_a_rehearsal_is_drills_that_fit_and_are_the_same_for_a_seed() -> None:
    student = model.tokenizer("mini")
    made = reading_score.rehearsal(student, 20, 400, 3)
    assert len(made) == 20
    assert all(len(one.ids) <= 400 and any(one.learn) for one in made)
    assert made == reading_score.rehearsal(student, 20, 400, 3)
    assert made != reading_score.rehearsal(student, 20, 400, 4)


def test_a_small_model_is_made_and_a_stopped_run_goes_on(tmp_path: Path) -> None:
    texts = [path.read_text() for path in starter.files() if path.suffix == ".md"][:10]
    plan = MiniPlan(
        hidden=32, layers=1, heads=2, inner=64, merges=100, row=512, rows=2, minutes=0.03,
        segment_minutes=0.01, lookup_minutes=0.01,
    )  # fmt: skip
    score = run(tmp_path / "base", texts, {}, plan, measured=4)
    card = json.loads((tmp_path / "base" / "MINI.json").read_text())
    assert card["steps"] > 0 and score.drills == 4
    assert (tmp_path / "base" / "model.safetensors").is_file()
    assert not (tmp_path / "base.partial").exists()


def test_the_shipped_model_copies_from_its_evidence() -> None:
    student = model.load("mini")
    score = reading_score.measure(student.model, student.tokenizer, 12, hardness=0.0)
    card = json.loads((mini.folder() / "MINI.json").read_text())
    # invented names of several tokens: what does not read says none of them
    assert score.stated > 0.1
    assert card["template"] == rendering.template_hash(student.tokenizer)
