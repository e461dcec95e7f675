import pytest
from toy_finetune import base, trained

from finetune import adapters, model
from finetune.inference import batch_writing, decoding, generation
from finetune.templates import rendering

ASKED = [
    rendering.grounded("痛风有哪些症状？", ["痛风——症状：发热；咳嗽。"], "zh"),
    rendering.grounded(
        "What are the symptoms of mumps?",
        ["scurvy — symptoms: thirst; rash.", "mumps — symptoms: fever; pain."],
        "en",
    ),
    rendering.grounded("Gout?", ["gout — symptoms: cough; nausea."], "en"),
]


@pytest.fixture(scope="module")
def student():
    made = trained()
    return model.load(str(made.base), adapters.folder_of(made.home, "toy", 1), precision="float32")


def test_many_answers_at_once_are_those_of_each_alone(student):
    ticks = []
    wanted = [generation.generate(student, one, 40, precision="float32") for one in ASKED]
    made = batch_writing.write_answers(student, ASKED, 40, "float32", ticks.append)
    assert made == wanted
    assert len(set(made)) > 1
    assert ticks == [3]


def test_a_bare_model_that_never_ends_goes_on_to_the_limit():
    bare = model.load(str(base()), precision="float32")
    wanted = [generation.generate(bare, one, 12, precision="float32") for one in ASKED]
    assert batch_writing.write_answers(bare, ASKED, 12, "float32") == wanted


def test_a_prompt_beyond_the_context_is_left_out(student):
    long = rendering.grounded("Why?", ["fever " * 500], "en")
    made = batch_writing.write_answers(student, [long, ASKED[0]], 8, "float32")
    assert made[0] is None
    assert made[1] == generation.generate(student, ASKED[0], 8, precision="float32")


def test_one_at_a_time_where_a_network_cannot_be_batched(student, monkeypatch):
    wanted = batch_writing.write_answers(student, ASKED, 20, "float32")
    monkeypatch.setattr(batch_writing, "can_batch", lambda network: False)
    assert batch_writing.write_answers(student, ASKED, 20, "float32") == wanted


@pytest.mark.parametrize(
    ("text", "most", "drafted"),
    [
        ([1, 2, 3, 4, 9, 2, 3], 2, [4, 9]),
        ([1, 2, 3, 4, 2, 3, 5, 2, 3], 3, [5, 2, 3]),
        ([1, 2, 3], 4, []),
        ([7, 7, 7], 4, [7]),
        ([5, 6, 5], 0, []),
    ],
)
def test_drafts_are_what_followed_before(text, most, drafted):
    assert decoding.draft(text, most) == drafted


def test_only_what_is_likeliest_anyhow_is_kept_of_a_draft():
    assert decoding.agreed([5, 6, 7], [5, 6, 9, 8]) == [5, 6, 9]
    assert decoding.agreed([5], [4, 4]) == [4]
    assert decoding.agreed([], [4]) == [4]
