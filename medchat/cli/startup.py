"""Prepare a command's process: libraries that keep quiet, and the settings in force."""

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from medchat.settings import Settings

_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Set, not merely defaulted: a question about a patient must not leave through a tracing service
that another project switched on in the same shell."""

_ABOUT_OTHER_MACHINES = ("torchao", "torch.utils._pytree", "bitsandbytes.backends.cpu.ops")
"""Loggers that warn, as torchao and bitsandbytes load, of compiled parts that nothing uses; those
of the modules below warn no more either."""

SHIPPED = "mini"


def quieten() -> None:
    """Switch off telemetry, tracing and needless warnings of libraries.

    Threads that wait for each other sleep instead of spinning: two processes that spin on the same
    processors keep each other from working, and an answer beside a training takes minutes.
    """
    os.environ.update(_QUIET)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for name in _ABOUT_OTHER_MACHINES:
        logging.getLogger(name).setLevel(logging.ERROR)


def settings(*, may_fetch: bool = False, **flags: str | int | None) -> "Settings":
    """Return the settings in force, and keep a local model from asking the network.

    A command that `may_fetch` a base calls `keep_local` itself, once it knows which.
    """
    from medchat.settings import load

    loaded = load(**flags)
    if not may_fetch:
        keep_local(loaded.home, loaded.base)
    return loaded


def keep_local(home: Path, base: str) -> None:
    """Keep the libraries from asking the hub where a base is on this machine."""
    if base == SHIPPED or (home / "bases" / base).exists() or Path(base).exists():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")


def engine() -> "Engine":
    """Open the database of the settings in force, its tables up to date."""
    from medchat.storage.database import open_engine

    return open_engine(settings())


def end_threads(status: int) -> None:
    """End the threads that a model runs in; where one does not come back, end the process now.

    Python cannot take itself down around a thread that computes: the process would be aborted.
    """
    threads = sys.modules.get("medchat.answering.writing_threads")
    if threads is None or threads.end_all():
        return
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
