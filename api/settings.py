"""What a person can set from outside, read once at the edge of the program and checked there."""

from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from geo.errors import Refused

REPOSITORY = Path(__file__).resolve().parent.parent

NamedBasemap = Literal["none", "openstreetmap", "ordnance-survey"]


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


def _database_url(url: str) -> str:
    """The URL with the driver we use, whichever it names."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("postgresql", "postgres") or not parsed.database:
        raise ValueError("it must look like postgresql://user:password@host/database")
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _basemap(value: str | Path) -> str | Path:
    """The name as it is, or the path of a file that is there."""
    if value in get_args(NamedBasemap):
        return value
    path = _absolute(Path(value))
    if path.suffix != ".pmtiles" or not path.is_file():
        names = ", ".join(get_args(NamedBasemap))
        raise ValueError(f"it must be one of {names}, or the path of a .pmtiles file")
    return path


class Settings(BaseSettings):
    """The settings: ``PORT``, and for the others ``PRIORITIES_`` with the name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="PRIORITIES_", env_ignore_empty=True, frozen=True, validate_by_name=True
    )

    home: Annotated[Path, AfterValidator(_absolute)] = REPOSITORY / "var"
    """The folder of the private cluster and of everything else that is kept."""
    database_url: Annotated[Annotated[str, AfterValidator(_database_url)] | None, Field(repr=False)] = None
    """A PostGIS that is already there; without one, the private cluster is used."""
    host: str = "127.0.0.1"
    """The address listened on."""
    port: Annotated[int, Field(ge=1, le=65535, validation_alias="PORT")] = 8000
    """The port listened on."""
    basemap: Annotated[NamedBasemap | Path, BeforeValidator(_basemap)] = "none"
    """What lies under the evidence: nothing, a service on the internet, or one's own PMTiles file."""
    basemap_key: Annotated[str | None, Field(repr=False)] = None
    """The project key of the Ordnance Survey Data Hub."""

    oidc_issuer: str | None = None
    """The address of the council's identity provider, as it names itself; None without one."""
    oidc_client_id: str | None = None
    """What the provider calls this service."""
    oidc_client_secret: Annotated[str | None, Field(repr=False)] = None
    """By which the provider knows this service."""

    @model_validator(mode="after")
    def _provider_is_whole(self) -> "Settings":
        given = {value is not None for value in (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)}
        if len(given) > 1:
            raise ValueError(
                "PRIORITIES_OIDC_ISSUER, PRIORITIES_OIDC_CLIENT_ID and PRIORITIES_OIDC_CLIENT_SECRET need each other: "
                "set all three or none."
            )
        return self

    @model_validator(mode="after")
    def _key_goes_with_ordnance_survey(self) -> "Settings":
        if (self.basemap == "ordnance-survey") != (self.basemap_key is not None):
            raise ValueError(
                "PRIORITIES_BASEMAP=ordnance-survey and PRIORITIES_BASEMAP_KEY need each other: set both or neither."
            )
        return self


def _sentence(detail: ErrorDetails) -> str:
    message = detail["msg"].removeprefix("Value error, ")
    if not detail["loc"]:
        return message
    name = str(detail["loc"][0])
    variable = name if name.isupper() else f"PRIORITIES_{name.upper()}"
    return f"{variable} cannot be used: {message[0].lower()}{message[1:]}."


def settings() -> Settings:
    """Give the settings in force now.

    Raises
    ------
    Refused
        One sentence for each setting that cannot be used; the value is not repeated, it may hold a password.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise Refused("\n".join(_sentence(detail) for detail in error.errors())) from None
