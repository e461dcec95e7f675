"""Write many greedy answers at once, in batches of prompts of like length."""

from collections.abc import Callable, Sequence

from finetune.inference import answer_ends, generation
from finetune.inference.batch_state import can_batch
from finetune.inference.shared_batch import Answer, SharedBatch
from finetune.model import Student
from finetune.recipe import Precision
from finetune.templates import rendering
from finetune.templates.rendering import Message

_ROWS = 8
_ROWS_ON_GPU = 64
_TOKENS = 12_288
"""A batch on a CPU holds at most so many rows and tokens."""


def write_answers(
    student: Student,
    prompts: Sequence[Sequence[Message]],
    max_new_tokens: int,
    precision: Precision = "auto",
    done: Callable[[int], None] = lambda count: None,
) -> list[str | None]:
    """Return the greedy answer to each prompt; None where a prompt does not fit the model."""
    if not can_batch(student.model):
        return [_alone(student, one, max_new_tokens, precision) for one in prompts]
    ids = [rendering.prompt_ids(student.tokenizer, prompt) for prompt in prompts]
    answers = {
        place: Answer([*one], len(one), min(max_new_tokens, student.room_after(len(one))))
        for place, one in enumerate(ids)
        if student.room_after(len(one))
    }
    finished = 0
    batch = SharedBatch(student, precision)
    for group in _groups(list(answers.values()), student):
        batch.join(group)
        while batch.writing:
            batch.step()
        finished += len(group)
        done(finished)
    return [
        _text(student, answers[place]) if place in answers else None
        for place in range(len(prompts))
    ]


def try_out(student: Student, prompts: Sequence[list[int]]) -> None:
    """Write two tokens after each of several prompts at once."""
    batch = SharedBatch(student)
    batch.join([Answer([*one], len(one), 2) for one in prompts])
    batch.step()


def _alone(
    student: Student, prompt: Sequence[Message], max_new_tokens: int, precision: Precision
) -> str | None:
    if not student.room_after(len(rendering.prompt_ids(student.tokenizer, prompt))):
        return None
    return generation.generate(student, prompt, max_new_tokens, precision=precision)


def _text(student: Student, answer: Answer) -> str:
    said = answer.said
    if said[-1] in answer_ends.ends_of(student) or answer_ends.in_circles(said):
        said = said[:-1]
    pieces = generation.Pieces(student.tokenizer)
    return "".join(pieces.add(token) for token in said).rstrip()


def _groups(answers: Sequence[Answer], student: Student) -> list[list[Answer]]:
    """Return answers in groups of like length, the longest first."""
    most = _ROWS_ON_GPU if student.device.type == "cuda" else _ROWS
    groups: list[list[Answer]] = []
    for one in sorted(answers, key=lambda one: -one.prompt):
        last = groups[-1] if groups else []
        full = len(last) >= most or (last and (len(last) + 1) * last[0].prompt > _TOKENS)
        if not last or full:
            groups.append([])
        groups[-1].append(one)
    return groups
