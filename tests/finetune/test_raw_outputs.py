import json

import pytest
from toy_finetune import recipe, rows, trained, write_data

from finetune import FinetuneError, adapters, dataset, evaluate, model
from finetune.evaluate import Measurement
from finetune.recipe import Evaluation
from finetune.rows.examples import make_examples
from finetune.scoring import held_out_loss, raw_outputs
from finetune.templates import rendering
from medchat.composition import TEXT_TOOLS


def folder():
    return adapters.folder_of(trained().home, "toy", 1)


def test_a_round_keeps_its_answers_before_and_after():
    kept = raw_outputs.answers(folder())
    manifest = adapters.manifest(adapters.named(trained().home, "toy/round-1"))
    assert len(kept) == manifest["scores"]["after"]["answers"] == 2
    for one in kept:
        assert set(one) == {
            *("id", "language", "question", "evidence", "covered", "reference"),
            *("before", "after"),
        }
        assert one["question"].endswith(("有哪些症状？", "?"))
        assert "\n" not in one["question"]
        assert one["evidence"]
        assert one["before"] != one["after"]


def test_kept_scores_give_the_scores_on_record():
    record = adapters.manifest(adapters.named(trained().home, "toy/round-1"))["scores"]
    for when in ("before", "after"):
        kept = raw_outputs.scores(folder(), when)
        loss = evaluate.ratio(list(kept.pairs["nll"].values()))
        assert loss == pytest.approx(record[when]["nll"])
        assert len(kept.pairs["nll"]) == record[when]["rows"]
        present = evaluate.ratio(list(kept.pairs["facts_present"].values()))
        assert present == record[when]["facts_present"]
        assert set(kept.languages["nll"].values()) == {"en", "zh"}


def test_rows_of_two_measurements_are_put_beside_each_other(tmp_path):
    one = Measurement(
        {"nll": ((1.0, 2.0), (3.0, 4.0))}, {"nll": ("en", "zh")}, ids={"nll": ("a", "b")}
    )
    two = Measurement(
        {"nll": ((5.0, 6.0), (7.0, 8.0))}, {"nll": ("zh", "en")}, ids={"nll": ("b", "c")}
    )
    for name, each in (("one", one), ("two", two)):
        (tmp_path / name).mkdir()
        raw_outputs.write(tmp_path / name, [], {"after": each})
    first, second = (raw_outputs.scores(tmp_path / name, "after") for name in ("one", "two"))
    assert first.rows_beside(second, "nll") == ["b"]
    assert (first.pairs["nll"]["b"], second.pairs["nll"]["b"]) == ((3.0, 4.0), (5.0, 6.0))
    assert first.rows_beside(second, "general") == []
    assert raw_outputs.scores(tmp_path / "one", "before") is None


def test_measures_of_an_objectives_own_have_no_language_and_may_have_other_rows(tmp_path):
    before = Measurement({"reward": ((1.0, 1.0),)}, own=("reward",))
    after = Measurement({"reward": ((2.0, 1.0), (3.0, 1.0))}, own=("reward",))
    raw_outputs.write(tmp_path, [], {"before": before, "after": after})
    assert raw_outputs.answers(tmp_path) == []
    assert raw_outputs.scores(tmp_path, "before").pairs["reward"] == {"1": (1.0, 1.0)}
    assert raw_outputs.scores(tmp_path, "after").pairs["reward"] == {
        "1": (2.0, 1.0),
        "2": (3.0, 1.0),
    }
    assert after.share("reward").value == 2.5
    assert after.share("reward", "en") is None


def test_nothing_is_kept_in_an_older_folder(tmp_path):
    assert raw_outputs.answers(tmp_path) == []
    assert raw_outputs.scores(tmp_path, "after") is None


@pytest.mark.parametrize("text", ['{"id": "a"}\n{"id"\n', '{"id": "a"}\n[1]\n'])
def test_a_damaged_line_is_named(tmp_path, text):
    (tmp_path / raw_outputs.ANSWERS).write_text(text)
    with pytest.raises(FinetuneError, match=r"Line 2 of .*answers.jsonl") as raised:
        raw_outputs.answers(tmp_path)
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        (rendering.grounded("Why?", ["x", "y\nQuestion: no"], "en"), "Why?"),
        (rendering.grounded("为什么？\n怎么办？", ["甲"], "zh"), "为什么？\n怎么办？"),
        ([{"role": "user", "content": "Question: Why?"}], "Question: Why?"),
        ([{"role": "user", "content": "a\nb"}, {"role": "assistant", "content": "c"}], "a\nb"),
        ([], ""),
    ],
)
def test_the_question_of_a_prompt(asked, question):
    language = "zh" if "甲" in str(asked) else "en"
    assert rendering.question_of(asked, language) == question


def test_losses_of_many_texts_are_those_of_each_alone(tmp_path):
    student = model.load(str(trained().base), folder())
    data = dataset.read(write_data(tmp_path / "data", rows(4), rows(40, 8)))
    examples, _ = make_examples(
        data.validation, (), student.tokenizer, recipe(trained().base), 1, TEXT_TOOLS
    )
    texts = [one.tokens for one in examples]
    texts.insert(3, rendering.Rendered([5], [True]))  # nothing precedes it, so nothing is learned
    ticks = []
    together = held_out_loss.of_texts(student, texts, "float32", ticks.append)
    alone = [held_out_loss.of_texts(student, [one], "float32")[0] for one in texts]
    assert ticks[-1] == len(texts)
    assert len(ticks) < len(texts) / 4
    assert together[3] == alone[3] == (0.0, 0.0)
    for (one, of), (other, count) in zip(together, alone, strict=True):
        assert of == count
        assert one == pytest.approx(other, abs=1e-3)
    scored = evaluate.measure(student, examples, Evaluation(answers=0, probes=False), TEXT_TOOLS)
    assert scored.ids["nll"] == tuple(one.id for one in examples)


def test_the_licences_of_what_was_learned_are_on_record():
    record = json.loads((folder() / "MANIFEST.json").read_text())
    assert record["data"]["licences"] == {"CC0-1.0": 48}
