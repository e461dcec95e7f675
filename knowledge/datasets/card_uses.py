"""Say on the card how the data are loaded, and how they are made again.

counts -> code for datasets, transformers, trl, LLaMA-Factory;  arguments -> command
"""

import json
import shlex
from collections.abc import Iterator, Mapping

from knowledge.datasets.row_counts import RowCounts

FLAGS = {
    "styles": "--style", "languages": "--language", "limit": "--limit", "seed": "--seed",
    "registers": "--register", "lengths": "--length", "difficulties": "--difficulty",
    "licences": "--licence", "for": "--for", "unknown_share": "--unknown-share", "asked": "--ask",
    "parallel": "--parallel", "feedback": "--feedback",
}  # fmt: skip
"""Arguments that stand in the command as they are."""

SWITCHES = ("parallel", "feedback")

FILES = {
    "import": "--import FILE", "exclude": "--exclude FILE", "keywords": "--keywords FILE",
    "mask": "--personal mask", "teacher": "--teacher URL --teacher-model NAME",
}  # fmt: skip
"""Arguments of which the manifest holds a hash or a name: whoever repeats them gives the files."""


def fitness(counts: RowCounts) -> Iterator[str]:
    """Yield what rows can teach a model, and what they cannot."""
    if counts.rows == counts.unproven:
        return
    yield from ("## What it is good for, and what not", "", "A model can learn from these rows")
    yield ""
    there = {**counts.styles, **counts.answers}
    for needed, taught in _TAUGHT:
        if rows := sum(there.get(each, 0) for each in needed):
            yield f"- {taught} ({rows:,} {'row' if rows == 1 else 'rows'})"
    yield from (
        "",
        "What few rows show is hardly learned. A model will not learn from them how people really "
        "talk, nor medicine that the sources lack. No model that was trained on these very "
        "rows was evaluated. "
        "Rows without evidence in the question are as right as their source, so mind the column "
        "`licence` and the table of sources below. None of this replaces an evaluation of the "
        "trained model.",
        "",
    )


_TAUGHT = (
    ({"grounded"}, "to answer from numbered evidence and to cite it"),
    ({"declines", "declines in part"}, "to decline where the evidence is silent"),
    ({"calls"}, "to call a calculator or a knowledge base, and to wait for the result"),
    ({"asks for a value"}, "to ask for a value that is missing"),
    ({"literature", "appraisal", "two-papers"}, "to quote a paper word for word, and to say what "
     "its abstract leaves out"),
    ({"urgent"}, "to put an emergency first"),
    ({"dialogue"}, "to ask before it concludes"),
    ({"refuses"}, "to refuse what would do harm"),
    ({"reasons"}, "to reason over the findings of a case, with each step traced to a fact"),
    ({"exam"}, "to answer exam questions, with the fact that decides"),
    ({"huatuo", "overview", "chatdoctor"}, "to tell what a knowledge graph holds of a condition "
     "or medicine, in sentences"),
)  # fmt: skip
"""What rows of some styles, or with some answers, teach."""


def lines(counts: RowCounts) -> Iterator[str]:
    """Yield how to load the files with other tools."""
    yield from (
        "## How to load it",
        "",
        "With datasets 4.7 or later, which leaves each call its own arguments; `model` is the name "
        "of yours.",
        "",
        *("```python", "import json", "import datasets, transformers, trl", ""),
        "tokenizer = transformers.AutoTokenizer.from_pretrained(model)",
    )
    parts = '{"train": "train.jsonl", "validation": "validation.jsonl"}'
    if counts.validation:
        yield f"parts = {parts}"
        yield 'rows = datasets.load_dataset("json", data_files=parts)'
    else:
        yield 'rows = datasets.load_dataset("json", data_files="train.jsonl")'
    if counts.train:
        yield from (
            "",
            "# transformers: any chat template, with tools where a row has them",
            'chat = datasets.load_dataset("json", data_files="chat.jsonl", split="train")',
            'row, tools = chat[0], json.loads(chat[0]["tools"])',
            'text = tokenizer.apply_chat_template(row["messages"], tools=tools, tokenize=False)',
            "",
            "# trl",
            'chat = chat.select_columns(["messages", "tools"])',
            "trl.SFTTrainer(model, train_dataset=chat).train()",
        )
    if counts.preference:
        yield from (
            'pairs = datasets.load_dataset("json", data_files="preference.jsonl", split="train")',
            'pairs = pairs.select_columns(["prompt", "chosen", "rejected"])',
            "trl.DPOTrainer(model, train_dataset=pairs, processing_class=tokenizer).train()",
        )
    yield from (
        "```",
        "",
        "LLaMA-Factory takes the folder as it is; `dataset_info.json` registers its files:",
        "",
        "```yaml",
        "dataset_dir: DIR  # this folder",
        "dataset: medchat_sharegpt  # calls and tools; or medchat_alpaca, medchat_preference (DPO)",
        "template: qwen  # that of your model",
        "```",
        "",
        "Published on the Hugging Face hub, this file goes by the name of README.md: its header "
        "tells the hub the files and splits.",
        "",
    )


def again(arguments: Mapping[str, object]) -> Iterator[str]:
    """Yield the command that makes the data again, and what it was told in full."""
    words = ["medchat build-data --out DIR"]
    for name, flag in FLAGS.items():
        value = arguments.get(name)
        if value is None or value is False or value in ("", []):
            continue
        told = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        words.append(flag if name in SWITCHES else f"{flag} {shlex.quote(told)}")
    words += [words_of for name, words_of in FILES.items() if arguments.get(name)]
    yield from (
        "## How to make it again",
        "",
        "From the same generation of the graph, the same command gives the same bytes:",
        "",
        "```console",
        " ".join(words),
        "medchat build-data --check DIR",
        "```",
        "",
        f"Made with: {json.dumps(arguments, ensure_ascii=False)}.",
    )
