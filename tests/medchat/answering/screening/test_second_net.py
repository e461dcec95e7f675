"""The second net finds in new words what no rule names, leaves look-alikes alone, never blocks."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from knowledge.text.names import language_of
from medchat.answering.screening import rules, second_net
from medchat.answering.screening.alerts import alerts, reply
from medchat.answering.screening.screen import screen, screen_by_rules
from medchat.answering.screening.statements import fold
from medchat.settings import Settings

UNSEEN = yaml.safe_load(
    (Path(__file__).parents[4] / "benchmarks/screening_unseen.yaml").read_text(encoding="utf-8")
)


@cache
def screened(kind, language):
    return [screen(text, [], language) for text in UNSEEN[kind][language]]


def stopped(kind, language, holds):
    return sum(map(holds, screened(kind, language))) / len(UNSEEN[kind][language])


def is_declined(found):
    return found.opening is not None and found.opening.kind == "refusal"


def is_unnamed(found):
    return bool(found.emergencies) and not found.names_one


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["lay", "clinical"])
def test_emergencies_in_words_that_nothing_was_trained_on_are_found(kind, language):
    assert stopped(kind, language, lambda found: bool(found.emergencies)) >= 0.95


@pytest.mark.parametrize("language", ["en", "zh"])
def test_harmful_requests_in_new_words_are_found_more_often_than_by_rules(language):
    texts = UNSEEN["harmful"][language]
    by_rules = sum(is_declined(screen_by_rules(text, [], language)) for text in texts)
    assert stopped("harmful", language, is_declined) * len(texts) >= 2 * by_rules


@pytest.mark.parametrize("language", ["en", "zh"])
def test_ordinary_messages_on_the_same_subjects_are_mostly_left_alone(language):
    assert stopped("ordinary", language, is_unnamed) < 0.15
    assert stopped("ordinary", language, is_declined) < 0.08


def test_no_sentence_of_the_examples_is_one_that_is_measured_on():
    folder = Path(second_net.__file__).parent / "examples"
    trained = {
        fold(text)
        for path in folder.glob("*.yaml")
        for groups in yaml.safe_load(path.read_text(encoding="utf-8")).values()
        for texts in groups.values()
        for text in texts
    }
    measured = {fold(t) for kinds in UNSEEN.values() for texts in kinds.values() for t in texts}
    assert len(trained) > 3000 and not trained & measured


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "her arm dropped mid song and she sings like a broken record", "112"),
        ("zh", "唱着歌胳膊突然掉下去 声音像坏掉的唱片", "120"),
    ],
)
def test_what_no_rule_names_gets_the_banner_in_general_words(language, text, number):
    found = screen(text, [], language)
    assert not screen_by_rules(text, [], language).emergencies
    assert found.emergencies and not found.names_one and found.opening is None
    (alert,) = alerts(found, language, Settings())
    assert number in alert.text and rules.unnamed().name[language] in alert.text


def test_the_numbers_of_the_settings_stand_in_what_the_net_says():
    settings = Settings(emergency_number="555", crisis_line="Line 777")
    assert "777" in reply(rules.net_opening("self-harm"), "en", settings)
    (alert,) = alerts(
        screen("somebody fell off the crane and is not moving", [], "en"), "en", settings
    )
    assert "555" in alert.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_declined_says_what_for(language):
    said = reply(rules.net_opening("harmful"), language, Settings())
    assert rules.read_map("second_net")["harmful"]["what"][language] in said


def test_a_rule_wins_over_the_net():
    text = "My dad's face is drooping on one side and his arm is weak"
    assert screen(text, [], "en") == screen_by_rules(text, [], "en")
    assert screen(text, [], "en").names_one


@pytest.mark.parametrize(
    "text", ["", "?", "a", "  ", "😀", "7", "痛" * 400, "ab " * 4000, "\x00\x01"]
)
def test_odd_messages_are_of_no_kind(text):
    assert second_net.likely(text) is None


def test_the_same_message_has_the_same_score_and_each_feature_once():
    net = second_net.load()
    text = fold("Neighbour lies by the fence, BP 122/78")
    hashes, counts = second_net.features(text)
    assert len(hashes) == len(counts) and hashes.max() < second_net.BUCKETS
    first, second = second_net.scores(text, net), second_net.scores(text, net)
    assert np.array_equal(first, second) and ((first >= 0) & (first <= 1)).all()


def test_the_weights_are_small_and_whole():
    path = Path(second_net.__file__).with_name(second_net.WEIGHTS)
    net = second_net.load()
    assert path.stat().st_size < 1_000_000
    assert net.weights.shape == (len(second_net.KINDS), second_net.BUCKETS)
    assert ((net.thresholds > 0.05) & (net.thresholds < 1)).all()


@pytest.mark.parametrize(
    "said",
    [
        "make that 81", "forget the case", "erase penicillin", "a second patient",
        "no allergies at all", "he weighs 77 kg", "not pregnant, sorry", "and the elderly?",
        "忘记这位患者", "体重77公斤",
        "其实81岁", "她并没有怀孕", "老人呢？",
    ],
)  # fmt: skip
def test_what_is_told_of_a_patient_or_to_the_chat_is_ordinary(said: str) -> None:
    found = screen(said, [], language_of(said))
    assert not found.emergencies and found.opening is None
