from dataclasses import replace

import pytest
import torch
from toy_finetune import base, recipe, rows, trained, write_data

from finetune import FinetuneError, adapters, dataset, evaluate, model
from finetune.evaluate import Measurement, bootstrap_interval
from finetune.inference import answer_ends, generation
from finetune.inference.generation import generate, stream
from finetune.probes import stated
from finetune.recipe import Evaluation
from finetune.rows.examples import make_examples
from finetune.templates import rendering
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
    return make_examples(
        data.validation, data.validation, model.tokenizer(mine.base), mine, 1, TEXT_TOOLS
    )[0]


def test_greedy_answer_equals_the_librarys(bare):
    ids = rendering.prompt_ids(bare.tokenizer, ASK)
    given = torch.tensor([ids])
    made = bare.model.generate(
        given, attention_mask=torch.ones_like(given), max_new_tokens=40, do_sample=False
    )
    theirs = [int(token) for token in made[0, len(ids) :]]
    text = generation.Pieces(bare.tokenizer)
    ends = answer_ends.ends_of(bare)
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
    assert answer_ends.in_circles(said) is circles


@pytest.mark.parametrize(
    "text", ["痛风——症状：发热；咳嗽。", "Pain, 37.5 °C; naïve 🙂 end.", " a b"]
)
def test_no_piece_holds_half_a_character(bare, text):
    ids = bare.tokenizer(text, add_special_tokens=False)["input_ids"]
    assert len(ids) > 2
    shown = generation.Pieces(bare.tokenizer)
    pieces = [shown.add(token) for token in ids]
    assert "".join(pieces) == text.lstrip()
    assert "\N{REPLACEMENT CHARACTER}" not in "".join(pieces)
    assert len([piece for piece in pieces if piece]) > 1


def test_half_a_character_at_the_end_is_never_shown(bare):
    ids = bare.tokenizer("ab囧", add_special_tokens=False)["input_ids"]
    shown = generation.Pieces(bare.tokenizer)
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
        ("It reads: “Avoid it in pregnancy.”", (), ["Avoid it in pregnancy"]),
        ("Gout hurts; a rash follows.", (), ["Gout hurts", "a rash follows"]),
        ("I am glad that you ask. Gout hurts.", (), ["Gout hurts"]),
        (
            "Gout hurts [1]. As for its tests, the evidence is silent; look elsewhere.",
            (),
            ["Gout hurts"],
        ),
        ("痛风会疼痛[1]。至于用药，以上各条没有说明。", (), ["痛风会疼痛"]),
        ("No line covers it, but a rash is likely.", ("rash",), ["rash"]),
        (
            "The lines do not cover children, but two tablets do.",
            (),
            ["The lines do not cover children, but two tablets do"],
        ),
        ("The lines say nothing of 5 mg.", (), ["The lines say nothing of 5 mg"]),
        ("Its dose is not told: it does not say [2].", (), ["it does not say"]),
        ("", (), []),
    ],
)
def test_stated_facts(text, names, facts):
    wording = stated.Wording(names, frozenset({"i am glad that you ask"}))
    assert [one.text for one in stated.facts_of(text, wording, TEXT_TOOLS)] == facts


def test_a_lessons_remarks_are_the_sentences_without_a_source():
    answer = "Well asked. Gout hurts. Take care."
    assert stated.remarks_of(answer, [(), (0,), ()], TEXT_TOOLS) == {"well asked", "take care"}
    assert stated.remarks_of(answer, [(0,)], TEXT_TOOLS) == set()


def test_names_listed_in_evidence():
    lines = ["Gout — symptoms: pain; swelling.", "痛风——症状：痛；肿胀。", "Prose."]
    assert stated.known_names(lines) == {"pain", "swelling", "肿胀"}


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
    change, (low, high) = evaluate.paired_change(before, after, "nll")
    assert low <= change <= high < 0
    was, now = before.share("nll"), after.share("nll")
    assert now.value - was.value == pytest.approx(change)
    assert now.interval[0] < now.value < now.interval[1]
    values = after.values()
    assert values["perplexity"] < before.values()["perplexity"]
    assert values["rows"] == len(examples) == 12
    assert values["answers"] == 3
    assert values["answer_tokens"] == sum(sum(one.tokens.learn) for one in examples)
    assert {tick.name for tick in ticks} == {"score", "answer", "general", "safety"}
    assert set(values) >= {"nll", "facts_present", "facts_supported", "declined", "general"}
    assert set(values["by_language"]) == {"en", "zh"}
    halves = [values["by_language"][one]["general_of"] for one in ("en", "zh")]
    assert sum(halves) == values["general_of"] > 100
    assert 0 < after.floor < was.value


def test_no_answers_no_shares(bare, examples):
    plan = Evaluation(answers=0, probes=False)
    scores = evaluate.measure(bare, examples[:2], plan, TEXT_TOOLS).values()
    assert scores["facts_present"] is None
    assert scores["facts_supported_interval"] is None
    assert scores["general"] is None


def test_answers_are_held_against_what_was_asked(examples):
    one = next(example for example in examples if example.covered)
    full = "x: " + "; ".join(one.asked) + "; an invented fact."
    none = stated.Wording()
    assert stated.present(one, full, TEXT_TOOLS) == (len(one.asked), len(one.asked))
    assert stated.present(one, "Nothing.", TEXT_TOOLS) == (0, len(one.asked))
    assert stated.supported(one, full, none, TEXT_TOOLS) == (len(one.asked), len(one.asked) + 1)
    gone = next(example for example in examples if not example.covered)
    assert stated.declined(gone, rendering.NOT_COVERED[gone.language])
    assert not stated.declined(gone, full)
    said = rendering.NOT_COVERED[gone.language]
    assert stated.supported(gone, said, none, TEXT_TOOLS) == (0, 0)


def test_a_sentence_is_held_against_the_words_and_figures_of_its_evidence(examples):
    one = replace(
        next(each for each in examples if each.language == "en"),
        prompt=({"role": "user", "content": "How much metformin?"},),
        evidence=("metformin — dose limit: at most 2 g a day in divided doses.",),
    )
    for said, found in (
        ("Metformin is limited to 2 g a day in divided doses.", 1),
        ("Metformin is limited to 3 g a day in divided doses.", 0),
        ("Metformin causes terrible blindness within several weeks.", 0),
    ):
        assert stated.supported(one, said, stated.Wording(), TEXT_TOOLS) == (found, 1)


def test_numbers_cited_are_those_of_the_lesson(examples):
    one = replace(next(each for each in examples if each.covered), answer="Pain [2][1].")
    read = [evaluate._read(one, text, stated.Wording(), TEXT_TOOLS)[2] for text in SAID]
    assert read == [(1.0, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0)]
    assert evaluate._read(one, None, stated.Wording(), TEXT_TOOLS) == ((0.0, 0.0),) * 4


SAID = ("Pain [1][2].", "Pain [1].", "Pain [1][2][3].", "Pain.")


def test_a_change_needs_the_same_rows():
    one = Measurement({"nll": ((1.0, 1.0),)})
    assert evaluate.paired_change(one, Measurement({"nll": ()}), "nll") is None
    assert evaluate.paired_change(one, Measurement({"nll": ((3.0, 1.0),)}), "nll")[0] == 2.0
