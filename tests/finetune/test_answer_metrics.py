import pytest
import torch
from toy_finetune import base, write_tokenizer

from finetune import FinetuneError
from finetune.evaluate import Measurement
from finetune.metrics import answer_metrics, bert_score, bleu, rouge_l
from finetune.metrics.bert_score import Encoder
from finetune.rows.examples import Example
from finetune.templates.rendering import Rendered


def example(id, language, answer):
    return Example(id, language, Rendered([], []), (), answer, (), ())


@pytest.mark.parametrize(
    ("answer", "reference", "f1"),
    [
        ("The cat sat on the mat.", "the cat is on the mat", 10 / 12),  # 5 in order, of 6 and 6
        ("痛风的症状", "痛风症状", 8 / 9),  # 4 in order, of 5 and 4
        ("b a", "a b", 0.5),  # one of two is in order
        ("痛风 gout 37.5", "gout 痛", 2 * 1 / (5 + 2)),
        ("same words", "SAME, words!", 1.0),
        ("one", "other", 0.0),
        ("", "a", 0.0),
        ("...", "...", 0.0),
    ],
)
def test_rouge_l_by_hand(answer, reference, f1):
    assert rouge_l.f1(answer, reference) == pytest.approx(f1)


def test_bleu_by_hand():
    # n-grams of "the cat sat on the mat" in the reference: 5 of 6, 3 of 5, 2 of 4, 1 of 3
    english = bleu.corpus(["the cat sat on the mat"], ["the cat sat on a mat"], "en")
    assert english.value == pytest.approx(100 * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25)
    # by characters, 痛 counted once: 5 of 7, 4 of 6, 3 of 5, 2 of 4
    chinese = bleu.corpus(["痛风的症状疼痛"], ["痛风的症状肿胀"], "zh")
    assert chinese.value == pytest.approx(100 * (5 / 7 * 4 / 6 * 3 / 5 * 2 / 4) ** 0.25)
    assert english.of == chinese.of == 1
    assert bleu.corpus([], [], "en") is None


def test_bleu_of_a_corpus_is_sacrebleus_with_an_interval_around_it():
    from sacrebleu.metrics.bleu import BLEU

    references = [f"the patient has sign number {n} and a fever since day {n}" for n in range(30)]
    answers = [
        one if n % 3 else "the patient has a fever today" for n, one in enumerate(references)
    ]
    found = bleu.corpus(answers, references, "en")
    assert found.value == pytest.approx(BLEU().corpus_score(answers, [references]).score)
    low, high = found.interval
    assert 0 < low < found.value < high < 100
    assert bleu.corpus(answers, references, "en") == found


def test_bert_score_matches_greedily():
    said = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    wanted = torch.tensor([[1.0, 0.0]])
    assert bert_score.greedy_f1(said, wanted) == pytest.approx(2 / 3)  # precision 1/2, recall 1
    assert bert_score.greedy_f1(said, said) == pytest.approx(1.0)
    assert bert_score.greedy_f1(said[:0], wanted) == 0.0


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("encoder")
    size = write_tokenizer(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=size,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    return Encoder(folder)


def test_bert_score_of_texts_does_not_depend_on_their_batch(encoder):
    said = ["fever and cough", "痛风", "", "a much longer answer about fever " * 30]
    wanted = ["cough and fever", "哮喘", "x", "fever"]
    together = bert_score.f1(said, wanted, encoder)
    alone = [
        bert_score.f1([one], [other], encoder)[0] for one, other in zip(said, wanted, strict=True)
    ]
    assert together == pytest.approx(alone, abs=1e-5)
    assert together[2] == 0.0
    assert bert_score.f1(["fever"], ["fever"], encoder) == pytest.approx([1.0], abs=1e-5)


@pytest.mark.parametrize("broken", [False, True])
def test_a_folder_without_an_encoder_is_refused(tmp_path, broken):
    if broken:
        (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(FinetuneError) as raised:
        Encoder(tmp_path)
    assert raised.value.where == "--encoder"


@pytest.mark.parametrize("kind", ["llama", "gpt2", "bart"])
def test_a_model_that_writes_is_no_encoder(kind):
    with pytest.raises(FinetuneError, match="is no encoder") as raised:
        Encoder(base(kind))
    assert raised.value.where == "--encoder"


def test_metrics_are_added_by_row_and_language(encoder):
    rows = [
        example("a", "en", "the cat sat on a mat"),
        example("b", "zh", "痛风症状"),
        example("c", "en", "not asked"),
        example("d", "en", "not answered"),
    ]
    measured = Measurement({"nll": ()}, texts=("the cat sat on the mat", "痛风症状", None))
    found = answer_metrics.added(measured, rows, encoder)
    assert found.rows["rouge_l"] == ((pytest.approx(10 / 12), 1.0), (1.0, 1.0), (0.0, 0.0))
    assert found.rows["bert_score"][2] == (0.0, 0.0)
    assert found.share("rouge_l", "zh").value == 1.0
    assert found.share("rouge_l").of == 2
    assert found.ids["rouge_l"] == ("a", "b", "c")
    assert found.values()["by_language"] == {}
    by_language = answer_metrics.bleu_by_language(measured, rows)
    assert {one: score.of for one, score in by_language.items()} == {"en": 1, "zh": 1}
    assert by_language["zh"].value == pytest.approx(100.0)


def test_an_encoder_is_optional():
    found = answer_metrics.added(Measurement({}, texts=("x",)), [example("a", "en", "x")])
    assert set(found.rows) == {"rouge_l"}
