"""Write the header of a dataset card that the Hugging Face hub and `datasets` read.

counts of rows -> YAML: languages, licence, tasks, size, which files are which split
"""

from collections.abc import Iterator

from knowledge.datasets.row_counts import RowCounts

_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"))
_LARGEST = "1M<n<10M"

_HUB_LICENCES = {
    "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "mit", "apache-2.0",
}  # fmt: skip
"""Licences that the hub knows by these names; all else is `other`."""


def lines(counts: RowCounts) -> Iterator[str]:
    """Yield the header, between its two lines of dashes."""
    licences = {each.lower() for each in counts.licences}
    known = licences.pop() if len(licences) == 1 else ""
    size = next((name for most, name in _SIZES if counts.rows < most), _LARGEST)
    yield from ("---", "pretty_name: Medical instruction data, made by medchat", "language:")
    yield from (f"- {each}" for each in sorted(counts.languages))
    yield f"license: {known if known in _HUB_LICENCES else 'other'}"
    if known not in _HUB_LICENCES:
        yield "license_name: the-licence-column-of-each-row"
    yield from ("task_categories:", "- text-generation", "- question-answering")
    yield from ("annotations_creators:", "- machine-generated")
    yield from ("size_categories:", f"- {size}", "tags:", "- medical", "- instruction-tuning")
    yield from ("- knowledge-graph", "- tool-calling", "- synthetic", "configs:")
    yield from _config("default", {"train": "train.jsonl"} | _validation(counts), default=True)
    if counts.train:
        for name, file in (("chat", "chat.jsonl"), ("alpaca", "alpaca.json")):
            yield from _config(name, {"train": file})
        yield from _config("sharegpt", {"train": "sharegpt.json"})
    if counts.preference:
        yield from _config("preference", {"train": "preference.jsonl"})
    yield from ("---", "")


def _validation(counts: RowCounts) -> dict[str, str]:
    return {"validation": "validation.jsonl"} if counts.validation else {}


def _config(name: str, files: dict[str, str], default: bool = False) -> Iterator[str]:
    yield f"- config_name: {name}"
    if default:
        yield "  default: true"
    yield "  data_files:"
    for split, file in files.items():
        yield from (f"  - split: {split}", f"    path: {file}")
