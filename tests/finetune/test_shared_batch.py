"""Answers that are written together are those of each alone, whenever they come and go."""

import pytest
import torch
from toy_finetune import base, trained

from finetune import adapters, model
from finetune.inference import batch_state, generation
from finetune.inference.batch_state import BatchState
from finetune.inference.shared_batch import SharedBatch
from finetune.templates import rendering

ASKED = [
    rendering.grounded("麻疹怎么治疗？", ["麻疹——症状：发热；皮疹。", "麻疹——治疗：休息。"], "zh"),
    rendering.grounded("Scurvy?", ["scurvy — symptoms: thirst; rash; pain; fever."], "en"),
    rendering.grounded(
        "What are the symptoms of gout?",
        ["mumps — symptoms: fever.", "gout — symptoms: pain; cough; thirst; nausea; rash."],
        "en",
    ),
]


@pytest.fixture(scope="module")
def student():
    made = trained()
    return model.load(str(made.base), adapters.folder_of(made.home, "toy", 1), precision="float32")


def alone(student, asked, count):
    return "".join(generation.stream(student, asked, count, precision="float32"))


def together(student, asked, count, *, later=0):
    """Write answers in one batch; each begins `later` rounds after the one before."""
    batch = SharedBatch(student, "float32")
    texts, going, rounds = [""] * len(asked), {}, 0
    while rounds <= later * len(asked) or going:
        for place, messages in enumerate(asked):
            if rounds == place * later:
                going[place] = generation.stream(student, messages, count, batch=batch)
        for place, pieces in list(going.items()):
            for piece in pieces:
                if not piece:
                    break
                texts[place] += piece
            else:
                del going[place]
        rounds += 1
    assert batch.writing == 0
    return texts


@pytest.mark.parametrize(("later", "gaps"), [(0, 64), (1, 0), (3, 8)])
def test_answers_are_those_of_each_alone(student, monkeypatch, later, gaps):
    monkeypatch.setattr(batch_state, "_GAPS", gaps)
    wanted = [alone(student, one, 40) for one in ASKED]
    assert together(student, ASKED, 40, later=later) == wanted
    assert len(set(wanted)) > 1


def test_answers_of_a_model_that_never_ends_stop_at_the_limit():
    bare = model.load(str(base()), precision="float32")
    assert together(bare, ASKED, 30, later=2) == [alone(bare, one, 30) for one in ASKED]


def test_one_step_serves_all_that_wait(student, monkeypatch):
    steps = []
    step = SharedBatch.step
    monkeypatch.setattr(SharedBatch, "step", lambda self: (steps.append(self.writing), step(self)))
    together(student, ASKED, 20)
    longest = 20
    assert max(steps) > 1
    assert len(steps) < longest


def test_who_leaves_frees_the_place_and_changes_nothing(student):
    batch = SharedBatch(student, "float32")
    gone = generation.stream(student, ASKED[1], 40, batch=batch)
    stays = generation.stream(student, ASKED[2], 40, batch=batch)
    first = [next(gone), next(stays), next(stays)]
    assert batch.writing == 2
    gone.close()
    assert batch.writing == 1
    assert "".join([*first[1:], *stays]) == alone(student, ASKED[2], 40)


def test_places_without_use_are_taken_out(student, monkeypatch):
    monkeypatch.setattr(batch_state, "_GAPS", 2)
    prompts = [rendering.prompt_ids(student.tokenizer, one) for one in ASKED]
    with torch.inference_mode():
        state = BatchState(student, prompts)
        for _ in range(12):  # one row takes all of its tokens, the others one of four
            state.step([[5, 6, 7, 8]] * 3)
            state.keep([1, 4, 1])
        assert state._mask.shape[1] <= max(state._next) + 2
        assert state._mask.sum(1).tolist() == state._next
        assert state._cache.get_seq_length() == state._mask.shape[1]


def test_sampled_answers_are_written_beside_the_batch(student):
    batch = SharedBatch(student, "float32")
    chosen = generation.Decoding(temperature=0.7, seed=3)
    said = "".join(generation.stream(student, ASKED[1], 20, decoding=chosen, batch=batch))
    again = "".join(generation.stream(student, ASKED[1], 20, decoding=chosen))
    assert said == again


def test_where_the_model_fails_every_answer_of_the_batch_is_told(student, monkeypatch):
    batch = SharedBatch(student, "float32")
    one, other = (generation.stream(student, ASKED[at], 40, batch=batch) for at in (1, 2))
    next(one), next(other)
    with monkeypatch.context() as broken:
        broken.setattr(BatchState, "step", lambda self, given: 1 / 0)
        for going in (one, other):
            with pytest.raises(ZeroDivisionError):
                list(going)
    assert batch.writing == 0
    assert "".join(generation.stream(student, ASKED[1], 40, batch=batch)) == alone(
        student, ASKED[1], 40
    )
