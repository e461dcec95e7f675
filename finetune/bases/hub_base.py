"""Fetch a base from the hub, and say in a sentence why it cannot be had.

id -> cache of the machine, else the hub -> folder
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from finetune.errors import FinetuneError


def fetch(base: str, patterns: Sequence[str], revision: str | None = None) -> Path:
    """Return the folder of a hub id with the files of these patterns.

    FinetuneError says whether the hub does not know it, grants no access, or cannot be reached.
    """
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(base, allow_patterns=list(patterns), revision=revision))
    except Exception as error:  # a network may fail in any way
        what, remedy = _reason(base, list(_causes(error)))
        raise FinetuneError(what, where="--base", remedy=remedy) from error


def _reason(base: str, causes: Sequence[BaseException]) -> tuple[str, str]:
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    copied = "copy the model's folder here and give its path, or use --base mini."
    if any(isinstance(one, GatedRepoError) for one in causes):
        return (
            f"The hub gives the base model {base} only to those who were granted access.",
            f"Accept its licence at https://huggingface.co/{base}, log in with hf auth login (or "
            f"set HF_TOKEN to a token that may read it), and run again; or {copied}",
        )
    if any(isinstance(one, RepositoryNotFoundError) for one in causes):
        return (
            f"The hub knows no base model {base} that you may see.",
            f"Check the id; if it is private, log in with hf auth login; or {copied}",
        )
    if any(isinstance(one, OfflineModeIsEnabled) for one in causes):
        return (
            f"The base model {base} is not on this machine, and HF_HUB_OFFLINE keeps it from being "
            "fetched.",
            f"Unset HF_HUB_OFFLINE, or {copied}",
        )
    answered = any(isinstance(one, HfHubHTTPError) for one in causes)
    how = "the hub refuses it" if answered else "it cannot be fetched whole"
    return (
        f"The base model {base} is not on this machine, and {how}.",
        f"Run again, which goes on where it broke off; or {copied}",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it came from."""
    known: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in known:
            continue
        known.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
