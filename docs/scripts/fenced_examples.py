"""Show the examples of docstrings as code (an extension of griffe, which mkdocstrings uses)."""

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"(?m)^>>> .*(?:\n.+)*")


class FencedExamples(griffe.Extension):
    """Put a fence around each `>>>` example, so that its brackets are not taken for links."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of one module, class or function."""
        if obj.docstring is not None:
            obj.docstring.value = _EXAMPLE.sub(r"```pycon\n\g<0>\n```", obj.docstring.value)
