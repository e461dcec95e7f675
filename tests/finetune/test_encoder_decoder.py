"""Encoder-decoders: what each half reads, the loss of answers, writing, and their template."""

import pytest
import torch
from toy_finetune import base

from finetune import model
from finetune.architectures import encoder_decoder
from finetune.architectures.encoder_decoder import turns
from finetune.inference import decoding
from finetune.inference.decoding import Decoding
from finetune.packing import pack
from finetune.probes import likelihoods
from finetune.templates import rendering
from finetune.templates.rendering import Rendered
from finetune.training.token_loss import token_losses


@pytest.fixture(scope="module", params=["bart", "t5"])
def student(request):
    return model.load(str(base(request.param)), device="cpu", precision="float32")


def row(*parts: tuple[list[int], bool]):
    ids = [one for ids, _ in parts for one in ids]
    learn = [learned for ids, learned in parts for _ in ids]
    return pack([Rendered(ids, learn)], len(ids)).rows[0]


def test_the_loss_is_that_of_the_model_itself(student):
    """Filling up and beginning aside, it is transformers' own loss of the answer as labels."""
    read, told = [7, 30, 31, 9, 50], [60, 61, 8, 2]
    found = token_losses(student.model, row((read, False), (told, True)), student.device)
    begun = encoder_decoder.beginning(student.model)
    labels = torch.tensor([[*begun[1:], *told]])
    with torch.inference_mode():
        logits = student.model(input_ids=torch.tensor([read]), labels=labels).logits[0]
    wanted = torch.nn.functional.cross_entropy(
        logits[-len(told) :], torch.tensor(told), reduction="none"
    )
    assert torch.allclose(found, wanted, atol=1e-4)


def test_each_answer_of_a_dialogue_is_written_after_all_before_it():
    made = row(([7, 8], False), ([20, 2], True), ([9], False), ([21, 22, 2], True))
    first, second = turns(made)
    assert (first.read, first.written) == ([7, 8], [20, 2])
    assert (second.read, second.written) == ([7, 8, 20, 2, 9], [21, 22, 2])
    assert first.learned + second.learned == made.learned


def test_plain_text_is_read_with_gaps_and_written_whole(student):
    ids = list(range(10, 90))
    made = row((ids, True))
    (turn,) = turns(made)
    assert turn.written == ids and turn.learned == made.learned == 79
    assert turn == next(turns(made))  # the same gaps each time
    left = len(ids) - len(turn.read)
    assert 0.3 * 80 <= left <= 0.3 * 80 + 5
    assert set(turn.read) < set(ids)
    assert len(token_losses(student.model, made, student.device)) == 79
    assert next(turns(row(([5, 6], True)))).read


def test_greedy_writing_is_that_of_transformers(student):
    read = [7, 30, 31, 9, 50, 12]
    begun = encoder_decoder.beginning(student.model)
    settings = {"max_new_tokens": 6 + len(begun), "eos_token_id": None, "pad_token_id": 0}
    with torch.inference_mode():
        wanted = student.model.generate(
            input_ids=torch.tensor([read]), do_sample=False, num_beams=1, **settings
        )[0].tolist()
    assert wanted[: len(begun)] == begun
    assert list(decoding.tokens(student, read, 6)) == wanted[len(begun) :][:6]
    beams = list(decoding.tokens(student, read, 6, Decoding(beams=2)))
    assert 0 < len(beams) <= 6


def test_the_likelihood_of_an_ending_is_its_loss(student):
    ending = likelihoods.Ending([7, 30, 31, 60, 61], 3)
    made = row(([7, 30, 31], False), ([60, 61], True))
    (found,) = likelihoods.sums(student, [ending], "float32")
    lost = token_losses(student.model, made, student.device).sum()
    assert found == pytest.approx(-float(lost), abs=1e-3)


def test_an_answer_has_room_of_its_own(student):
    holds = student.context
    assert student.room_after(holds) == holds
    assert student.room_after(holds + 1) == 0
    decoder = model.load(str(base()), device="cpu", precision="float32")
    assert decoder.room_after(500) == decoder.context - 500
    assert decoder.room_after(600) == 0


def test_a_tokenizer_without_a_template_gets_one_that_parts_the_answer(tmp_path):
    import shutil

    shutil.copytree(base("bart"), tmp_path / "base")
    (tmp_path / "base" / "chat_template.jinja").unlink()
    tokenizer = model.tokenizer(str(tmp_path / "base"))
    turns_ = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is gout?"},
        {"role": "assistant", "content": "An ill."},
        {"role": "user", "content": "And mumps?"},
        {"role": "assistant", "content": "Another."},
    ]
    first, second = rendering.render_dialogue(tokenizer, turns_)
    asked = [one for one, learned in zip(second.ids, second.learn, strict=True) if not learned]
    told = [one for one, learned in zip(second.ids, second.learn, strict=True) if learned]
    assert asked == rendering.prompt_ids(tokenizer, turns_[:-1])
    assert tokenizer.decode(told) == "Another.</s>"
    assert tokenizer.decode(asked).startswith("<s>system: Be brief.")
    assert tokenizer.decode(asked).endswith("assistant: An ill.\nuser: And mumps?\n</s>")
    assert tokenizer.decode([one for one, new in zip(*_of(first), strict=True) if new]) == (
        "An ill.</s>"
    )


def _of(one: Rendered) -> tuple[list[int], list[bool]]:
    return one.ids, one.learn
