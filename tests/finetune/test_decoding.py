"""How tokens are chosen: drafts change nothing, settings do what they say."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
import toy_finetune

from finetune import adapters, model
from finetune.errors import FinetuneError
from finetune.inference.decoding import GREEDY, Decoding, draft, tokens
from finetune.templates import rendering

PROMPTS = [
    rendering.grounded(
        "痛风有哪些症状？", ["痛风——症状：发热；咳嗽。", "哮喘——症状：皮疹；乏力。"], "zh"
    ),
    rendering.grounded("What are the symptoms of gout?", ["gout — symptoms: fever; cough."], "en"),
    [{"role": "user", "content": "fever; cough; fever; cough; fever; cough; fever"}],
]
PLAIN = replace(GREEDY, lookup=0)


@pytest.fixture(scope="module")
def student() -> model.Student:
    made = toy_finetune.trained()
    folder = adapters.folder_of(made.home, "toy", 1)
    return model.load(str(made.base), folder, precision="float32")


@pytest.fixture(scope="module")
def bare() -> model.Student:
    return model.load(str(toy_finetune.base()), precision="float32")


def chosen(
    student: model.Student, prompt: object, decoding: Decoding, count: int = 24
) -> list[int]:
    ids = rendering.prompt_ids(student.tokenizer, prompt)  # type: ignore[arg-type]
    return list(tokens(student, ids, count, decoding, precision="float32"))


@pytest.mark.parametrize(
    ("said", "length", "wanted"),
    [
        ([1, 2, 3, 4, 5, 1, 2, 3], 2, [4, 5]),
        ([1, 2, 3, 4, 5, 1, 2, 3], 9, [4, 5, 1, 2, 3]),
        ([7, 3, 8, 9, 3, 6, 3], 1, [6]),  # of several places the latest
        ([1, 2, 9, 2, 3, 8, 1, 2], 1, [9]),  # a longer match before a later one
        ([1, 2, 3], 5, []),
        ([4], 5, []),
        ([], 5, []),
        ([4, 4, 4], 2, [4]),
        ([1, 2, 1], 0, []),
    ],
)
def test_a_draft_is_what_followed_the_last_tokens(
    said: list[int], length: int, wanted: list[int]
) -> None:
    assert draft(said, length) == wanted


@pytest.mark.parametrize("prompt", PROMPTS, ids=["zh", "en", "repeats"])
def test_drafts_change_no_token(
    student: model.Student, bare: model.Student, prompt: object
) -> None:
    for one in (student, bare):
        plain = chosen(one, prompt, PLAIN)
        assert len(plain) == 24
        for length in (1, 3, 10):
            assert chosen(one, prompt, replace(GREEDY, lookup=length)) == plain


def test_drafts_save_steps(bare: model.Student, monkeypatch: pytest.MonkeyPatch) -> None:
    from finetune.inference import decoding

    steps = []
    real = decoding._step

    def counted(*given: object) -> object:
        steps.append(1)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(decoding, "_step", counted)
    chosen(bare, PROMPTS[2], PLAIN, 60)
    plain = len(steps)
    steps.clear()
    chosen(bare, PROMPTS[2], GREEDY, 60)
    assert plain == 60 and len(steps) < 60


@pytest.mark.parametrize("kind", ["mamba", "gpt2", "rwkv"])
def test_other_caches_serve_too(kind: str) -> None:
    made = model.load(str(toy_finetune.base(kind)), precision="float32")
    assert chosen(made, PROMPTS[1], GREEDY, 12) == chosen(made, PROMPTS[1], PLAIN, 12)


def test_the_count_is_kept(bare: model.Student) -> None:
    for count in (1, 2, 7):
        assert len(chosen(bare, PROMPTS[0], GREEDY, count)) == count


def test_sampling_follows_its_seed_and_temperature(bare: model.Student) -> None:
    warm = Decoding(temperature=1.5, seed=3)
    first = chosen(bare, PROMPTS[0], warm)
    assert chosen(bare, PROMPTS[0], warm) == first
    assert chosen(bare, PROMPTS[0], replace(warm, seed=4)) != first
    assert chosen(bare, PROMPTS[0], replace(warm, top_k=1)) == chosen(bare, PROMPTS[0], PLAIN)
    assert chosen(bare, PROMPTS[0], replace(warm, top_p=1e-6)) == chosen(bare, PROMPTS[0], PLAIN)


def test_no_run_of_tokens_is_said_twice(bare: model.Student) -> None:
    said = chosen(bare, PROMPTS[2], Decoding(no_repeat=2))
    assert len(set(pairwise(said))) == len(said) - 1


def test_a_penalty_leaves_the_evidence_alone(student: model.Student) -> None:
    """The first token is the same: only what was answered is made less likely."""
    plain = chosen(student, PROMPTS[1], PLAIN)
    punished = chosen(student, PROMPTS[1], Decoding(repetition_penalty=5.0))
    assert punished[0] == plain[0]
    assert len(set(punished)) > len(set(plain))


def test_beams_find_what_the_library_finds(bare: model.Student) -> None:
    ids = torch.tensor([rendering.prompt_ids(bare.tokenizer, PROMPTS[0])])
    theirs = bare.model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=12, num_beams=3, do_sample=False
    )
    assert chosen(bare, PROMPTS[0], Decoding(beams=3), 12) == theirs[0, ids.shape[1] :].tolist()


def test_beams_stop_when_told(bare: model.Student) -> None:
    ids = rendering.prompt_ids(bare.tokenizer, PROMPTS[0])
    made = tokens(bare, ids, 40, Decoding(beams=2), precision="float32", stopped=lambda: True)
    assert len(list(made)) < 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -0.1}, {"top_k": -1}, {"top_p": 0.0}, {"beams": 0}, {"no_repeat": -1},
        {"repetition_penalty": 0.5}, {"lookup": -1}, {"beams": 2, "temperature": 0.5},
    ],
)  # fmt: skip
def test_wrong_settings_are_refused_by_name(wrong: dict[str, float]) -> None:
    with pytest.raises(FinetuneError) as refusal:
        Decoding(**wrong)  # type: ignore[arg-type]
    assert refusal.value.where in wrong
