"""Load the settings: one frozen object, made once by the command and passed on as an argument.

    flags over environment (MEDCHAT_*) over medchat.toml in the home over defaults -> Settings

Nothing else of the project reads the environment.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from medchat.errors import SettingsError

PREFIX = "MEDCHAT_"
FILE = "medchat.toml"
ENVIRONMENT_ONLY = ("home", "writer_key", "teacher_key")
"""Keys that the file may not hold: it lies in the home, and a secret does not belong in a file."""

_OTHERS = ("MEDCHAT_REAL_DATA",)  # read by the tests, not a setting

Origin = Literal["environment", "file", "default", "flag"]


class Settings(BaseSettings):
    """What is in force. Paths are absolute; the database URL may hold a password."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Field(default_factory=lambda: user_data_path("medchat", appauthor=False))
    database_url: str = ""
    writer: str = "quote"
    writer_model: str = "default"
    writer_key: SecretStr = SecretStr("")
    writer_seconds: float = Field(default=120.0, ge=1, le=3600)
    writer_pause: float = Field(default=30.0, ge=0.5, le=3600)
    writer_tokens: int = Field(default=200, ge=1, le=4096)
    writer_temperature: float = Field(default=0.0, ge=0, le=5)
    writer_top_k: int = Field(default=0, ge=0)
    writer_top_p: float = Field(default=1.0, gt=0, le=1)
    writer_beams: int = Field(default=1, ge=1, le=16)
    writer_repetition_penalty: float = Field(default=1.0, ge=1, le=5)
    writer_no_repeat: int = Field(default=0, ge=0)
    writer_at_once: int = Field(default=4, ge=1, le=64)
    writer_lookup: int = Field(default=10, ge=0, le=100)
    teacher_key: SecretStr = SecretStr("")
    embedding_model: str = ""
    base: str = "mini"
    recipe: str = "mini"
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    top: int = Field(default=10, ge=1, le=100)
    unsupported: Literal["drop", "mark"] = "drop"
    emergency_number: str = Field(default="", max_length=60)
    crisis_line: str = Field(default="", max_length=120)

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("writer")
    @classmethod
    def _known_writer(cls, writer: str) -> str:
        if writer in ("auto", "local", "quote") or _is_url(writer):
            return writer.rstrip("/")
        raise ValueError("must be auto, local, quote or the http(s) URL of a server")

    @property
    def database(self) -> str:
        """Return the database's URL: the one set, or a SQLite file in the home."""
        return self.database_url or f"sqlite:///{self.home / 'medchat.db'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read flags, then the environment, then the file of the home."""
        file = InitSettingsSource(settings_cls, init_kwargs=_read_file(_home(os.environ)))
        return init_settings, env_settings, file


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """One setting in force: its printable value and where it comes from."""

    name: str
    value: str
    origin: Origin


def load(**flags: str | int | None) -> Settings:
    """Return the settings in force; flags that are not None go over everything else.

    Raises SettingsError where a key is unknown or a value cannot be used.
    """
    _refuse_unknown_variables(os.environ)
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks what flags hold
    except ValidationError as error:
        raise _refusal(error, given) from error


def effective_settings(settings: Settings) -> list[EffectiveSetting]:
    """Return every setting with its origin; secrets and passwords are not shown."""
    file = _read_file(settings.home)
    return [
        EffectiveSetting(name, _printable(settings, name), _origin(name, file))
        for name in Settings.model_fields
    ]


def without_password(url: str) -> str:
    """Return a URL without the password that it may hold."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    return url.replace(f":{parts.password}@", ":***@", 1)


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _home(environment: Mapping[str, str]) -> Path:
    named = environment.get(f"{PREFIX}HOME", "")
    home = Path(named) if named else user_data_path("medchat", appauthor=False)
    return home.expanduser().absolute()


def _read_file(home: Path) -> dict[str, object]:
    path = home / FILE
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(
            f"The settings file cannot be read: {error}.", where=str(path), remedy="Correct it."
        ) from error
    for name in values:
        if name in ENVIRONMENT_ONLY:
            raise SettingsError(
                f"The setting {name!r} cannot be in the settings file.",
                where=str(path),
                remedy=f"Set the environment variable {PREFIX}{name.upper()} instead.",
            )
        if name not in Settings.model_fields:
            raise _unknown(name, Settings.model_fields, str(path))
    return values


def _refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and name not in _OTHERS:
            raise _unknown(name, known, "the environment")


def _unknown(name: str, known: Iterable[str], where: str) -> SettingsError:
    near = get_close_matches(name, list(known), n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Known settings: {', '.join(known)}."
    return SettingsError(f"There is no setting {name}.", where=where, remedy=remedy)


def _refusal(error: ValidationError, flags: Mapping[str, object]) -> SettingsError:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "?"
    where = {
        "environment": PREFIX + name.upper(),
        "flag": f"--{name.replace('_', '-')}",
        "file": str(_home(os.environ) / FILE),
        "default": name,
    }["flag" if name in flags else _origin(name, _read_file(_home(os.environ)))]
    reason = first["msg"].removeprefix("Value error, ")
    return SettingsError(
        f"The setting {name} cannot be used: {reason[:1].lower()}{reason[1:]}.",
        where=where,
        remedy="Correct the value.",
    )


def _origin(name: str, file: Mapping[str, object]) -> Origin:
    if f"{PREFIX}{name.upper()}" in os.environ:
        return "environment"
    return "file" if name in file else "default"


def _printable(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if isinstance(value, SecretStr):
        return "set" if value.get_secret_value() else "not set"
    if name == "database_url":
        return without_password(settings.database)
    return str(value)
