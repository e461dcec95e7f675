"""Answer clinical questions from evidence, with a citation for every sentence.

    question -> understand -> retrieve -> write -> check -> choose -> record

`chat` tells one turn, `answering` holds its steps, `storage` what is recorded, `cli` the commands.
"""

from importlib.metadata import PackageNotFoundError, version

from medchat.errors import MedchatError

__all__ = ["MedchatError", "__version__"]

try:
    __version__ = version("medchat")
except PackageNotFoundError:  # a checkout that was not installed
    __version__ = "0.0.0"
