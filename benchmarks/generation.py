"""Tokens per second of greedy answers over evidence: alone and together, beside llama.cpp.

python benchmarks/generation.py --data DIR [--base smollm2] [--gguf FILE] [--rows 12]

DIR is a dataset folder of `medchat build-data`; its held-out rows are the prompts. llama.cpp takes
part where `xllamacpp` is installed (by hand) and its GGUF file is given: the same prompts as token
ids, the likeliest token each time.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from machine import table

Answers = list[tuple[list[int], float]]
"""For each prompt the tokens of its answer, and the seconds."""


def main() -> None:
    """Write answers in each way, and print speed and agreement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", default="smollm2")
    parser.add_argument("--gguf", type=Path)
    parser.add_argument("--rows", type=int, default=12)
    parser.add_argument("--tokens", type=int, default=96)
    parser.add_argument("--adapter", help="a finished round of the home")
    parser.add_argument("--together", default="4,8", help="answers written at the same time")
    given = parser.parse_args()

    from finetune import adapters, model
    from finetune.bases import base_records
    from finetune.inference.decoding import GREEDY
    from medchat.settings import load

    home = load().home
    folder = adapters.named(home, given.adapter).folder if given.adapter else None
    base = base_records.find(home, given.base)
    rows = []
    reference: Answers = []
    for name, ready in (("as trained, float32", _as_it_is), ("as chat writes", model.fused)):
        student = ready(model.load(base, folder))
        prompts = _prompts(given.data, given.rows, student)
        _write(student, prompts[:1], 8, GREEDY)  # warm
        plain = _write(student, prompts, given.tokens, replace(GREEDY, lookup=0))
        _tell(f"{name}, plain: {_speed(plain)} tokens/s")
        drafted = _write(student, prompts, given.tokens, GREEDY)
        _tell(f"{name}, drafts: {_speed(drafted)} tokens/s")
        reference = reference or plain
        same = _equal(plain, drafted)
        rows += [
            (f"{name}, plain: tokens per second", _speed(plain)),
            (f"{name}, drafts from the prompt: tokens per second", _speed(drafted)),
            (f"{name}: drafts change no token", f"{same} of {len(plain)}"),
            (f"{name}: as trained, token for token", f"{_equal(plain, reference)} of {len(plain)}"),
        ]
    for count in map(int, filter(None, given.together.split(","))):
        all_of_it, first, same = _written_together(student, prompts, given.tokens, count, drafted)
        _tell(f"as chat writes, {count} together: {all_of_it} tokens/s")
        rows += [
            (f"as chat writes, {count} together: tokens per second", all_of_it),
            (f"{count} together: seconds to the first token, mean", first),
            (f"{count} together: as each alone, token for token", f"{same} of {len(prompts)}"),
        ]
    rows.insert(0, ("answers; tokens of prompts and answers", _sizes(prompts, reference)))
    if given.gguf:
        for name, lookup in (("plain", False), ("drafts from the prompt", True)):
            theirs = _llama_cpp(given.gguf, prompts, given.tokens, lookup=lookup)
            _tell(f"llama.cpp, {name}: {theirs} tokens/s")
            rows.append((f"llama.cpp, 4 bits, {name}: tokens per second", theirs))
        for count in map(int, filter(None, given.together.split(","))):
            theirs = _llama_cpp(given.gguf, prompts, given.tokens, lookup=True, at_once=count)
            name = f"llama.cpp, 4 bits, drafts, {count} together"
            _tell(f"{name}: {theirs} tokens/s")
            rows.append((f"{name}: tokens per second", theirs))
    table(rows)


def _as_it_is(student: object) -> object:
    return student


def _equal(some: Answers, others: Answers) -> int:
    return sum(one[0] == two[0] for one, two in zip(some, others, strict=True))


def _prompts(data: Path, count: int, student: object) -> list[list[int]]:
    """Return held-out rows as they are shown to the model, as token ids."""
    from finetune import dataset
    from finetune.recipes import recipe_reader
    from finetune.rows.examples import make_examples
    from finetune.templates import rendering
    from medchat.composition import TEXT_TOOLS

    recipe = recipe_reader.load("smollm2")
    rows = dataset.read(data).validation[: 4 * count]
    tokenizer = student.tokenizer
    examples, _ = make_examples(rows, rows, tokenizer, recipe, recipe.seed, TEXT_TOOLS)
    covered = [one for one in examples if one.evidence and one.covered][:count]
    return [rendering.prompt_ids(tokenizer, one.prompt) for one in covered]


def _write(student: object, prompts: Sequence[list[int]], count: int, decoding: object) -> Answers:
    from finetune.inference.answer_ends import ends_of
    from finetune.inference.decoding import tokens

    ends, answers = ends_of(student), []
    for ids in prompts:
        began, said = time.perf_counter(), []
        for token in tokens(student, ids, count, decoding):
            said.append(token)
            if token in ends:
                break
        answers.append((said, time.perf_counter() - began))
    return answers


def _written_together(
    student: object, prompts: Sequence[list[int]], count: int, at_once: int, alone: Answers
) -> tuple[str, str, int]:
    """Return tokens a second, the mean wait for a first token, and how many are as `alone`."""
    from finetune.inference.answer_ends import ends_of
    from finetune.inference.shared_batch import SharedBatch

    ends, batch = ends_of(student), SharedBatch(student, "float32")
    waiting, going = list(enumerate(prompts)), {}
    said: list[list[int]] = [[] for _ in prompts]
    firsts: dict[int, float] = {}
    began = time.perf_counter()
    while waiting or going:
        while waiting and len(going) < at_once:
            place, ids = waiting.pop(0)
            going[place] = batch.tokens(ids, count)
        for place, source in list(going.items()):
            for token in source:
                if token is None:
                    break
                said[place].append(token)
                firsts.setdefault(place, time.perf_counter() - began)
                if token in ends:
                    source.close()
            else:
                del going[place]
    seconds = time.perf_counter() - began
    same = sum(one == two for one, (two, _) in zip(said, alone, strict=True))
    first = sum(firsts.values()) / len(firsts)
    return f"{sum(map(len, said)) / seconds:.1f}", f"{first:.2f}", same


def _llama_cpp(
    gguf: Path, prompts: Sequence[list[int]], count: int, *, lookup: bool, at_once: int = 1
) -> str:
    """Return how many tokens a second llama.cpp writes, so many answers at a time."""
    import xllamacpp

    settings = xllamacpp.CommonParams()
    settings.model.path = str(gguf)
    settings.n_ctx = 4096 * at_once
    settings.n_parallel = at_once
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 2
    settings.cache_prompt = False
    settings.verbosity = -1
    if lookup:
        settings.speculative.types = [
            xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE
        ]
    server = xllamacpp.Server(settings)

    def write(ids: list[int]) -> int:
        made = server.handle_completions(
            {
                "prompt": ids, "n_predict": count, "temperature": 0, "top_k": 1,
                "cache_prompt": False,
            }
        )  # fmt: skip
        return int(made["usage"]["completion_tokens"])

    write(prompts[0][:32])  # to warm up
    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        written = sum(pool.map(write, prompts))
    return f"{written / (time.perf_counter() - began):.1f}"


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _speed(answers: Answers) -> str:
    """Return tokens of answers per second, the reading of the prompts included."""
    total = sum(len(said) for said, _ in answers)
    return f"{total / sum(seconds for _, seconds in answers):.1f}"


def _sizes(prompts: Sequence[list[int]], answers: Answers) -> str:
    asked, said = sum(map(len, prompts)), sum(len(each) for each, _ in answers)
    return f"{len(prompts)}; {asked:,} and {said:,}"


if __name__ == "__main__":
    main()
