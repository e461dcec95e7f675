import random

import pytest
from toy_finetune import base, trained

from finetune import adapters, model
from finetune.probes import choices, likelihoods
from finetune.probes.declines import declines
from finetune.templates import rendering
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import GroundedWords


@pytest.fixture(scope="module")
def bare():
    return model.load(str(base()), precision="float32")


@pytest.mark.parametrize("kind", choices.KINDS)
def test_questions_are_in_both_languages_and_tell_endings_apart(kind):
    asked = choices.choices(kind)
    for language in ("en", "zh"):
        assert len([one for one in asked if one.language == language]) >= 16
    for one in asked:
        assert len(one.endings) == len(set(one.endings)) >= 2, one.beginning
        assert all(one.endings) and one.beginning
    assert len({one.beginning for one in asked}) == len(asked)


def test_the_right_ending_is_the_likelier_one(bare):
    """Score by hand, one ending at a time."""
    import torch

    one = choices.Choice("en", "the symptoms of gout", (" fever", " cough and rash"), False)
    scores = []
    for ending in one.endings:
        ids = bare.tokenizer(one.beginning + ending)["input_ids"]
        start = len(bare.tokenizer(one.beginning)["input_ids"])
        with torch.inference_mode():
            shares = bare.model(input_ids=torch.tensor([ids])).logits[0].float().log_softmax(-1)
        scores.append(sum(float(shares[at - 1, ids[at]]) for at in range(start, len(ids))))
    ends = choices._endings(bare.tokenizer, one)
    assert likelihoods.sums(bare, ends, "float32") == pytest.approx(scores, abs=1e-4)


def test_each_question_counts_once(bare):
    found = choices.measure(bare, "safety", "float32")
    assert [language for language, _ in found] == [
        one.language for one in choices.choices("safety")
    ]
    assert {right for _, right in found} <= {0.0, 1.0}


def test_the_adapters_answers_are_asked_not_the_bases():
    made = trained()
    student = model.load(
        str(made.base), adapters.folder_of(made.home, "toy", 1), precision="float32"
    )
    asked = [choices._endings(student.tokenizer, one) for one in choices.choices("safety")[:4]]
    flat = [each for one in asked for each in one]
    adapted = likelihoods.sums(student, flat, "float32")
    with student.model.disable_adapter():
        assert likelihoods.sums(student, flat, "float32") != adapted


@pytest.mark.parametrize(
    ("text", "language", "is_one"),
    [
        (rendering.NOT_COVERED["en"], "en", True),
        (rendering.NOT_COVERED["zh"], "zh", True),
        ("None of these lines concerns the dose of X.", "en", True),
        ("The notes say nothing on X. Please look elsewhere.", "en", True),
        ("On the dose of X the material is silent, so I leave it open.", "en", True),
        ("一条条看过，没有涉及X的剂量，需要另查资料。", "zh", True),
        ("Having looked through these lines, I find nothing on the dose of X.", "en", True),
        ("很抱歉，材料里未提及X的剂量。", "zh", True),
        ("仅凭这些条目无法回答。", "zh", True),
        ("The evidence does not cover children, but adults take 2 g [1].", "en", False),
        ("X causes a rash.", "en", False),
        ("X可引起皮疹[2]。", "zh", False),
        ("X可引起皮疹。", "zh", False),
        ("", "en", False),
    ],
)
def test_declining_is_recognised(text, language, is_one):
    assert declines(text, language) is is_one


@pytest.mark.parametrize("language", ["en", "zh"])
def test_however_lessons_decline_is_recognised(language):
    words = load(GroundedWords, language)
    missed = {
        said
        for template in (*words.not_covered, *words.half_covered)
        for seed in range(20)
        if not declines(said := grammar.vary(template, random.Random(seed)), language)
    }
    assert missed == set()
