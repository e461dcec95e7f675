"""Choose the tokens of an answer: greedy with copies of the prompt as drafts, sampled, or by beams.

    prompt ids + Decoding -> keys and values kept -> token after token

An answer over evidence repeats it. So the greedy way looks where the last tokens stood before,
takes what followed there as a draft, and lets the model check the whole draft in one step; tokens
that the model would not have chosen are dropped (prompt lookup decoding, Saxena 2023).
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune import errors, model
from finetune.architectures import architecture, encoder_decoder
from finetune.model import Student
from finetune.recipe import Precision
from finetune.training.token_loss import picks_logits

if TYPE_CHECKING:
    import torch

LOOKUP = 10
"""Tokens of a draft."""

_LONGEST_MATCH = 3
"""Tokens that are sought before; one alone is tried last."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How tokens are chosen; as it stands, the likeliest one each time.

    `temperature` above 0 samples, from the `top_k` likeliest tokens (0: all) that together hold
    `top_p`. `beams` above 1 keeps so many answers side by side, and yields the best at the end.
    `repetition_penalty` above 1 makes what was answered less likely, `no_repeat` forbids to answer
    any run of so many tokens twice; the evidence in the prompt may be repeated. `lookup` is the
    length of drafts, 0 for none.
    """

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    beams: int = 1
    repetition_penalty: float = 1.0
    no_repeat: int = 0
    lookup: int = LOOKUP
    seed: int | None = None

    def __post_init__(self) -> None:
        _demand(0 <= self.temperature <= 5, "temperature", self.temperature, "from 0 to 5")
        _demand(self.top_k >= 0, "top_k", self.top_k, "0 (all) or more")
        _demand(0 < self.top_p <= 1, "top_p", self.top_p, "above 0 and at most 1")
        _demand(1 <= self.beams <= 16, "beams", self.beams, "from 1 to 16")
        _demand(
            1 <= self.repetition_penalty <= 5,
            "repetition_penalty",
            self.repetition_penalty,
            "from 1 (none) to 5",
        )
        _demand(self.no_repeat >= 0, "no_repeat", self.no_repeat, "0 (none) or more")
        _demand(0 <= self.lookup <= 100, "lookup", self.lookup, "from 0 (none) to 100")
        if self.beams > 1:
            _demand(self.temperature == 0, "beams", self.beams, "1 where temperature is above 0")

    @property
    def plain(self) -> bool:
        """Return whether each token is the likeliest one, with nothing made less likely."""
        return not self.temperature and self.beams == 1 and not self.penalised

    @property
    def penalised(self) -> bool:
        """Return whether what was said changes what may follow."""
        return self.repetition_penalty != 1 or self.no_repeat > 0


def _demand(holds: bool, name: str, value: object, wanted: str) -> None:
    errors.demand(holds, f"The decoding option {name}", value, wanted, where=name)


GREEDY = Decoding()
"""The likeliest token each time, with drafts from the prompt."""


def tokens(
    student: Student,
    ids: Sequence[int],
    count: int,
    decoding: Decoding = GREEDY,
    *,
    precision: Precision = "auto",
    stopped: Callable[[], bool] = lambda: False,
) -> Generator[int]:
    """Yield at most `count` tokens after a prompt, those that end a text included.

    Whoever reads decides where the answer ends. `stopped` is asked by what yields only at its end.
    """
    precision = writing_precision(student, precision)
    if decoding.beams > 1:
        yield from _best_of_beams(student, list(ids), count, decoding, precision, stopped)
    elif decoding.plain and decoding.lookup:
        yield from _with_drafts(student, list(ids), count, decoding.lookup, precision)
    else:
        yield from _one_by_one(student, list(ids), count, decoding, precision)


def writing_precision(student: Student, precision: Precision = "auto") -> Precision:
    """Return the precision to write in: on a CPU the weights' own, since casting takes longer."""
    return "float32" if precision == "auto" and student.device.type == "cpu" else precision


def draft(said: Sequence[int], length: int) -> list[int]:
    """Return what followed the last tokens when they stood before, at most `length` tokens.

    The longest run of last tokens that stood before counts, and of several places the latest.
    """
    for match in range(min(_LONGEST_MATCH, len(said) - 1), 0, -1):
        last = list(said[-match:])
        for start in range(len(said) - match - 1, -1, -1):
            if said[start] == last[0] and list(said[start : start + match]) == last:
                return list(said[start + match : start + match + length])
    return []


def agreed(guess: Sequence[int], likeliest: Sequence[int]) -> list[int]:
    """Return what greedy decoding says: as much of a draft as it would say itself, and one more.

    `likeliest` holds the likeliest token before the draft's first, after each, and perhaps others.
    """
    said = [likeliest[0]]
    for drafted, following in zip(guess, likeliest[1:], strict=False):
        if drafted != said[-1]:
            break
        said.append(following)
    return said


def _with_drafts(
    student: Student, ids: list[int], count: int, length: int, precision: Precision
) -> Generator[int]:
    """Yield the likeliest tokens; each step checks a draft, and yields what holds and one more."""
    kept: Any = None
    said, given, made = ids, ids, 0
    while made < count:
        guess = draft(said, min(length, count - made - 1)) if rolls_back(kept) else []
        logits, kept = _step(student, [*given, *guess], kept, len(guess) + 1, precision)
        new = agreed(guess, logits.argmax(-1).tolist())
        if len(new) <= len(guess):
            kept.crop(len(new) - len(guess) - 1)
        said, given = said + new, new[-1:]
        made += len(new)
        yield from new


def _one_by_one(
    student: Student, ids: list[int], count: int, decoding: Decoding, precision: Precision
) -> Generator[int]:
    """Yield tokens chosen one by one."""
    import torch

    choose = _chooser(student, decoding)
    kept: Any = None
    said: list[int] = []
    given = ids
    for _ in range(count):
        logits, kept = _step(student, given, kept, 1, precision)
        with torch.inference_mode():
            answered = torch.tensor([said], dtype=torch.long, device=logits.device)
            token = choose(answered, logits)
        said, given = [*said, token], [token]
        yield token


def _best_of_beams(
    student: Student,
    ids: list[int],
    count: int,
    decoding: Decoding,
    precision: Precision,
    stopped: Callable[[], bool],
) -> Generator[int]:
    """Yield the tokens of the best answer that a search by beams finds; none comes before all."""
    import torch
    from transformers import LogitsProcessorList, StoppingCriteria, StoppingCriteriaList

    penalties = _penalties(decoding)
    apart = architecture.encodes(student.model)
    before = len(encoder_decoder.beginning(student.model) if apart else ids)

    def penalised(said: "torch.Tensor", scores: "torch.Tensor") -> "torch.Tensor":
        changed: torch.Tensor = penalties(said[:, before:], scores)
        return changed

    class Stopped(StoppingCriteria):
        def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:  # noqa: ANN401
            return torch.full((len(input_ids),), stopped(), device=input_ids.device)

    given = torch.tensor([ids], device=student.device)
    with torch.inference_mode(), model.autocast(student, precision):
        made = student.model.generate(
            input_ids=given,
            attention_mask=torch.ones_like(given),
            max_new_tokens=count,
            num_beams=decoding.beams,
            do_sample=False,
            logits_processor=LogitsProcessorList([penalised]),
            stopping_criteria=StoppingCriteriaList([Stopped()]),
        )
    yield from made[0, before:].tolist()


class _Text(tuple[int, ...]):
    """All tokens so far, kept in place of a cache by what takes none, or gives none back."""


def _step(
    student: Student,
    given: Sequence[int],
    kept: Any,  # noqa: ANN401
    last: int,
    precision: Precision,
) -> "tuple[torch.Tensor, Any]":
    """Give tokens to the model, and return the logits after the last of them, and its cache."""
    import torch

    if architecture.encodes(student.model):
        with torch.inference_mode(), model.autocast(student, precision):
            logits, kept = encoder_decoder.step(student.model, given, kept, student.device)
        return logits[-last:], kept
    chosen: dict[str, Any] = {"logits_to_keep": last} if picks_logits(student.model) else {}
    cache = "" if isinstance(kept, _Text) else _cache_of(student)
    if cache:
        chosen |= {cache: kept, "use_cache": True}
    else:  # it keeps nothing between two steps, so all tokens are kept here
        kept = _Text((*(kept or ()), *given))
        given = list(kept)
        if architecture.takes(student.model, "use_cache"):
            chosen["use_cache"] = False
    # not around whole loops: whoever consumes must not find gradients switched off
    with torch.inference_mode(), model.autocast(student, precision):
        out = student.model(input_ids=torch.tensor([list(given)], device=student.device), **chosen)
    if cache:
        kept = getattr(out, cache, None)
        kept = _Text(given) if kept is None else kept
    return out.logits[0, -last:], kept


def _cache_of(student: Student) -> str:
    """Return by which name a model takes and gives what it keeps between steps; empty for none."""
    names = ("past_key_values", "cache_params", "state")
    return next((name for name in names if architecture.takes(student.model, name)), "")


def rolls_back(kept: Any) -> bool:  # noqa: ANN401
    """Say whether tokens can be taken out of a cache again: not where states run on or slide."""
    from transformers.cache_utils import DynamicCache, DynamicLayer

    return isinstance(kept, DynamicCache) and all(type(one) is DynamicLayer for one in kept.layers)


def _penalties(decoding: Decoding) -> Any:  # noqa: ANN401
    """Return what makes tokens less likely by those answered before."""
    from transformers.generation.logits_process import (
        LogitsProcessorList,
        NoRepeatNGramLogitsProcessor,
        RepetitionPenaltyLogitsProcessor,
    )

    steps: Any = LogitsProcessorList()
    if decoding.repetition_penalty != 1:
        steps.append(RepetitionPenaltyLogitsProcessor(decoding.repetition_penalty))
    if decoding.no_repeat:
        steps.append(NoRepeatNGramLogitsProcessor(decoding.no_repeat))
    return steps


def _chooser(student: Student, decoding: Decoding) -> "Callable[[torch.Tensor, torch.Tensor], int]":
    """Return what chooses a token by what was said and by the logits."""
    import torch
    from transformers.generation.logits_process import (
        TemperatureLogitsWarper,
        TopKLogitsWarper,
        TopPLogitsWarper,
    )

    steps = _penalties(decoding)
    source = torch.Generator(student.device)
    if decoding.temperature:
        steps.append(TemperatureLogitsWarper(decoding.temperature))
        if decoding.top_k:
            steps.append(TopKLogitsWarper(decoding.top_k))
        if decoding.top_p < 1:
            steps.append(TopPLogitsWarper(decoding.top_p))
        if decoding.seed is None:
            source.seed()
        else:
            source.manual_seed(decoding.seed)

    def choose(said: "torch.Tensor", logits: "torch.Tensor") -> int:
        scores = steps(said, logits.float())
        if not decoding.temperature:
            return int(scores[0].argmax())
        return int(torch.multinomial(scores[0].softmax(-1), 1, generator=source))

    return choose
