"""Several questions on one thing over one set of evidence: what may stand together, and how."""

import re
from dataclasses import replace

import pytest

from finetune import dataset, model
from finetune.dataset import Row
from finetune.objectives.objective_protocols import ExampleSource
from finetune.objectives.sft import SupervisedFinetuning
from finetune.rows import shared_evidence
from finetune.text_tools import PLAIN
from tests import toy_finetune

SIGNS = "Gout — symptoms: pain; swelling."
TESTS = "Gout — tests: serum urate."
FIRST = "Gout — first-line treatment: colchicine."
MEDICINES = "Gout — medicines: allopurinol; colchicine."
OTHER = "Mumps — symptoms: fever."
TURNED = "colchicine — used for: gout."


def row(name, asked, answer, lines, *, without=(), declined=False, entity="gout", lead="Evidence:"):
    shown = "\n".join(f"[{place}] {line}" for place, line in enumerate(lines, 1))
    return Row(
        id=name,
        messages=(
            {"role": "user", "content": f"{lead}\n{shown}\n\nQuestion: {asked}"},
            {"role": "assistant", "content": answer},
        ),
        language="en",
        sources=(),
        entities=(entity,),
        support=None,
        objects=(),
        declined=declined,
        joinable=True,
        not_beside=tuple(without),
    )


SYMPTOMS = row("a", "What are the signs?", "Pain and swelling [2].", [OTHER, SIGNS])
URATE = row("b", "Which test?", "Serum urate [1].", [TESTS, OTHER])
SILENT = row(
    "c", "Which tests?", "Nothing here says so.", [OTHER], without=["Gout — tests: "], declined=True
)


def join(rows, most=6, extra=4, seed=0, fits=lambda _: True):
    return shared_evidence.join(rows, most, extra, seed, fits)


def dialogues(rows, **options):
    return [one for seed in range(40) for one in join(rows, seed=seed, **options)]


def numbered(dialogue):
    found = re.findall(r"^\[(\d+)\] (.+)$", dialogue.messages[0]["content"], re.MULTILINE)
    return {int(number): line for number, line in found}


def test_answers_cite_the_lines_that_they_cited_alone():
    own = {"Pain and swelling": SIGNS, "Serum urate": TESTS}
    joined = [one for one in dialogues([SYMPTOMS, URATE]) if len(one.messages) == 4]
    assert len(joined) > 10
    for one in joined:
        lines = numbered(one)
        for message in one.messages[1::2]:
            said, mark = re.fullmatch(r"(.+) \[(\d+)\]\.", message["content"]).groups()
            assert lines[int(mark)] == own[said]
        assert [each["role"] for each in one.messages] == ["user", "assistant"] * 2


def test_a_later_question_stands_alone():
    bare = {
        one.messages[2]["content"] for one in dialogues([SYMPTOMS, URATE]) if len(one.messages) == 4
    }
    assert bare == {"Question: What are the signs?", "Question: Which test?"}


def test_a_question_in_the_line_above_its_evidence_is_kept():
    above = replace(URATE, messages=(
        {"role": "user", "content": f"Which test? Use these:\n[1] {TESTS}"}, URATE.messages[1],
    ))  # fmt: skip
    last = [
        each.messages[2]["content"] for each in dialogues([SYMPTOMS, above]) if each.messages[2:]
    ]
    assert "Which test? Use these:" in last


@pytest.mark.parametrize("line", [TESTS, "Gout — tests: an X-ray."])
def test_what_answers_a_declined_question_never_stands_beside_it(line):
    told = row("d", "Which test?", "This one [1].", [line])
    every = dialogues([SYMPTOMS, told, SILENT])
    beside = [one for one in every if any("says so" in each["content"] for each in one.messages)]
    assert any(len(one.messages) > 2 for one in beside)
    assert not any(line in each["content"] for one in beside for each in one.messages)


def test_a_line_on_another_thing_that_names_it_may_answer_a_declined_question():
    beside = row("e", "Who gets it?", "Nothing [1].", [SIGNS, TURNED])
    every = dialogues([beside, SILENT], extra=9)
    joined = [one for one in every if len(one.messages) == 4]
    assert joined and not any(TURNED in one.messages[0]["content"] for one in joined)


def test_of_two_lines_that_answer_one_question_only_one_stands_there():
    first = row(
        "f", "First choice?", "It is colchicine [1].", [FIRST], without=["Gout — medicines: "]
    )
    given = row(
        "g", "Medicines?", "Two [1].", [MEDICINES], without=["Gout — first-line treatment: "]
    )
    assert all(len(one.messages) == 2 for one in dialogues([first, given]))


def test_two_wordings_of_one_line_never_stand_together():
    fewer = row("h", "Signs?", "Pain [1].", ["Gout — symptoms: pain."])
    assert all(len(one.messages) == 2 for one in dialogues([SYMPTOMS, fewer]))


def test_other_things_other_shapes_and_long_dialogues_stay_apart():
    mumps = row("i", "Signs?", "Fever [1].", [OTHER], entity="mumps")
    plain = replace(URATE, id="j", joinable=False)
    assert all(len(one.messages) == 2 for one in dialogues([SYMPTOMS, mumps, plain]))
    kept = join([SYMPTOMS, URATE], fits=lambda one: len(one.messages) == 2)
    assert sorted(kept, key=lambda one: one.id) == [SYMPTOMS, URATE]


def test_dialogues_decline_as_often_as_rows_alone():
    lines = [f"Gout — sign {place}: one." for place in range(30)]
    told = [row(f"t{place}", "This?", "One [1].", [line]) for place, line in enumerate(lines)]
    silent = [
        row(f"s{place}", f"Test {place}?", "Nothing.", [OTHER], declined=True)
        for place in range(20)
    ]
    shares = {True: [], False: []}
    for made in (join([*told, *silent], seed=seed) for seed in range(40)):
        for one in made:
            names = one.id.split("+")
            shares[len(names) > 1] += [name.startswith("s") for name in names]
    alone, joined = (sum(shares[many]) / len(shares[many]) for many in (False, True))
    assert len(shares[False]) > 100 and alone == pytest.approx(0.4, abs=0.1)
    assert joined == pytest.approx(0.4, abs=0.05)


def test_each_row_is_asked_once_and_the_same_seed_gives_the_same():
    rows = [SYMPTOMS, URATE, SILENT, row("k", "Is it?", "Yes [1].", [SIGNS, TESTS])]
    for seed in range(20):
        made = join(rows, seed=seed)
        assert sorted(name for one in made for name in one.id.split("+")) == ["a", "b", "c", "k"]
        assert made == join(rows, seed=seed)


def test_a_row_that_is_taken_twice_is_asked_once_in_a_dialogue():
    twice = [SYMPTOMS, URATE, replace(SYMPTOMS, id="a#2"), replace(URATE, id="b#2")]
    asked = [[said["content"] for said in one.messages[::2]] for one in dialogues(twice)]
    assert all(len(each) <= 2 for each in asked) and any(len(each) == 2 for each in asked)


def test_a_round_learns_every_answer_of_a_dialogue(tmp_path):
    rows = toy_finetune.rows(4)
    data = dataset.read(toy_finetune.write_data(tmp_path, rows, rows))
    tokenizer = model.tokenizer(str(toy_finetune.base()))
    recipe = toy_finetune.recipe(toy_finetune.base(), questions=5)
    train = tuple(replace(one, id=f"{one.id}{n}") for n in range(9) for one in (SYMPTOMS, URATE))
    source = ExampleSource(replace(data, train=train), tokenizer, recipe, 3, PLAIN)
    shown, report = SupervisedFinetuning().examples(source)
    learned = "".join(
        tokenizer.decode([id for id, learn in zip(one.ids, one.learn, strict=True) if learn])
        for one in shown
    )
    assert len(shown) < len(train) and report.left_out == {} and report.kept == len(shown)
    assert learned.count("erum urate") == learned.count("ain and swelling") == 9
