"""What `knowledge` and `finetune` are given of the rules of a turn."""

import pytest

from finetune import FinetuneError
from medchat.composition import find_urgent, training_tools
from medchat.settings import load


@pytest.mark.parametrize(
    ("messages", "language", "named"),
    [
        (("My wife has crushing chest pain and is sweating since an hour.",), "en", "coronary"),
        (
            ("I have a headache.", "Yes, my neck is stiff and I have a fever."),
            "en",
            "mening",
        ),
        (("我爸突然口角歪斜，一侧胳膊抬不起来。",), "zh", "卒中"),
        (("What are the side effects of amlodipine?",), "en", ""),
        (("足癣用什么药膏？",), "zh", ""),
    ],
)
def test_urgent_words_are_found_over_all_messages_of_a_user(messages, language, named):
    found = find_urgent(messages, language)
    assert bool(found) == bool(named)
    assert not named or any(named in each.name for each in found)
    assert all(each.act for each in found)


def test_an_empty_home_has_nothing_to_prove_answers_against(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDCHAT_HOME", str(tmp_path / "home"))
    tools = training_tools(load())
    with pytest.raises(FinetuneError, match="holds no knowledge") as caught:
        tools.proof(tmp_path / "data")
    assert "medchat kb add" in caught.value.remedy
