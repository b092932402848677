from pathlib import Path

import pytest

from api.settings import REPOSITORY, Settings, settings
from geo.errors import Refused


def test_nothing_has_to_be_set() -> None:
    """The defaults serve a private database on this machine alone, and ask nobody else for a map."""
    found = settings()
    assert found.home == REPOSITORY / "var"
    assert (found.host, found.port) == ("127.0.0.1", 8000)
    assert (found.database_url, found.basemap, found.basemap_key) == (None, "none", None)


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each setting has the prefix but for the port, which hosts call PORT."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("PRIORITIES_HOME", "elsewhere")
    monkeypatch.setenv("PRIORITIES_HOST", "0.0.0.0")
    found = settings()
    assert (found.host, found.port, found.home) == ("0.0.0.0", 8123, tmp_path / "elsewhere")


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Service files often pass on variables that are empty."""
    monkeypatch.setenv("PRIORITIES_DATABASE_URL", "")
    assert settings().database_url is None


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2"])
def test_a_database_url_gets_our_driver(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """Whatever a host calls PostgreSQL, the URL comes out as SQLAlchemy needs it, password and all."""
    monkeypatch.setenv("PRIORITIES_DATABASE_URL", f"{scheme}://user:secret@db.example:5433/evidence")
    assert settings().database_url == "postgresql+psycopg://user:secret@db.example:5433/evidence"


def test_a_basemap_of_ones_own_is_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A PMTiles file is known by its path, relative to where one is."""
    (tmp_path / "city.pmtiles").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRIORITIES_BASEMAP", "city.pmtiles")
    assert settings().basemap == tmp_path / "city.pmtiles"


def test_an_identity_provider_comes_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """With all three set it is used; the secret is shown nowhere, and two of three are told."""
    given = {"ISSUER": "https://login.example", "CLIENT_ID": "us", "CLIENT_SECRET": "hush"}
    for name, value in given.items():
        monkeypatch.setenv(f"PRIORITIES_OIDC_{name}", value)
    found = settings()
    assert (found.oidc_issuer, found.oidc_client_id, found.oidc_client_secret) == (
        "https://login.example",
        "us",
        "hush",
    )
    assert "hush" not in repr(found)
    monkeypatch.delenv("PRIORITIES_OIDC_CLIENT_SECRET")
    with pytest.raises(Refused, match=r"PRIORITIES_OIDC_CLIENT_SECRET need each other: set all three or none\."):
        settings()


def test_ordnance_survey_comes_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """With both set, both are there."""
    monkeypatch.setenv("PRIORITIES_BASEMAP", "ordnance-survey")
    monkeypatch.setenv("PRIORITIES_BASEMAP_KEY", "a-key")
    assert (settings().basemap, settings().basemap_key) == ("ordnance-survey", "a-key")


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("PORT", "eighty", "PORT cannot be used: input should be a valid integer"),
        ("PORT", "70000", "PORT cannot be used: input should be less than or equal to 65535"),
        ("PRIORITIES_DATABASE_URL", "mysql://host/name", "it must look like postgresql://"),
        ("PRIORITIES_DATABASE_URL", "postgresql://host", "it must look like postgresql://"),
        ("PRIORITIES_DATABASE_URL", "not a url", "it must look like postgresql://"),
        ("PRIORITIES_BASEMAP", "osm", "it must be one of none, openstreetmap, ordnance-survey"),
        ("PRIORITIES_BASEMAP", "missing.pmtiles", "or the path of a .pmtiles file"),
        ("PRIORITIES_BASEMAP", "ordnance-survey", "need each other"),
        ("PRIORITIES_BASEMAP_KEY", "a-key", "need each other"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    """The sentence names the variable and what it may be."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(Refused) as refused:
        settings()
    assert variable in str(refused.value)
    assert sentence in str(refused.value)


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to start twice to learn of two mistakes."""
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("PRIORITIES_BASEMAP", "osm")
    with pytest.raises(Refused, match=r"(?s)PORT.*PRIORITIES_BASEMAP"):
        settings()


def test_passwords_and_keys_stay_out_of_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a refusal nor a printed settings object repeats them."""
    monkeypatch.setenv("PRIORITIES_DATABASE_URL", "mysql://user:secret@host/name")
    with pytest.raises(Refused) as refused:
        settings()
    given = Settings(database_url="postgresql://user:secret@host/name", basemap="ordnance-survey", basemap_key="secret")
    assert "secret" not in str(refused.value) + repr(given)
