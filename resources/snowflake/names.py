"""What the objects of the account are called, and what the set-up chooses for them."""

import re
from dataclasses import dataclass
from typing import Any

import sql
from cs_assets.errors import UsageError
from resources.gong import landed
from resources.settings import Settings
from resources.snowflake.jwt import public_key, read_key
from resources.snowflake.schemas import USUAL, Schemas

_IDENTIFIER = re.compile(r"^[A-Za-z_][A-Za-z0-9_$]*$")
_ENDING = re.compile(r"^[A-Za-z0-9_$]*$")
_RELATIONS = re.compile(r"^[A-Za-z_][A-Za-z0-9_$]*\.[A-Za-z_][A-Za-z0-9_$]*$")
_REGIONS = re.compile(r"^(DISABLED|ANY_REGION|(AWS|AZURE|GCP)_[A-Z]+(,(AWS|AZURE|GCP)_[A-Z]+)*)$")
#: Stands where the key of the service goes until there is one.
NO_KEY = "<public key of the service, in one line>"


@dataclass(frozen=True)
class Names:
    """What the objects are called; every name is a plain identifier, checked here."""

    database: str = "CS_ASSETS"
    warehouse: str = "CS_ASSETS_WH"
    role: str = "CS_ASSETS"
    user: str = "CS_ASSETS_SERVICE"
    credits: int | None = None
    """Monthly ceiling of the warehouse; without it what the account has stays."""
    first_credits: int = 100
    """The ceiling where there is none yet: what the schedules are expected to need, and a half."""
    auto_suspend: int = 60
    """Seconds without work after which the warehouse sleeps."""
    statement_timeout: int = 3600
    """Seconds after which the warehouse ends a statement."""
    public_key: str = NO_KEY
    sources: str | None = None
    """``DATABASE.SCHEMA`` whose relations the source views read; without it there are tables."""
    schemas: Schemas = USUAL
    edition: str = "standard"
    """``enterprise`` has policies, so that people may be shown; ``standard`` shows none."""
    views_schema: str = ""
    views_ending: str = ""
    """Where the public views stand once more for other systems, and what their names end with."""
    loader: str = ""
    landing: str = ""
    """Who lands Gong's tables, and the schema that holds them; without it the API is read."""
    cross_region: str | None = None
    """Where models may be run, for the account; without it what the account has stays."""
    without_public: bool = False
    """Whether what every role of the account may do with AI is taken from it."""
    without_call_search: bool = False
    """Whether there is no search over calls, which costs for as long as it is there."""

    def __post_init__(self) -> None:
        for setting in ("database", "warehouse", "role", "user"):
            if not _IDENTIFIER.match(getattr(self, setting)):
                raise UsageError(
                    f"SNOWFLAKE_{setting.upper()} '{getattr(self, setting)}' is no plain name; "
                    "use letters, digits and underscores"
                )
        if self.views_schema and not _IDENTIFIER.match(self.views_schema):
            raise UsageError(f"SNOWFLAKE_VIEWS_SCHEMA '{self.views_schema}' is no plain name")
        if not _ENDING.match(self.views_ending):
            raise UsageError(f"SNOWFLAKE_VIEWS_ENDING '{self.views_ending}' is no part of a name")
        if self.cross_region is not None and not _REGIONS.match(self.cross_region):
            raise UsageError(
                f"--cross-region '{self.cross_region}': expected DISABLED, ANY_REGION or regions "
                "such as AWS_EU, joined by commas"
            )
        if self.sources is not None and not _RELATIONS.match(self.sources):
            raise UsageError(f"--sources '{self.sources}': expected DATABASE.SCHEMA")

    @classmethod
    def of(cls, settings: Settings, **options: Any) -> "Names":
        """The names that the settings and the command's options give; else the usual ones."""
        given: dict[str, Any] = {
            "database": settings.snowflake_database,
            "warehouse": settings.snowflake_warehouse,
            "role": settings.snowflake_role,
            "user": settings.snowflake_user,
            "public_key": _public_key(settings),
            "schemas": Schemas.parse(settings.snowflake_schemas),
            "edition": settings.snowflake_edition,
            "views_schema": settings.snowflake_views_schema,
            "views_ending": settings.snowflake_views_ending,
            "loader": settings.gong_loader,
            "landing": landed.landing(settings) if settings.gong_loader else None,
            "auto_suspend": settings.snowflake_auto_suspend,
            "statement_timeout": settings.snowflake_statement_timeout,
            "without_call_search": not settings.cortex_call_search_service,
            **options,
        }
        return cls(**{name: value for name, value in given.items() if value})

    def filled(self, text: str) -> str:
        """A script of the set-up with its holes filled: our names, or those of the schemas."""
        own = {name: str(value) for name, value in {**vars(self.schemas), **vars(self)}.items()}
        own["source"] = self.schemas.source
        return sql.filled(text, own)


def _public_key(settings: Settings) -> str:
    """The public half of the service's key, as RSA_PUBLIC_KEY takes it; empty without a key."""
    secret = settings.snowflake_private_key
    if secret is None and settings.snowflake_private_key_path is None:
        return ""
    pem = read_key(
        secret.get_secret_value() if secret else None, settings.snowflake_private_key_path
    )
    passphrase = settings.snowflake_private_key_passphrase
    return public_key(pem, passphrase.get_secret_value() if passphrase else None)
