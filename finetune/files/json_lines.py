"""Read JSON lines that people bring: one value a line, in UTF-8, or a sentence that names the line.

file -> line, its number -> JSON value without halves of characters
"""

import json
from collections.abc import Iterator
from pathlib import Path

from finetune.errors import FinetuneError


def read(path: Path, remedy: str) -> Iterator[tuple[int, object]]:
    """Yield the value of each line that is not blank, with the line's number from 1.

    Raises FinetuneError, with the remedy, at the first line that holds no JSON of whole characters.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                value: object = json.loads(text)
                if "\\ud" in text.casefold():  # an escape may be half of a character
                    json.dumps(value, ensure_ascii=False).encode()
            except (ValueError, RecursionError) as error:
                raise FinetuneError(
                    f"Line {number} of {path} is not JSON in UTF-8.",
                    where=f"{path}:{number}",
                    remedy=remedy,
                ) from error
            yield number, value
