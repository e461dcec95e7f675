import pytest
import torch
from toy_finetune import base, recipe, rows, trained, write_data

from finetune import FinetuneError, adapters, dataset, evaluate, model, rendering
from finetune.evaluate import Measurement, bootstrap_interval, generate, stated_facts, stream
from finetune.recipe import Evaluation
from medchat.composition import TEXT_TOOLS

ASK = rendering.grounded("痛风有哪些症状？", ["痛风——症状：发热；咳嗽。"], "zh")


@pytest.fixture(scope="module")
def student():
    made = trained()
    return model.load(str(made.base), adapters.folder_of(made.home, "toy", 1))


@pytest.fixture(scope="module")
def bare():
    return model.load(str(base()))


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    data = dataset.read(write_data(tmp_path_factory.mktemp("data"), rows(8), rows(12, 8)))
    mine = recipe(base(), uncovered=0.3)
    return dataset.make_examples(
        data.validation, data.validation, model.tokenizer(mine.base), mine, 1, TEXT_TOOLS
    )[0]


def test_greedy_answer_equals_the_librarys(bare):
    ids = rendering.prompt_ids(bare.tokenizer, ASK)
    given = torch.tensor([ids])
    made = bare.model.generate(
        given, attention_mask=torch.ones_like(given), max_new_tokens=40, do_sample=False
    )
    theirs = [int(token) for token in made[0, len(ids) :]]
    text = evaluate._Text(bare.tokenizer)
    ends = evaluate._ends(bare)
    kept = theirs[: next((n for n, one in enumerate(theirs) if one in ends), len(theirs))]
    wanted = "".join(text.add(token) for token in kept)
    assert wanted
    assert "".join(stream(bare, ASK, 40)) == wanted


@pytest.mark.parametrize(
    ("said", "circles"),
    [
        ([1] * 24, True),
        ([9, *[1] * 23], False),
        ([9, 9, *[1, 2, 3, 4, 5, 6] * 4], True),
        ([*range(30), *range(30), *range(29)], False),
        ([*range(30)] * 3, True),
        ([*range(33)] * 3, False),
        ([*range(200)], False),
    ],
)
def test_an_answer_that_goes_round_in_circles_is_noticed(said, circles):
    assert evaluate._circles(said) is circles


@pytest.mark.parametrize(
    "text", ["痛风——症状：发热；咳嗽。", "Pain, 37.5 °C; naïve 🙂 end.", " a b"]
)
def test_no_piece_holds_half_a_character(bare, text):
    ids = bare.tokenizer(text, add_special_tokens=False)["input_ids"]
    assert len(ids) > 2
    shown = evaluate._Text(bare.tokenizer)
    pieces = [shown.add(token) for token in ids]
    assert "".join(pieces) == text.lstrip()
    assert "\N{REPLACEMENT CHARACTER}" not in "".join(pieces)
    assert len([piece for piece in pieces if piece]) > 1


def test_half_a_character_at_the_end_is_never_shown(bare):
    ids = bare.tokenizer("ab囧", add_special_tokens=False)["input_ids"]
    shown = evaluate._Text(bare.tokenizer)
    assert "".join(shown.add(token) for token in ids[:-1]) == "ab"


def test_a_trained_answer_ends_itself(student):
    ended = []
    pieces = list(stream(student, ASK, 200, ended=lambda: ended.append(True)))
    assert ended == [True]
    assert generate(student, ASK, 200) == "".join(pieces).rstrip()
    assert not "".join(pieces).startswith(" ")
    assert "<|" not in "".join(pieces)


def test_gradients_stay_on_for_whoever_reads_the_stream(student):
    for _ in stream(student, ASK, 2):
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()


def test_stop_at_the_limit_and_at_the_context(bare):
    ended = []
    list(stream(bare, ASK, 1, ended=lambda: ended.append(True)))
    assert len(ended) <= 1
    long = rendering.grounded("Why?", ["fever " * 500], "en")
    with pytest.raises(FinetuneError, match="512"):
        list(stream(bare, long, 5))


@pytest.mark.parametrize(
    ("text", "names", "facts"),
    [
        ("For gout, the symptoms: pain; swelling [1].", (), ["pain", "swelling"]),
        ("痛风的症状：疼痛；肿胀[1]。", (), ["疼痛", "肿胀"]),
        ("Gout hurts [1]. It swells.", (), ["Gout hurts", "It swells"]),
        ("Expect chest pain and a rash.", ("chest pain", "rash", "pain"), ["chest pain", "rash"]),
        ("Not with gout or rash: avoid it.", ("gout", "rash"), ["gout", "rash"]),
        ("Signs of gout: pain.", (), ["pain"]),
        ("Brash words.", ("rash",), ["Brash words"]),
        ("会有咳嗽和发热。", ("咳嗽", "发热"), ["咳嗽", "发热"]),
        (rendering.NOT_COVERED["en"], (), []),
        (rendering.NOT_COVERED["zh"], (), []),
        ("", (), []),
    ],
)
def test_stated_facts(text, names, facts):
    assert stated_facts(text, names, TEXT_TOOLS) == facts


def test_names_listed_in_evidence():
    lines = ["Gout — symptoms: pain; swelling.", "痛风——症状：痛；肿胀。", "Prose."]
    assert evaluate.known_names(lines) == {"pain", "swelling", "肿胀"}


def test_interval_holds_the_ratio_and_narrows():
    few = [(float(n % 2), 1.0) for n in range(10)]
    low, high = bootstrap_interval(few)
    assert 0 <= low < 0.5 < high <= 1
    narrow = bootstrap_interval(few * 20)
    assert narrow[1] - narrow[0] < (high - low) / 3
    assert bootstrap_interval(few) == (low, high)
    assert bootstrap_interval([]) is None
    assert bootstrap_interval([(0.0, 0.0)]) is None
    assert bootstrap_interval([(1.0, 2.0)] * 5) == (0.5, 0.5)


def test_scores_of_a_trained_student_beat_the_base(bare, student, examples):
    plan = Evaluation(rows=12, answers=3, max_new_tokens=12)
    ticks = []
    before = evaluate.measure(bare, examples, plan, TEXT_TOOLS, progress=ticks.append)
    after = evaluate.measure(student, examples, plan, TEXT_TOOLS)
    change, (low, high) = evaluate.paired_difference(before, after)
    assert low <= change <= high < 0
    assert after.scores.nll - before.scores.nll == pytest.approx(change)
    assert after.scores.nll_interval[0] < after.scores.nll < after.scores.nll_interval[1]
    assert after.scores.perplexity < before.scores.perplexity
    assert after.scores.rows == len(examples) == 12
    assert after.scores.answers == 3
    learned = sum(sum(one.tokens.learn) for one in examples)
    assert after.scores.answer_tokens == learned
    assert {tick.name for tick in ticks} == {"score", "answer"}
    assert set(after.scores.values()) >= {"nll", "facts_present", "facts_supported", "declined"}


def test_no_answers_no_shares(bare, examples):
    scores = evaluate.measure(bare, examples[:2], Evaluation(answers=0), TEXT_TOOLS).scores
    assert scores.facts_present is None
    assert scores.facts_supported_interval is None


def test_answers_are_held_against_what_was_asked(examples):
    one = next(example for example in examples if example.covered)
    full = "x: " + "; ".join(one.asked) + "; an invented fact."
    assert evaluate._present(one, full, TEXT_TOOLS) == (len(one.asked), len(one.asked))
    assert evaluate._present(one, "Nothing.", TEXT_TOOLS) == (0, len(one.asked))
    assert evaluate._supported(one, full, (), TEXT_TOOLS) == (len(one.asked), len(one.asked) + 1)
    gone = next(example for example in examples if not example.covered)
    assert evaluate._declined(gone, rendering.NOT_COVERED[gone.language]) == 1.0
    assert evaluate._declined(gone, full) == 0.0


def test_a_pair_needs_the_same_rows():
    scores = Measurement(None, ((1.0, 1.0),))
    with pytest.raises(ValueError, match="shorter"):
        evaluate.paired_difference(scores, Measurement(None, ()))
