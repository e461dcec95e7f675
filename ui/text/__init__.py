"""Read the texts of the page in every language, one YAML file each with the same keys.

    language -> file -> PageText -> words("ask")

No other module of this package holds a sentence that a reader sees.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "zh": "中文"})
"""Languages of the page, each by its own name; the first is the default."""


@dataclass(frozen=True, slots=True)
class PageText:
    """The words of one language."""

    language: str
    lines: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a line with its values filled in. Raises KeyError where there is no such line."""
        return self.lines[key].format(**values) if values else self.lines[key]

    def has(self, key: str) -> bool:
        """Say whether there is such a line."""
        return key in self.lines

    def all(self, prefix: str) -> list[str]:
        """Return the lines whose keys begin so, in the file's order."""
        return [line for key, line in self.lines.items() if key.startswith(prefix)]


@cache
def page_text(language: str) -> PageText:
    """Return the words of a language, or of the first one where it is not among them."""
    known = language if language in LANGUAGES else next(iter(LANGUAGES))
    text = files("ui.text").joinpath(f"{known}.yaml").read_text(encoding="utf-8")
    return PageText(
        known, MappingProxyType({key: str(line) for key, line in yaml.safe_load(text).items()})
    )


def preferred_language(accepted: str) -> str:
    """Return the language of the page for a browser's Accept-Language header.

    >>> preferred_language("zh-CN,zh;q=0.9,en;q=0.8"), preferred_language("fr,en;q=0.5")
    ('zh', 'en')
    """
    for part in accepted.split(","):
        language = part.split(";")[0].strip().split("-")[0].lower()
        if language in LANGUAGES:
            return language
    return next(iter(LANGUAGES))
