"""Chat templates as bases bring them: what training renders is what chat asks, to the token."""

import pytest
from toy_finetune import base, recipe, rows, write_data

from finetune import FinetuneError, dataset, model
from finetune.rows.examples import make_examples
from finetune.templates import chat_templates, rendering
from finetune.templates.chat_templates import REASONING
from medchat.composition import TEXT_TOOLS

MARKS = "<|{{ m.role }}|>{{ m.content }}</s>"
ASK = "{% if add_generation_prompt %}<|assistant|>{% endif %}"
EACH = "{% for m in messages %}" + MARKS + "{% endfor %}"
REFUSE = "{{ raise_exception('no') }}"
ALTERNATE = (
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    + REFUSE
    + "{% endif %}"
    + MARKS
    + "{% endfor %}"
)

TEMPLATES = {
    "plain": EACH + ASK,
    "its end stands once": "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% else %}{{ eos_token }}{% endif %}",
    "refuses the system": "{% if messages[0].role == 'system' %}"
    + REFUSE
    + "{% endif %}"
    + EACH
    + ASK,
    "leaves out the system": "{% for m in messages if m.role != 'system' %}"
    + MARKS
    + "{% endfor %}"
    + ASK,
    "roles alternate": ALTERNATE + ASK,
    "system in the last question": "{% for m in messages if m.role != 'system' %}"
    "{% if loop.last or (not add_generation_prompt and loop.revindex == 2) %}"
    "{% if m.role == 'user' and messages[0].role == 'system' %}{{ messages[0].content }}{% endif %}"
    "{% endif %}" + MARKS + "{% endfor %}" + ASK,
    "forgets earlier thoughts": "{% for m in messages %}"
    "{% if loop.last and m.role == 'assistant' %}<|assistant|>"
    "<think>\n{{ m.reasoning_content or '' }}\n</think>\n\n{{ m.content }}</s>"
    "{% else %}" + MARKS + "{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}"
    "{% endif %}",
    "opens the thought": EACH + "{% if add_generation_prompt %}<|assistant|><think>\n{% endif %}",
}
DIALOGUE = [
    {"role": "system", "content": "You are a calm nurse. "},
    {"role": "user", "content": "I have a rash."},
    {"role": "assistant", "content": "Where is it?"},
    {"role": "user", "content": "在手臂上。"},
    {"role": "assistant", "content": "Keep it dry."},
]


def tokenizer_of(template):
    own = model.tokenizer(str(base()))
    own.chat_template = template
    return own


def learned(own, made):
    return own.decode([token for token, learn in zip(made.ids, made.learn, strict=True) if learn])


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_is_learned_follows_what_chat_asks(name):
    own = tokenizer_of(TEMPLATES[name])
    made = rendering.render_dialogue(own, DIALOGUE)
    answers = [at for at, one in enumerate(DIALOGUE) if one["role"] == "assistant"]
    for place, at in enumerate(answers):
        one = made[place] if len(made) > 1 else made[0]
        asked = rendering.prompt_ids(own, DIALOGUE[:at])
        assert one.ids[: len(asked)] == asked
        assert one.learn[len(asked) - 1 : len(asked) + 1] == [False, True]
        assert "You are a calm nurse." in own.decode(asked)
        assert DIALOGUE[at - 1]["content"] in own.decode(asked)
        assert learned(own, one).count(own.eos_token) >= 1
    said = [learned(own, one) for one in made]
    assert "".join(said).count("Where is it?") == "".join(said).count("Keep it dry.") == 1
    assert all("<think>" not in one for one in said)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_round_takes_all_rows_with_each_template(name, tmp_path):
    own = tokenizer_of(TEMPLATES[name])
    row = {**rows(1)[0], "messages": DIALOGUE, "sources": [], "language": "en"}
    data = dataset.read(write_data(tmp_path, [row, *rows(3, 1)], rows(2)))
    made, report = make_examples(data.train, data.train, own, recipe(base()), 1, TEXT_TOOLS)
    assert report.rows == report.kept == 4
    assert report.left_out == {}
    assert len(made) == (4 if rendering.render_dialogue(own, DIALOGUE)[1:] == [] else 5)
    assert {one.answer for one in made if one.id == row["id"]} <= {"Where is it?", "Keep it dry."}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("forgets earlier thoughts", "<think>\nRash on one arm.\n</think>\n\nKeep it dry.</s>"),
        ("opens the thought", "Rash on one arm.\n</think>\n\nKeep it dry.</s>"),
        ("plain", "Keep it dry.</s>"),
    ],
)
def test_reasoning_stands_where_the_template_reasons(name, shown):
    own = tokenizer_of(TEMPLATES[name])
    thought = [*DIALOGUE[:-1], {**DIALOGUE[-1], REASONING: "Rash on one arm.\n"}]
    made = rendering.render_answer(own, thought)
    assert learned(own, made) == shown
    assert rendering.keeps_reasoning(own, thought) is (name != "plain")
    assert rendering.keeps_reasoning(own, DIALOGUE)


def test_of_several_templates_the_default_is_in_force():
    own = tokenizer_of({"tool_use": "tools", "default": TEMPLATES["plain"]})
    assert rendering.template_of(own) == TEMPLATES["plain"]
    assert rendering.template_of(tokenizer_of({"rag": "r", "only": "o"})) == "o"
    assert rendering.template_of(tokenizer_of(None)) == chat_templates.TEMPLATE


@pytest.mark.parametrize(
    "template",
    [
        REFUSE,
        "{{ messages[0].content }}{{ messages | length }}",
        "{% for m in messages %}{% endfor %}",
    ],
)
def test_rows_that_no_template_takes_are_counted(template, tmp_path):
    own = tokenizer_of(template)
    data = dataset.read(write_data(tmp_path, rows(3), rows(2)))
    made, report = make_examples(data.train, data.train, own, recipe(base()), 1, TEXT_TOOLS)
    assert made == []
    assert sum(report.left_out.values()) == 3
    assert all("chat template" in reason for reason in report.left_out)
    with pytest.raises(FinetuneError, match="chat template"):
        rendering.render(own, DIALOGUE)


def test_a_tokenizer_that_puts_a_blank_before_every_text(tmp_path):
    """As Llama 2's: pieces of a dialogue that are encoded apart would each get a blank."""
    from tokenizers import Tokenizer, decoders, models, normalizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted({*"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ[]/.?!\n▁"})
    vocabulary = {one: at for at, one in enumerate(["<unk>", "<s>", "</s>", *letters])}
    core = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>"))
    core.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    core.decoder = decoders.Replace("▁", " ")
    own = PreTrainedTokenizerFast(
        tokenizer_object=core, bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )
    own.chat_template = (
        "{% for m in messages %}{% if m.role == 'user' %}[INST]{{ m.content }}[/INST]"
        "{% else %}{{ m.content }}</s>{% endif %}{% endfor %}"
    )
    messages = DIALOGUE[1:3] + [{"role": "user", "content": "On the arm."}, DIALOGUE[4]]
    (made,) = rendering.render_dialogue(own, messages)
    asked = rendering.prompt_ids(own, messages[:3])
    assert made.ids[: len(asked)] == asked
    assert learned(own, made) == "Where is it?</s>Keep it dry.</s>"


def test_a_dialogue_is_scored_once_where_the_template_splits_it(tmp_path):
    from finetune.scoring import held_out

    own = tokenizer_of(TEMPLATES["forgets earlier thoughts"])
    row = {**rows(1)[0], "messages": DIALOGUE, "sources": [], "language": "en"}
    data = dataset.read(write_data(tmp_path, rows(3, 1), [row, rows(1, 5)[0]]))
    scored = held_out.choose(data, recipe(base()), 1, own, TEXT_TOOLS, tmp_path)
    assert sorted(one.id for one in scored.examples) == sorted([row["id"], "row-5"])
    assert "Keep it dry." in {one.answer for one in scored.examples}
