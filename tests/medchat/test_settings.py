"""Settings: environment over file over default, and nothing unknown."""

import pytest

from medchat.errors import SettingsError
from medchat.settings import effective_settings, load


def write(home, text):
    home.mkdir(parents=True, exist_ok=True)
    (home / "medchat.toml").write_text(text, encoding="utf-8")


def origins(settings):
    return {each.name: (each.value, each.origin) for each in effective_settings(settings)}


def test_defaults_stand_in_an_empty_home(home):
    settings = load()
    assert settings.home == home
    assert settings.database == f"sqlite:///{home / 'medchat.db'}"
    assert (settings.writer, settings.host, settings.port) == ("quote", "127.0.0.1", 7860)
    assert origins(settings)["home"] == (str(home), "environment")
    assert origins(settings)["port"] == ("7860", "default")


def test_the_environment_goes_over_the_file_and_flags_over_both(home, monkeypatch):
    write(home, 'port = 1234\ntop = 5\nwriter = "quote"\n')
    monkeypatch.setenv("MEDCHAT_TOP", "7")
    settings = load(writer="https://models.example/v1")
    assert (settings.port, settings.top) == (1234, 7)
    assert settings.writer == "https://models.example/v1"
    assert origins(settings)["port"] == ("1234", "file")
    assert origins(settings)["top"] == ("7", "environment")


def test_settings_are_frozen():
    settings = load()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


@pytest.mark.parametrize(
    ("file", "environment", "named", "where"),
    [
        ("prot = 1\n", {}, "prot", "medchat.toml"),
        ('writer_key = "x"\n', {}, "writer_key", "medchat.toml"),
        ('home = "/elsewhere"\n', {}, "home", "medchat.toml"),
        ("port = \n", {}, "cannot be read", "medchat.toml"),
        ("port = 99999\n", {}, "port", "medchat.toml"),
        ("", {"MEDCHAT_PROT": "1"}, "MEDCHAT_PROT", "environment"),
        ("", {"MEDCHAT_PORT": "many"}, "port", "MEDCHAT_PORT"),
        ("", {"MEDCHAT_WRITER": "gpt"}, "writer", "MEDCHAT_WRITER"),
        ("", {"MEDCHAT_TOP": "0"}, "top", "MEDCHAT_TOP"),
    ],
)
def test_what_cannot_be_used_is_named(home, monkeypatch, file, environment, named, where):
    write(home, file)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load()
    assert named in raised.value.what
    assert where in raised.value.where
    assert raised.value.remedy
    assert raised.value.status == 2


def test_a_misspelt_variable_is_answered_with_the_right_one(monkeypatch):
    monkeypatch.setenv("MEDCHAT_WRITTER", "quote")
    with pytest.raises(SettingsError, match="MEDCHAT_WRITTER") as raised:
        load()
    assert "MEDCHAT_WRITER" in raised.value.remedy


def test_secrets_are_not_shown(monkeypatch):
    monkeypatch.setenv("MEDCHAT_WRITER_KEY", "s3cret-key")
    monkeypatch.setenv("MEDCHAT_DATABASE_URL", "postgresql+psycopg://me:s3cret@db.example/med")
    settings = load()
    shown = repr([*origins(settings).values()]) + repr(settings.writer_key)
    assert "s3cret" not in shown
    assert "me:***@db.example" in shown
    assert settings.writer_key.get_secret_value() == "s3cret-key"
