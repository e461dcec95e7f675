"""Turn files of texts into memory-mapped shards of token ids, once, and read rows from them.

    .jsonl and .txt files -> documents -> token ids in shards, held-out documents apart -> manifest
    shards -> rows of max_tokens, filled to the end, each document attended to by itself

Nothing but the rows in hand is in memory: the shards may be larger than it.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.errors import FinetuneError
from finetune.files import json_lines, manifests
from finetune.packing import Packed, Packing, RowsOnDemand
from finetune.templates.rendering import Rendered

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

ENDINGS = (".jsonl", ".txt", ".md")

_FORM = 1
_SHARD_TOKENS = 1 << 26
_DOCUMENT = 8000
"""A text file is cut into documents of about so many characters, where a paragraph ends."""

_BATCH = 256
_HELD_OUT = 20
"""About one document in so many is held out."""

_SHAPE = 'Write each document as a line {"text": "…"}.'
_PARTS = ("train", "held_out")


@dataclass(frozen=True, slots=True)
class TextShards:
    """The shards of some files for one tokenizer."""

    folder: Path
    documents: int
    tokens: int
    held_out: int

    def packing(self, max_tokens: int) -> Packing:
        """Return the training documents as rows of `max_tokens`, read as they are asked for."""
        rows = _Rows(self.folder, "train", max_tokens)
        return Packing(rows, rows.tokens, rows.tokens / (max_tokens * max(len(rows), 1)))

    def held_out_documents(self, max_tokens: int, most: int) -> list[Rendered]:
        """Return the first held-out documents, of each at most so many tokens."""
        rows = _Rows(self.folder, "held_out", max_tokens)
        return [Rendered(ids, [True] * len(ids)) for ids in rows.documents(most)]


def files_of(paths: Iterable[str]) -> list[Path]:
    """Return the files that paths name, those of a folder included; FinetuneError for none."""
    found: list[Path] = []
    for given in paths:
        path = Path(given).expanduser()
        inside = sorted(one for one in path.rglob("*") if one.suffix in ENDINGS)
        files = [path] if path.is_file() else inside
        if not files or any(one.suffix not in ENDINGS for one in files):
            raise FinetuneError(
                f"There is no text to read at {path}.",
                where="settings.texts",
                remedy=f"Name files or folders of files that end in {', '.join(ENDINGS)}.",
            )
        found += files
    return list(dict.fromkeys(found))


def build(home: Path, files: Sequence[Path], tokenizer: "PreTrainedTokenizerBase") -> TextShards:
    """Return the shards of files in the home, made now where they are not there."""
    made_from = {
        "form": _FORM,
        "tokenizer": manifests.of_text(tokenizer.backend_tokenizer.to_str()),
        "texts": [manifests.of_file(path) for path in files],
    }
    folder = home / "shards" / manifests.of_value(made_from)[:16]
    if not (folder / manifests.MANIFEST).is_file():
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        with manifests.saving(partial):
            counts = _write(partial, files, tokenizer)
            named = [path.name for path in files]
            manifests.seal(partial, {**made_from, "names": named, **counts})
        shutil.rmtree(folder, ignore_errors=True)
        manifests.place(partial, folder)
    record = manifests.read_manifest(folder, f"Delete the folder {folder}; it is made again.")
    return TextShards(
        folder,
        int(str(record["documents"])),
        int(str(record["train_tokens"])),
        int(str(record["held_out_tokens"])),
    )


def _write(
    folder: Path, files: Sequence[Path], tokenizer: "PreTrainedTokenizerBase"
) -> dict[str, int]:
    """Write the documents of files, each text once, and count them."""
    import numpy as np

    end = int(str(tokenizer.eos_token_id))
    seen: set[bytes] = set()
    tokens = dict.fromkeys(_PARTS, 0)
    starts: dict[str, list[int]] = {part: [] for part in _PARTS}
    for texts in _batched(_unseen(_documents(files), seen)):
        encoded = tokenizer(texts, add_special_tokens=False)["input_ids"]
        for text, ids in zip(texts, encoded, strict=True):
            first_one_out = not starts["held_out"] and len(starts["train"]) >= _HELD_OUT
            held = int(manifests.of_text(text)[:8], 16) % _HELD_OUT == 0 or first_one_out
            part = _PARTS[held]
            starts[part].append(tokens[part])
            _append(folder, part, tokens[part], np.array([*ids, end], dtype=np.uint32))
            tokens[part] += len(ids) + 1
    if not starts["train"] or not starts["held_out"]:
        count = len(starts["train"]) + len(starts["held_out"])
        raise FinetuneError(
            f"The texts hold {count} documents, of which none could be held out.",
            where="settings.texts",
            remedy=f"Bring more: {_HELD_OUT + 1} documents are the least.",
        )
    for part in _PARTS:
        np.save(folder / f"{part}.starts.npy", np.array(starts[part], dtype=np.int64))
    return {
        "documents": len(seen),
        **{f"{part}_tokens": tokens[part] for part in _PARTS},
    }


def _append(folder: Path, part: str, place: int, ids: Any) -> None:  # noqa: ANN401
    """Write token ids from a place of a part on, over as many shards as they reach."""
    while len(ids):
        shard, within = divmod(place, _SHARD_TOKENS)
        now = ids[: _SHARD_TOKENS - within]
        with _shard(folder, part, shard).open("ab") as file:
            now.tofile(file)
        ids, place = ids[len(now) :], place + len(now)


def _shard(folder: Path, part: str, number: int) -> Path:
    return folder / f"{part}.{number:05}.bin"


def _documents(files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        try:
            yield from _of_jsonl(path) if path.suffix == ".jsonl" else _of_text(path)
        except UnicodeDecodeError as error:
            raise FinetuneError(
                f"The file {path} is not UTF-8.", where=str(path), remedy="Convert it."
            ) from error


def _of_jsonl(path: Path) -> Iterator[str]:
    for number, raw in json_lines.read(path, _SHAPE):
        text = raw.get("text") if isinstance(raw, dict) else None
        if not isinstance(text, str):
            raise FinetuneError(
                f"Line {number} of {path} holds no text.", where=f"{path}:{number}", remedy=_SHAPE
            )
        yield text


def _of_text(path: Path) -> Iterator[str]:
    """Yield a text file in documents that end where paragraphs do."""
    parts: list[str] = []
    size = 0
    with path.open(encoding="utf-8") as file:
        for line in file:
            parts.append(line)
            size += len(line)
            if size >= _DOCUMENT and not line.strip():
                yield "".join(parts)
                parts, size = [], 0
    yield "".join(parts)


def _unseen(texts: Iterable[str], seen: set[bytes]) -> Iterator[str]:
    for text in map(str.strip, texts):
        digest = bytes.fromhex(manifests.of_text(text)[:32])
        if text and digest not in seen:
            seen.add(digest)
            yield text


def _batched(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _Rows(RowsOnDemand):
    """The tokens of a part as rows of a length; a row is read when it is asked for."""

    def __init__(self, folder: Path, part: str, max_tokens: int) -> None:
        """Map the shards of a part."""
        import numpy as np

        self._size = max_tokens
        self._starts = np.load(folder / f"{part}.starts.npy", mmap_mode="r")
        paths = sorted(folder.glob(f"{part}.[0-9]*.bin"))
        self._shards = [np.memmap(path, dtype=np.uint32, mode="r") for path in paths]
        self.tokens = sum(map(len, self._shards))

    def __len__(self) -> int:
        return -(-self.tokens // self._size)

    def row(self, place: int) -> Packed:
        import numpy as np

        first = place * self._size
        ids = self._read(first, min(first + self._size, self.tokens))
        low, high = np.searchsorted(self._starts, (first, first + len(ids)))
        begun = {int(one) - first for one in self._starts[low:high]} | {0}
        positions, learn, at = [], [], 0
        for index in range(len(ids)):
            at = 0 if index in begun else at + 1
            positions.append(at)
            learn.append(at > 0)
        return Packed(ids, positions, learn)

    def documents(self, most: int) -> Iterator[list[int]]:
        """Yield the beginnings of the first documents, of a row's length at most."""
        starts = [int(one) for one in self._starts[: most + 1]]
        ends = [*starts[1:], self.tokens]
        for start, end in zip(starts[:most], ends, strict=False):
            yield self._read(start, min(end, start + self._size))

    def _read(self, first: int, last: int) -> list[int]:
        ids: list[int] = []
        while first < last:
            shard, within = divmod(first, _SHARD_TOKENS)
            now = self._shards[shard][within : within + last - first]
            ids += now.tolist()
            first += len(now)
        return ids
