"""Open files as bytes, unpacking gzip within limits.

path -> is it gzip? -> stream of bytes, refused where it unpacks out of proportion
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams.limits import RATIO, UNPACKED, too_large_error

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD = 64 * 1024
"""Bytes from which the format and the encoding of a file are judged."""

CHUNK = 256 * 1024
"""Bytes, or characters, that are read at a time."""


def read_head(path: Path) -> bytes:
    """Return the first 64 KiB of a file, unpacked where it is gzip."""
    try:
        with open_bytes(path) as stream:
            return stream.read(HEAD)
    except OSError as error:
        raise KnowledgeError(
            f"The file {path.name} cannot be opened: {error.strerror or error}.",
            where=str(path),
            remedy="Check the path and the permissions.",
        ) from error


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading bytes, unpacking gzip whatever its name."""
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        if packed:
            with gzip.open(stream) as unpacked:
                guard = _Unpacked(path, cast(IO[bytes], unpacked), stream)
                yield cast(IO[bytes], io.BufferedReader(guard, CHUNK))
        else:
            yield stream


class _Unpacked(io.RawIOBase):
    """What gzip unpacks; refused where it is damaged or out of all proportion to its size."""

    def __init__(self, path: Path, unpacked: IO[bytes], packed: IO[bytes]) -> None:
        self._path = path
        self._unpacked = unpacked
        self._packed = packed
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._unpacked.read(min(len(view), CHUNK))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise KnowledgeError(
                f"The gzip file {self._path.name} is damaged or ends too early.",
                where=str(self._path),
                remedy="Download it again.",
            ) from error
        view[: len(data)] = data
        self._count += len(data)
        if self._count > UNPACKED and self._count > RATIO * self._packed.tell():
            raise too_large_error(self._path, f"it unpacks to more than {RATIO} times its size")
        return len(data)
