"""Score a model on rows that it never trained on, and let it write answers.

    held-out examples -> loss on their answers -> greedy answers -> facts present, facts supported

Scores carry 95 % intervals by bootstrap over rows.
"""

import math
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from finetune import architecture, model, rendering
from finetune.dataset import Example, listed_facts
from finetune.errors import FinetuneError
from finetune.model import Student
from finetune.packing import pack
from finetune.recipe import Evaluation, Precision
from finetune.rendering import Message
from finetune.round_progress import Progress, Tick, silent
from finetune.text_tools import TextTools
from finetune.token_loss import picks_logits, token_losses

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Interval = tuple[float, float]
Pair = tuple[float, float]
"""What one row adds to a ratio: its numerator and its denominator."""

_DRAWS = 1000
_BROKEN = "\N{REPLACEMENT CHARACTER}"
_PERIOD = 32
"""Tokens of the longest run whose repetition is noticed."""
_ROUND = 24
"""Tokens that an answer must have gone round in circles for, three times at least."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Held-out scores; the shares are None where no answers were written.

    `facts_present` is the share of asked facts in the answers, `facts_supported` the share of
    stated facts that are in the evidence, `declined` the share of uncovered questions declined.
    """

    rows: int
    answer_tokens: int
    nll: float
    nll_interval: Interval
    perplexity: float
    answers: int
    facts_present: float | None
    facts_present_interval: Interval | None
    facts_supported: float | None
    facts_supported_interval: Interval | None
    declined: float | None

    def values(self) -> dict[str, object]:
        """Return the scores as plain values, for the manifest."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Scores with what each row added to the loss, so that two runs can be compared in pairs."""

    scores: Scores
    rows: tuple[Pair, ...]


def measure(
    student: Student,
    examples: Sequence[Example],
    plan: Evaluation,
    tools: TextTools,
    *,
    precision: Precision = "auto",
    names: Iterable[str] = (),
    progress: Progress = silent,
) -> Measurement:
    """Score a student; `names` are facts by name, looked for in sentences that list nothing."""
    student.model.eval()
    rows = []
    for done, example in enumerate(examples, 1):
        rows.append(_loss(student, example, precision))
        progress(Tick("score", done, len(examples)))
    written = _write(student, examples[: plan.answers], plan.max_new_tokens, precision, progress)
    known = sorted(set(names), key=len, reverse=True)
    present = [_present(one, text, tools) for one, text in written if one.covered]
    supported = [_supported(one, text, known, tools) for one, text in written]
    refused = [(_declined(one, text), 1.0) for one, text in written if not one.covered]
    nll = _ratio(rows) or 0.0
    scores = Scores(
        rows=len(rows),
        answer_tokens=round(sum(tokens for _, tokens in rows)),
        nll=nll,
        nll_interval=bootstrap_interval(rows) or (nll, nll),
        perplexity=math.exp(min(nll, 700.0)),
        answers=len(written),
        facts_present=_ratio(present),
        facts_present_interval=bootstrap_interval(present),
        facts_supported=_ratio(supported),
        facts_supported_interval=bootstrap_interval(supported),
        declined=_ratio(refused),
    )
    return Measurement(scores, tuple(rows))


def bootstrap_interval(pairs: Sequence[Pair], seed: int = 0) -> Interval | None:
    """Return the 95 % bootstrap interval of a ratio of sums; None where there is no ratio."""
    if not sum(below for _, below in pairs):
        return None
    pick = random.Random(seed)
    drawn = []
    for _ in range(_DRAWS):
        sample = pick.choices(pairs, k=len(pairs))
        ratio = _ratio(sample)
        if ratio is not None:
            drawn.append(ratio)
    drawn.sort()
    return drawn[round(0.025 * (len(drawn) - 1))], drawn[round(0.975 * (len(drawn) - 1))]


def paired_difference(before: Measurement, after: Measurement) -> tuple[float, Interval]:
    """Return by how much the mean loss changed, with the interval of the paired difference."""
    pairs = [
        (late - early, tokens)
        for (early, tokens), (late, _) in zip(before.rows, after.rows, strict=True)
    ]
    change = _ratio(pairs) or 0.0
    return change, bootstrap_interval(pairs) or (change, change)


def generate(
    student: Student,
    messages: Sequence[Message],
    max_new_tokens: int = 256,
    *,
    precision: Precision = "auto",
) -> str:
    """Return the greedy answer to messages."""
    return "".join(stream(student, messages, max_new_tokens, precision=precision)).rstrip()


def stream(
    student: Student,
    messages: Sequence[Message],
    max_new_tokens: int = 256,
    *,
    precision: Precision = "auto",
    ended: Callable[[], None] = lambda: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[str]:
    """Yield the greedy answer to messages in pieces of whole characters.

    Stops at the end of text, or where the answer goes round in circles, which greedy decoding
    hardly ever leaves again; `ended` is called where the model set the end itself. `stopped` is
    asked after each token, and ends the answer. FinetuneError where the prompt does not fit the
    model.
    """
    ids = rendering.prompt_ids(student.tokenizer, messages)
    room = student.context - len(ids)
    if room < 1:
        raise FinetuneError(
            f"The prompt has {len(ids)} tokens, but the model {student.base_name} holds "
            f"{student.context}.",
            where="prompt",
            remedy="Ask with less evidence or a shorter conversation.",
        )
    text = _Text(student.tokenizer)
    ends = _ends(student)
    said: list[int] = []
    for token in _greedy(student, ids, min(room, max_new_tokens), precision):
        if token in ends:
            ended()
            break
        if stopped():
            break
        said.append(token)
        if _circles(said):
            break
        piece = text.add(token)
        if piece:
            yield piece


def _greedy(student: Student, ids: list[int], count: int, precision: Precision) -> Iterator[int]:
    """Yield the likeliest next token, again and again, keys and values kept."""
    import torch

    given, kept = ids, None
    last = {"logits_to_keep": 1} if picks_logits(student.model) else {}
    caches = architecture.takes(student.model, "past_key_values")
    for _ in range(count):
        # not around the loop: whoever consumes must not find gradients switched off
        with torch.inference_mode(), model.autocast(student, precision):
            out = student.model(
                input_ids=torch.tensor([given], device=student.device),
                use_cache=caches,
                **({"past_key_values": kept} if caches else {}),
                **last,
            )
        token = int(out.logits[0, -1].argmax())
        kept = out.past_key_values if caches else None
        given = [token] if caches else [*given, token]
        yield token


def _circles(said: Sequence[int]) -> bool:
    """Say whether the last tokens are one run of tokens, again and again."""
    return any(
        len(said) >= times * period
        and all(said[-at] == said[-at - period] for at in range(1, (times - 1) * period + 1))
        for period in range(1, _PERIOD + 1)
        for times in [max(3, -(-_ROUND // period))]
    )


def _ends(student: Student) -> frozenset[int]:
    """Return the tokens that end an answer: the model's own, and every marker of a new turn."""
    config = getattr(student.model, "generation_config", None)
    own = getattr(config, "eos_token_id", None)
    listed = own if isinstance(own, list) else [own]
    markers = rendering.markers(student.tokenizer)
    return frozenset(one for one in (*listed, *markers) if one is not None)


class _Text:
    """Text from tokens as they come: a piece is given out once its last character is whole."""

    def __init__(self, tokenizer: "PreTrainedTokenizerBase") -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        self._shown = 0
        self._started = False

    def add(self, token: int) -> str:
        """Take a token and return the text that is now certain, perhaps none."""
        self._ids.append(token)
        # some decoders drop a blank at the start: the ids already shown are decoded again with it
        before = self._decode(self._ids[: self._shown])
        now = self._decode(self._ids)
        if now.endswith(_BROKEN) or len(now) <= len(before):
            return ""
        piece = now[len(before) :].replace(_BROKEN, "")
        self._ids = self._ids[self._shown :]
        self._shown = len(self._ids)
        if not self._started:
            piece = piece.lstrip()
            self._started = bool(piece)
        return piece

    def _decode(self, ids: list[int]) -> str:
        return str(
            self._tokenizer.decode(
                ids, skip_special_tokens=False, clean_up_tokenization_spaces=False
            )
        )


def _loss(student: Student, example: Example, precision: Precision) -> Pair:
    import torch

    row = pack([example.tokens], len(example.tokens.ids)).rows[0]
    if not row.learned:
        return 0.0, 0.0
    with torch.inference_mode(), model.autocast(student, precision):
        total = token_losses(student.model, row, student.device).double().sum()
    return float(total), float(row.learned)


def _write(
    student: Student,
    examples: Sequence[Example],
    max_new_tokens: int,
    precision: Precision,
    progress: Progress,
) -> list[tuple[Example, str]]:
    written = []
    for done, example in enumerate(examples, 1):
        room = student.context - len(rendering.prompt_ids(student.tokenizer, example.prompt))
        if room > 0:
            text = generate(student, example.prompt, max_new_tokens, precision=precision)
            written.append((example, text))
        progress(Tick("answer", done, len(examples)))
    return written


def _present(example: Example, text: str, tools: TextTools) -> Pair:
    """Count the asked facts that an answer states."""
    said = _plain(tools.uncited(text))
    return sum(_plain(fact) in said for fact in example.asked), len(example.asked)


def _supported(example: Example, text: str, names: Sequence[str], tools: TextTools) -> Pair:
    """Count the facts that an answer states and its evidence holds."""
    whole = _plain("\n".join(example.evidence))
    facts = stated_facts(text, names, tools)
    return sum(_plain(fact) in whole for fact in facts), len(facts)


def stated_facts(text: str, names: Sequence[str], tools: TextTools) -> list[str]:
    """Return the facts that a text states: listed items, known names, else whole sentences.

    `names` are sought longest first, so that a name within a longer one is not counted.
    """
    facts: list[str] = []
    for sentence in tools.split_sentences(tools.uncited(text)):
        body = sentence.rstrip("。.!?！？")
        if not body or body in {one.rstrip("。.") for one in rendering.NOT_COVERED.values()}:
            continue
        listed = [one.strip() for one in re.split(r"[;；]", _after_colon(body)) if one.strip()]
        if len(listed) > 1:
            facts += listed
        else:
            facts += _named(body, names) or listed
    return facts


def known_names(quotes: Iterable[str]) -> set[str]:
    """Return the facts that evidence lines list, two characters or longer."""
    return {item for quote in quotes for item in listed_facts(quote) if len(item) > 1}


def _after_colon(body: str) -> str:
    return re.split(r":\s|：", body, maxsplit=1)[-1]


def _named(sentence: str, names: Sequence[str]) -> list[str]:
    left = _plain(sentence)
    found = []
    for name in names:
        if _plain(name) not in left:
            continue
        edge = r"\b" if name[:1].isascii() else ""
        pattern = f"{edge}{re.escape(_plain(name))}{edge}"
        if re.search(pattern, left):
            found.append(name)
            left = re.sub(pattern, "\0", left)
    return found


def _declined(example: Example, text: str) -> float:
    return float(_plain(text) == _plain(rendering.NOT_COVERED[example.language]))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip("。.")


def _ratio(pairs: Sequence[Pair]) -> float | None:
    below = sum(pair[1] for pair in pairs)
    return sum(pair[0] for pair in pairs) / below if below else None
