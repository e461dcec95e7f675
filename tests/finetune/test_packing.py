import random

import pytest
import torch
from toy_finetune import base

from finetune import model
from finetune.packing import best_fit, even_length, pack
from finetune.templates.rendering import Rendered
from finetune.training.token_loss import token_losses


@pytest.mark.parametrize(
    ("sizes", "room", "groups"),
    [
        ([], 10, []),
        ([10], 10, [[0]]),
        ([5, 5, 5], 10, [[0, 1], [2]]),
        ([1, 9, 2, 8], 10, [[1, 0], [3, 2]]),
        ([4, 4, 4, 6, 6, 6], 10, [[3, 0], [4, 1], [5, 2]]),
    ],
)
def test_longest_first_and_pairs_that_fill_a_row(sizes, room, groups):
    assert best_fit(sizes, room) == groups


def test_every_example_once_and_no_room_overfull():
    pick = random.Random(1)
    sizes = [pick.randint(1, 200) for _ in range(3000)]
    groups = best_fit(sizes, 512)
    assert sorted(index for group in groups for index in group) == list(range(3000))
    assert max(sum(sizes[index] for index in group) for group in groups) <= 512
    assert sum(sizes) / (512 * len(groups)) > 0.995


def test_too_long_an_example_is_the_callers_mistake():
    with pytest.raises(ValueError, match="11 tokens"):
        best_fit([11], 10)


def test_positions_restart_and_no_example_continues_another():
    rows = pack([Rendered([5, 6, 7], [True] * 3), Rendered([8, 9], [False, True])], 8).rows
    assert len(rows) == 1
    assert rows[0].ids == [5, 6, 7, 8, 9]
    assert rows[0].positions == [0, 1, 2, 0, 1]
    assert rows[0].learn == [False, True, True, False, True]
    assert rows[0].learned == 3
    assert pack([Rendered([5, 6], [True] * 2)] * 3, 8, together=False).efficiency == 0.25


@pytest.mark.parametrize(("size", "filled"), [(1, 8), (100, 104), (1003, 1024), (1536, 1536)])
def test_rows_are_filled_up_to_few_lengths(size, filled):
    assert even_length(size) == filled


def test_what_fills_a_row_up_changes_no_loss():
    student = model.load(str(base()), precision="float32")
    ids = [6 + 7 * place % 400 for place in range(67)]
    row = pack([Rendered(ids, [True] * 67)], 67).rows[0]
    with torch.inference_mode():
        logits = student.model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, :-1]
        found = token_losses(student.model, row, student.device)
    wanted = torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:]), reduction="none")
    assert even_length(67) > 67 and torch.allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("kind", ["llama", "glm4", "qwen2"])
def test_packed_equals_unpacked(kind):
    student = model.load(str(base(kind)), precision="float32")
    pick = random.Random(2)
    examples = []
    for size in (40, 23, 17, 31):
        ids = [pick.randrange(6, 500) for _ in range(size)]
        examples.append(Rendered(ids, [place > size // 2 for place in range(size)]))
    together = pack(examples, 128)
    alone = pack(examples, 128, together=False)
    assert len(together.rows) == 1
    with torch.inference_mode():
        one = token_losses(student.model, together.rows[0], student.device)
        apart = torch.cat([token_losses(student.model, row, student.device) for row in alone.rows])
    # packed longest first: bring them into the same order by value
    assert torch.allclose(one.sort().values, apart.sort().values, atol=1e-5)
    assert one.max() > one.min() + 0.1
