"""Medchat: answers that quote the evidence they stand on.

    question -> understand -> retrieve -> prompt -> write -> check citations -> record

This room knows nothing about how evidence is indexed or how adapters are trained.
"""

from importlib.metadata import PackageNotFoundError, version

from medchat.errors import MedchatError

__all__ = ["MedchatError", "__version__"]

try:
    __version__ = version("medchat")
except PackageNotFoundError:  # a checkout that was not installed
    __version__ = "0.0.0"
