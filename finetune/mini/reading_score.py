"""Measure how well a model reads: greedy answers to drills on entities that it never saw.

    seed -> unseen drills -> greedy answers -> facts asked for, facts in the evidence

The names are invented afresh, so that what is right was read and not remembered.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune.mini.drills import Drill, Drills, Lexicon
from finetune.mini.tokenizer import common_characters
from finetune.templates import rendering
from finetune.templates.rendering import Language, Rendered

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

UNSEEN = 1_000_003
"""The seed of the drills for measuring; training never uses it."""


@dataclass(frozen=True, slots=True)
class ReadingScore:
    """How well a model reads drills that it never saw: greedy answers, before any checking.

    `asked` is the share of asked facts present in the answers, `stated` the share of stated facts
    that are in the evidence, `declined` the share of uncovered questions that it declines.
    """

    drills: int
    asked: float
    stated: float
    declined: float
    cited: float


def measure(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    count: int,
    *,
    language: Language | None = None,
    hardness: float = 1.0,
    seed: int = UNSEEN,
) -> ReadingScore:
    """Answer unseen drills greedily and score what is said against the evidence."""
    drills = supply(tokenizer, {}, seed)
    asked = present = stated = grounded = declined = uncovered = cited = answers = 0
    for index in range(count):
        drill = drills.make(hardness, language or ("en" if index % 2 else "zh"))
        said = answer(model, tokenizer, drill)
        if not drill.asked[0]:
            uncovered += 1
            declined += said == drill.answers[0]
            continue
        asked += len(drill.asked[0])
        present += sum(fact in said for fact in drill.asked[0])
        facts = facts_of(said)
        stated += len(facts)
        whole = "\n".join(drill.evidence)
        grounded += sum(fact in whole for fact in facts)
        answers += 1
        cited += marks(said) == marks(drill.answers[0])
    return ReadingScore(
        count,
        present / max(asked, 1),
        grounded / max(stated, 1),
        declined / max(uncovered, 1),
        cited / max(answers, 1),
    )


def answer(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", drill: Drill) -> str:
    """Return the greedy answer to a drill's first question."""
    import torch

    ids = rendering.prompt_ids(tokenizer, drill.messages(0)[:-1])
    with torch.inference_mode():
        made = model.generate(  # type: ignore[operator]
            torch.tensor([ids]),
            attention_mask=torch.ones(1, len(ids), dtype=torch.long),
            max_new_tokens=160,
            do_sample=False,
            pad_token_id=tokenizer.pad_token_id,
        )
    return str(tokenizer.decode(made[0, len(ids) :], skip_special_tokens=True)).strip()


def facts_of(text: str) -> list[str]:
    """Return the pieces of an answer that state facts: list items, or the sentence itself."""
    facts = []
    for line in text.replace("[", "\n[").replace("。", "\n").split("\n"):
        body = line.split("]")[-1].strip(" .") if line.startswith("[") else line.strip(" .")
        for mark in (": ", "："):
            body = body.split(mark, 1)[-1]
        facts += [piece.strip() for piece in body.replace("；", ";").split(";") if piece.strip()]
    return facts


def marks(text: str) -> list[str]:
    """Return the numbers that a text cites, in order."""
    return [part[0] for part in text.split("[")[1:] if part[:1].isdigit()]


def rehearsal(
    tokenizer: "PreTrainedTokenizerBase", count: int, longest: int, seed: int
) -> list[Rendered]:
    """Return single drills of up to `longest` tokens for a round among whose rows they are mixed.

    Rows teach how lessons are worded; a small model soon words them so and no longer reads.
    Practice of what it could before keeps it (experience replay: Rolnick and others, 2019).
    """
    drills = supply(tokenizer, {}, seed)
    made: list[Rendered] = []
    while len(made) < count:
        rendered = rendering.render(tokenizer, drills.make().messages(0))
        if len(rendered.ids) <= longest:
            made.append(rendered)
    return made


def supply(tokenizer: "PreTrainedTokenizerBase", lexicon: Lexicon, seed: int) -> Drills:
    """Return drills over a tokenizer's whole vocabulary: every piece of a word gets practised."""
    characters, words = [], []
    for token in tokenizer.get_vocab():
        bare = token.removeprefix("▁")
        if len(bare) == 1 and "\u4e00" <= bare <= "\u9fff":
            characters.append(bare)
        elif len(bare) > 1 and bare.isascii() and bare.isalpha():
            words.append(bare)
    # a vocabulary of bytes holds no whole character
    return Drills(lexicon, "".join(sorted(characters or common_characters())), sorted(words), seed)
