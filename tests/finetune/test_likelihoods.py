"""Likelihoods of endings: the sum over their tokens, whatever stands beside them in a batch."""

import pytest
import toy_finetune

from finetune import model
from finetune.probes import likelihoods


@pytest.fixture(scope="module")
def student():
    return model.load(str(toy_finetune.base()), device="cpu", precision="float32")


def alone(student, beginning, ending):
    """Compute the same by one text at a time."""
    import torch

    begun = likelihoods.text_ids(student.tokenizer, beginning)
    ids = likelihoods.text_ids(student.tokenizer, beginning + ending)
    assert ids[: len(begun)] == begun
    with torch.inference_mode():
        shares = student.model(input_ids=torch.tensor([ids])).logits[0].float().log_softmax(-1)
    return sum(float(shares[at - 1, ids[at]]) for at in range(len(begun), len(ids)))


def test_a_batch_gives_what_each_text_gives_alone(student):
    given = [
        ("Symptoms of gout include", (" pain", " fever and swelling", " a rash, thirst, nausea")),
        ("痛风的症状包括", ("疼痛", "发热")),
        ("A", (" b",)),
    ]
    found = likelihoods.of_texts(student, given, "float32")
    assert [len(each) for each in found] == [3, 2, 1]
    for (beginning, endings), scores in zip(given, found, strict=True):
        for ending, score in zip(endings, scores, strict=True):
            assert score == pytest.approx(alone(student, beginning, ending), abs=1e-3)


def test_where_a_token_spans_the_joint_all_endings_count_from_before_it(student):
    one, other = likelihoods.ends(student.tokenizer, "feve", ("r", " x"))
    assert one.start == other.start < len(one.ids)
    assert student.tokenizer.decode(one.ids) == "fever"


def test_nothing_given_gives_nothing(student):
    assert likelihoods.of_texts(student, [], "float32") == []
