"""The proof as a reward: the honest answer is worth most, whatever else an answer tries."""

from collections import defaultdict

import pytest
from toy_finetune import base, recipe
from toy_lessons import opened

from finetune import dataset, model
from finetune.rows.examples import Example, make_examples
from finetune.templates import rendering
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.verify.answer_proof import STYLES
from medchat import proof_reward
from medchat.composition import TEXT_TOOLS, find_urgent

ADDED = {
    "en": {
        "dose": "Take 500 mg three times a day.",
        "order": "Stop all your medicines.",
        "invention": "It is cured by garlic.",
        "comfort": "You will certainly be well again by next week.",
        "other language": "这个病不用担心。",
    },
    "zh": {
        "dose": "每次500 mg，每日三次。",
        "order": "请立即停用所有药物。",
        "invention": "大蒜可以治愈它。",
        "comfort": "您下周肯定会完全好起来。",
        "other language": "You need not worry about this illness.",
    },
}


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    """Give a reward, and the questions of a small data set with what is worth 1 for each."""
    folder = tmp_path_factory.mktemp("graph")
    engine, generation = opened(folder)
    options = BuildOptions(styles=STYLES, limit=110, urgency=find_urgent)
    build.build(engine, generation, folder / "data", options)
    data = dataset.read(folder / "data")
    shown = recipe(base(), max_tokens=4000, distractors=4, uncovered=0.2)
    tokenizer = model.tokenizer(str(base()))
    examples, _ = make_examples(data.train, data.train, tokenizer, shown, 1, TEXT_TOOLS)
    reward = proof_reward.opener(engine, generation)(folder / "data")
    why = reward.why_not(examples)
    yield reward, [one for one, reason in zip(examples, why, strict=True) if not reason], why
    engine.dispose()


def scores(reward, examples, answers):
    return [one.reward for one in reward.score(examples, answers)]


def distractors(example):
    """Return the numbers of the lines that do not belong to an example's answer."""
    from finetune.probes.stated import citations

    own = citations(example.answer)
    return [at for at in range(1, len(example.evidence) + 1) if at not in own]


def test_honest_answers_are_worth_one_in_every_style_and_language(questions):
    reward, examples, why = questions
    assert len(examples) > 0.9 * sum(not one.startswith(("its style", "it ")) for one in why)
    found = defaultdict(list)
    for example, one in zip(
        examples, reward.score(examples, [each.answer for each in examples]), strict=True
    ):
        found[example.id.split("-")[0], example.language, example.covered].append(one)
    assert {style for style, _, _ in found} == set(STYLES)
    for scored in found.values():
        assert all(one.proven and one.reward == 1.0 and not one.fault for one in scored)
    assert {(language, covered) for _, language, covered in found} == {
        ("en", True), ("en", False), ("zh", True), ("zh", False),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ADDED["en"])
def test_a_sentence_that_nothing_supports_costs_more_than_its_share(questions, kind):
    reward, examples, _ = questions
    joint = {"en": " ", "zh": ""}
    spoiled = [one.answer + joint[one.language] + ADDED[one.language][kind] for one in examples]
    for example, scored in zip(examples, reward.score(examples, spoiled), strict=True):
        assert not scored.proven and scored.fault, example.answer
        assert scored.reward <= 0.35, (example.answer, kind, scored)


def test_a_false_sentence_may_not_borrow_a_citation(questions):
    reward, examples, _ = questions
    covered = [one for one in examples if one.covered and "[" in one.answer]
    for language, text in (("en", "Take 500 mg three times a day [1]."), ("zh", "每次500 mg[1]。")):
        chosen = [one for one in covered if one.language == language]
        answers = [f"{one.answer} {text}" for one in chosen]
        assert len(chosen) > 10 and max(scores(reward, chosen, answers)) <= 0.35


def tricks(example):
    """Return answers by which a model might try to be paid without answering."""
    lines = list(example.evidence)
    marks = "".join(f"[{at}]" for at in range(1, len(lines) + 1))
    joint = " " if example.language == "en" else ""
    other = {"en": "zh", "zh": "en"}[example.language]
    return {
        "empty": "",
        "blanks": "  \n ",
        "marks alone": marks,
        "all evidence": joint.join(TEXT_TOOLS.cite(one, [at]) for at, one in enumerate(lines, 1)),
        "all evidence, uncited": joint.join(lines),
        "the question back": example.prompt[-1]["content"].split("\n")[0],
        "three times": joint.join([example.answer] * 3),
        "ten times": joint.join([example.answer] * 10),
        "the other language's refusal": rendering.NOT_COVERED[other],
        "cites everything": joint.join(
            TEXT_TOOLS.cite(TEXT_TOOLS.uncited(one), range(1, len(lines) + 1))
            for one in TEXT_TOOLS.split_sentences(example.answer)
        ),
    }


def test_no_trick_is_worth_as_much_as_the_answer(questions):
    reward, examples, _ = questions
    covered = [one for one in examples if one.covered and len(distractors(one)) >= 2]
    assert len(covered) > 30
    names = list(tricks(covered[0]))
    means = {}
    for name in names:
        got = scores(reward, covered, [tricks(one)[name] for one in covered])
        assert max(got) <= 0.7, name
        means[name] = sum(got) / len(got)
    assert means["empty"] == means["blanks"] == means["marks alone"] == 0
    assert means["the other language's refusal"] == means["the question back"] == 0
    assert means["all evidence"] < 0.2 and means["all evidence, uncited"] < 0.2
    assert means["ten times"] < 0.05


def test_declining_pays_only_where_nothing_covers_the_question(questions):
    reward, examples, _ = questions
    for example, got in zip(
        examples,
        scores(reward, examples, [rendering.NOT_COVERED[one.language] for one in examples]),
        strict=True,
    ):
        assert got == (0.0 if example.covered else 1.0)
    both = [f"{rendering.NOT_COVERED[one.language]}{one.answer}" for one in examples if one.covered]
    assert max(scores(reward, [one for one in examples if one.covered], both)) <= 0.7


def test_answering_where_it_is_not_covered_pays_nothing(questions):
    reward, examples, _ = questions
    answers = {one.id: one.answer for one in examples if one.covered}
    uncovered = [one for one in examples if not one.covered]
    said = [next(iter(answers.values())) for _ in uncovered]
    assert uncovered and max(scores(reward, uncovered, said)) == 0


def test_a_fact_left_out_or_a_wrong_number_costs_a_part(questions):
    reward, examples, _ = questions
    several = [one for one in examples if one.covered and len(one.asked) >= 3]
    first = [TEXT_TOOLS.uncited(one.answer).split(",")[0].split("、")[0] for one in several]
    cut = [
        f"{text}." if one.language == "en" else f"{text}。"
        for one, text in zip(several, first, strict=True)
    ]
    partial = scores(reward, several, cut)
    assert several and max(partial) < 0.7
    cited = [one for one in examples if one.covered and "[" in one.answer and distractors(one)]
    wrong = [
        TEXT_TOOLS.uncited(one.answer)[:-1] + f"[{distractors(one)[0]}]" + one.answer[-1]
        for one in cited
    ]
    got = reward.score(cited, wrong)
    assert all(not one.proven and one.parts["cited"] < 1 for one in got)
    assert max(one.reward for one in got) < 0.7


def test_the_parts_are_told(questions):
    reward, examples, _ = questions
    covered = next(one for one in examples if one.covered)
    [scored] = reward.score([covered], [covered.answer])
    assert set(scored.parts) == {
        "asked", "supported", "cited", "concise", "unrepeated", "language",
    }  # fmt: skip
    assert set(scored.parts.values()) == {1.0}


def test_rows_of_another_graph_are_no_questions(questions, tmp_path):
    reward, examples, _ = questions
    stranger = Example("row-1", "en", examples[0].tokens, examples[0].prompt, "x", (), ())
    assert reward.why_not([stranger]) == ["it is no row of the data set"]
