"""Before a round, a base is tried: what fails when it learns or writes is told in a sentence."""

import pytest
import torch
from test_architecture import write
from toy_finetune import base, recipe, rows, write_data

from finetune import FinetuneError, dataset, model, preflight, rounds
from finetune.architectures import forward_check
from finetune.ledger import Wanted
from finetune.packing import pack
from finetune.recipe import Lora
from finetune.templates.rendering import Rendered
from medchat.composition import TEXT_TOOLS


@pytest.mark.parametrize("kind", ["llama", "bart", "rwkv"])
def test_a_base_that_works_passes_and_keeps_no_gradients(kind):
    student = model.attach(model.load(str(base(kind)), device="cpu"), Lora(rank=2, alpha=4), 1)
    forward_check.demand(student)
    assert all(one.grad is None for one in student.model.parameters())


def test_what_fails_is_named():
    student = model.load(str(base()), device="cpu")
    student.model.requires_grad_(True)
    student.model.forward = _broken_in_writing(student.model.forward)
    with pytest.raises(FinetuneError, match="writing fails with KeyError: 'rope'") as caught:
        forward_check.demand(student)
    assert caught.value.status == 2 and "(llama)" in caught.value.what


def test_a_base_that_fails_is_refused_before_its_round(tmp_path, monkeypatch):
    """As preflight tells it of the architecture, so does a round of the very model."""
    folder = write(tmp_path / "base", "bert")
    data = write_data(tmp_path / "data", rows(6), rows(2, 6))
    monkeypatch.setattr(preflight, "_check_direction", lambda *_: None)
    for attempt in (rounds.run, rounds.estimate):
        with pytest.raises(FinetuneError, match=r"\(bert\) cannot be used here: \w+ing fails"):
            attempt(Wanted(recipe(folder), 1, tmp_path / "home", data), tools=TEXT_TOOLS)
    assert dataset.read(data).train


def test_rwkv_says_the_same_in_training_and_in_writing(tmp_path):
    """Transformers would halve its output weights while it writes, and not what an adapter adds."""
    folder = write(tmp_path / "base", "rwkv")
    student = model.attach(model.load(str(folder), device="cpu"), Lora(rank=2, alpha=4), 1)
    layers = student.model.get_base_model().config
    assert layers.rescale_every == 0
    with torch.no_grad():
        for name, weight in student.model.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=0.3)
    ids = torch.tensor([pack([Rendered(list(range(5, 25)), [True] * 20)], 20).rows[0].ids])
    kept = {name: one.clone() for name, one in student.model.named_parameters()}
    said = []
    for training in (True, False, True):
        student.model.train(training)
        with torch.no_grad():
            said.append(student.model(input_ids=ids, use_cache=False).logits)
    assert torch.allclose(said[0], said[1], atol=1e-5) and torch.equal(said[0], said[2])
    assert all(torch.equal(one, kept[name]) for name, one in student.model.named_parameters())


def _broken_in_writing(forward):
    def broken(**given):
        if not torch.is_grad_enabled():
            raise KeyError("rope")
        return forward(**given)

    return broken
