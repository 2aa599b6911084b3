"""Every setting of an installation, read once from the environment.

Secrets are ``SecretStr`` and come from the environment, or a file that it names
(``secret_files``). A blank value counts as unset, so that ``SLACK_WEBHOOK_URL=`` switches
Slack off.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from cs_assets.errors import UsageError
from cs_assets.redaction import remember_secret
from resources import remembered
from resources.home import Home
from resources.secret_files import SUFFIX, from_files
from resources.setting_names import ALIASES, by_alias
from resources.snowflake.connections import named


class Settings(BaseModel):
    """All settings; field names are the names of environment variables in lower case.

    ``load`` reads the environment, nothing else does. Meanings stand below each field: only what
    shows them reads them (``commands.made_docs``), for pydantic would look through every module
    for them at each start.
    """

    model_config = ConfigDict(extra="ignore", validate_default=True)

    cs_assets_home: Path = Path(".cs_assets")
    """The folder in which the installation keeps its data."""
    cs_assets_environment: Literal["development", "production"] = "development"
    """Outside production, real recipients must be on the allow-list."""
    cs_assets_warehouse: Literal["duckdb", "snowflake"] = "duckdb"
    """The embedded file in the home folder, or Snowflake."""
    cs_assets_config_dir: Path | None = None
    """A folder of YAML files that override the built-in ones of the same name."""
    cs_assets_sources_dir: Path | None = None
    """A folder of CSV files instead of the one in the home folder."""
    cs_assets_start_week: str = "2026-01-05"
    """First Monday of every partitions definition (days start on the same date)."""
    cs_assets_review_shards: int = Field(default=1, ge=1, le=1000)
    """Into how many runs, side by side, the weekly reviews are split; see docs/team.md."""
    cs_assets_writer: Literal["auto", "rules", "claude", "cortex"] = "auto"
    """Who writes narratives; ``auto`` takes what there are keys for, else rules."""
    cs_assets_insight_writer: Literal["rules", "claude", "cortex", "ai_complete"] | None = None
    """Who writes what is told of customers instead of ``cs_assets_writer``; ``ai_complete``: one
    statement in Snowflake for all whose facts changed."""
    cs_assets_insight_model: str | None = None
    """The model of ``ai_complete``; else that of ``ai.yaml``."""
    cs_assets_writer_batch_hours: int = Field(default=0, ge=0, le=24)
    """Hours that a run's texts may wait for batches of Claude at half the price; 0: do not wait."""
    cs_assets_planner: Literal["rules", "claude", "cortex"] = "rules"
    """Who reads a question that the rules do not understand (``cs-assets ask``): nobody, or a model
    that chooses of the questions that can be answered."""
    cs_assets_call_judge: Literal["rules", "claude", "cortex"] = "rules"
    """Who judges calls beside the rules: nobody, Claude in batches, or AI_COMPLETE on Snowflake."""
    cs_assets_call_judge_model: str | None = None
    """Its model; else ``anthropic_model``, or that of ``ai.yaml`` on Snowflake."""
    cs_assets_ui_origins: str | None = None
    """Where people open the UI beside this machine, by comma: ``https://cs.example.com``."""

    desk_url: str | None = None
    """Where people open the desk, ``https://desk.example.com``: mail and Slack link there."""
    desk_operations: str | None = None
    """Mail addresses that see and decide everything at the desk, by comma."""
    desk_hours: float = Field(default=8.0, gt=0, le=24)
    """Hours after which people sign in again."""
    oidc_issuer: str | None = None
    """Who signs people in at the desk (OpenID Connect); without it nobody signs in."""
    oidc_client_id: str | None = None
    """The desk's client there."""
    oidc_client_secret: SecretStr | None = None
    """Its secret."""

    gong_access_key: SecretStr | None = None
    """Access key of the Gong API; without it answers are read from files."""
    gong_access_key_secret: SecretStr | None = None
    """Its secret."""
    gong_base_url: str | None = None
    """The address that Gong shows beside the key, of the form https://us-12345.api.gong.io."""
    gong_oauth_client_id: str | None = None
    """Client of an OAuth app, instead of an access key."""
    gong_oauth_client_secret: SecretStr | None = None
    """Its secret."""
    gong_oauth_refresh_token: SecretStr | None = None
    """The first refresh token; its successors are kept in the home folder."""
    gong_oauth_token_url: str = "https://app.gong.io/oauth2/generate-customer-token"  # noqa: S105
    """Where tokens are exchanged."""
    gong_workspace_id: str | None = None
    """Read this workspace only; an unknown one is refused."""
    gong_requests_per_second: float = Field(default=2.8, gt=0)
    """Requests a second, over all processes of the installation."""
    gong_requests_per_day: int = Field(default=10_000, ge=1)
    """Requests a day, over all processes of the installation."""
    gong_patience_seconds: float = Field(default=120.0, ge=0)
    """The longest wait for Gong that a run sleeps through; a longer one ends the run."""
    gong_look_back_days: int = Field(default=7, ge=0, le=90)
    """Days before today that each run reads again."""
    gong_pending_days: int = Field(default=3, ge=0)
    """A call that has no transcript after so many days is reported."""
    gong_export_dir: Path | None = None
    """A folder of Gong API answers to read instead of the API."""
    gong_loader: Literal["airbyte", "fivetran"] | None = None
    """Who lands Gong's tables in the warehouse: they are read instead of the API."""
    gong_loader_schema: str | None = None
    """The schema that the loader fills, ``SCHEMA`` or ``DATABASE.SCHEMA``."""

    anthropic_api_key: SecretStr | None = None
    """Key for Claude."""
    anthropic_base_url: str | None = None
    """Where Claude is, when not at its own host."""
    anthropic_model: str = "claude-sonnet-5-5"
    """Model for reviews of routing and for narratives."""

    snowflake_connection_name: str | None = None
    """A connection in Snowflake's ``connections.toml``: what no variable sets comes from there."""
    snowflake_account: str | None = None
    """Account identifier, organisation-account."""
    snowflake_user: str | None = None
    """Service user."""
    snowflake_admin_user: str | None = None
    """Who ``cs-assets setup snowflake`` signs in as; else ``snowflake_user``."""
    snowflake_admin_password: SecretStr | None = None
    """Password or programmatic access token of the administrator, instead of the service's key."""
    snowflake_admin_authenticator: Literal["externalbrowser", "username_password_mfa"] | None = None
    """Signs the administrator in through the browser, or by password with a second factor."""
    snowflake_role: str | None = None
    """Role of the service user."""
    snowflake_warehouse: str | None = None
    """Virtual warehouse to compute on."""
    snowflake_database: str | None = None
    """Database that holds the schemas."""
    snowflake_schemas: str | None = None
    """What its schemas are called where not as usual: ``source=CRM, analytics=CS``; there are
    source, gong, analytics, words, ops, report, people."""
    snowflake_edition: Literal["standard", "enterprise"] = "standard"
    """``enterprise`` has policies; under these the set-up shows people to who may see them."""
    snowflake_views_schema: str | None = None
    """A schema in which the public views stand once more, for systems that look for them there."""
    snowflake_views_ending: str | None = None
    """What the names of those views end with, such as ``_PROD``."""
    snowflake_private_key: SecretStr | None = None
    """PEM text of the key; or its file in ``snowflake_private_key_path``."""
    snowflake_private_key_path: Path | None = None
    """File of the key in PEM."""
    snowflake_private_key_passphrase: SecretStr | None = None
    """Passphrase of an encrypted key."""
    snowflake_statement_timeout: int = Field(default=3600, ge=1, le=172_800)
    """Seconds after which Snowflake cancels a statement; the set-up gives it to the warehouse."""
    snowflake_auto_suspend: int = Field(default=60, ge=30, le=3600)
    """Seconds without work after which the warehouse sleeps; ``cs-assets setup cost`` prices it."""

    cortex_agent: str | None = None
    """The agent that writes narratives: database.schema.name."""
    cortex_search_service: str | None = None
    """The search service over case studies: database.schema.name."""
    cortex_call_search_service: str | None = None
    """The search service over calls: database.schema.name; the set-up makes it where named."""
    cortex_role: str | None = None
    """The role under which agents and Analyst are asked; else that of the service with _REPORT."""
    cortex_base_url: str | None = None
    """Where the REST API is, when not at the account's own host (private link, tests)."""

    email_provider: Literal["sendgrid", "ses", "smtp", "console"] | None = None
    """Overrides the choice by keys (SendGrid, SES, SMTP, console)."""
    mail_from: str = "reports@cs-assets.example"
    """Sender of all mails."""
    mail_reply_to: str | None = None
    """A mailbox that people read."""
    sendgrid_api_key: SecretStr | None = None
    """Key with the scope Mail Send."""
    sendgrid_base_url: str = "https://api.sendgrid.com"
    """Another host for EU subusers."""
    aws_access_key_id: SecretStr | None = None
    """Chooses SES; boto3 reads its credentials itself."""
    aws_region: str | None = None
    """Region of SES."""
    ses_endpoint_url: str | None = None
    """Where SES is, when not at its own host."""
    ses_configuration_set: str | None = None
    """Configuration set that publishes events."""
    smtp_host: str | None = None
    """Chooses SMTP."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    """Port of the SMTP server."""
    smtp_username: str | None = None
    """User to sign in with."""
    smtp_password: SecretStr | None = None
    """Its password."""
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    """STARTTLS (587), TLS from the start (465), or none (loopback only)."""
    smtp_ca_file: Path | None = None
    """Certificates to trust beside the system's, for a server of one's own."""
    slack_webhook_url: SecretStr | None = None
    """Incoming webhook; the address is a secret."""
    slack_bot_token: SecretStr | None = None
    """Bot token, when deliveries are to be found again in the channel."""
    slack_signing_secret: SecretStr | None = None
    """What Slack signs its requests with, for questions and approvals (``cs-assets slack``)."""
    slack_base_url: str = "https://slack.com/api/"
    """Where the Web API is, when not at its own host."""

    sms_provider: Literal["twilio", "console"] | None = None
    """Who carries text messages; unset: files in development, nobody in production."""
    twilio_account_sid: str | None = None
    """Account of Twilio, AC and 32 letters."""
    twilio_auth_token: SecretStr | None = None
    """Its token."""
    twilio_from: str | None = None
    """Number of yours that texts come from, or a messaging service (MG and 32 letters)."""
    twilio_base_url: str = "https://api.twilio.com"
    """Where Twilio is, when not at its own host."""

    crm_provider: Literal["hubspot", "salesforce"] | None = None
    """CRM that is told owners (``cs-assets route --to-crm``)."""
    crm_account_key: str | None = None
    """Property or external id field with our account ids; without it they are the CRM's own."""
    hubspot_access_token: SecretStr | None = None
    """Token of a private app that reads and writes companies, and reads owners."""
    hubspot_base_url: str = "https://api.hubapi.com"
    """Where HubSpot is, when not at its own host."""
    salesforce_instance_url: str | None = None
    """Address of the organisation, e.g. https://yourcompany.my.salesforce.com."""
    salesforce_client_id: str | None = None
    """Consumer key of the connected app, for the client credentials flow."""
    salesforce_client_secret: SecretStr | None = None
    """Its consumer secret."""

    cs_assets_mcp_token: SecretStr | None = None
    """What an agent brings to ask over HTTP (``cs-assets mcp --http``): 24 letters or more."""
    cs_assets_mcp_tokens: SecretStr | None = None
    """Instead, one for each asker, as JSON: ``{"csm:CSM001": "..."}``."""

    delivery_allow_list: str | None = None
    """Who may be reached outside production: ``name@host``, ``@host``, ``#channel``, by comma."""
    dagster_database_url: SecretStr | None = None
    """PostgreSQL for the Dagster instance of a team; without it SQLite in the home folder."""
    delivery_database_url: SecretStr | None = None
    """PostgreSQL for the delivery ledger; without it SQLite in the home folder."""
    alert_email: str | None = None
    """Who is told of failed runs by mail."""
    alert_slack_channel: str | None = None
    """Which channel is told of failed runs."""

    @model_validator(mode="before")
    @classmethod
    def _blank_is_unset(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in values.items()
            if not (isinstance(value, str) and not value.strip())
        }

    @model_validator(mode="after")
    def _secrets_are_remembered(self) -> "Settings":
        """Whatever repeats one, in any process that knows it, it is taken out (``redaction``)."""
        for value in self.__dict__.values():
            if isinstance(value, SecretStr):
                remember_secret(value.get_secret_value())
        return self

    @classmethod
    def load(cls, **overrides: Any) -> "Settings":
        """Settings from the environment; a bad one is named, its value is not shown."""
        own = {k.lower(): v for k, v in os.environ.items() if k.lower() in cls.model_fields}
        try:
            read = own | by_alias(os.environ) | _secrets_in_files(os.environ)
            settings = cls(**{**read, **overrides})
            kept = remembered.read(settings.home.root).settings()
            if missing := {k: v for k, v in kept.items() if getattr(settings, k) is None}:
                read |= missing
                settings = cls(**{**read, **overrides})
            if settings.snowflake_connection_name is None:
                return settings
            told = named(settings.snowflake_connection_name)
            new = {k: v for k, v in told.items() if getattr(settings, k) is None}
            return cls(**{**read, **new, **overrides})
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"]).upper()
            said = first["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
            raise UsageError(f"setting {name}: {said}") from None

    @property
    def home(self) -> Home:
        elsewhere = self.cs_assets_sources_dir
        return Home(_in_full(self.cs_assets_home), _in_full(elsewhere) if elsewhere else None)

    @property
    def ui_origins(self) -> list[str]:
        """Origins of the UI beside this machine's own."""
        parts = (self.cs_assets_ui_origins or "").split(",")
        return [part.strip() for part in parts if part.strip()]

    @property
    def desk_operators(self) -> list[str]:
        """Mail addresses of operations."""
        parts = (self.desk_operations or "").split(",")
        return [part.strip() for part in parts if part.strip()]

    @property
    def existing_home(self) -> Home:
        """The home of an installation; ``UsageError`` where the data would lie in it and do not."""
        return self.home if self.cs_assets_warehouse == "snowflake" else self.home.existing()

    @property
    def gong_dir(self) -> Path:
        """Where answers of the Gong API are read from when there is no key."""
        return self.gong_export_dir or self.home.gong_export


def _in_full(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:  # in a container nobody may have a folder
        raise UsageError(f"{path}: no folder of such a user is known; name it in full") from None


def variables() -> list[str]:
    """Every environment variable that is read as a setting, under all its names."""
    in_files = [f"{name}{SUFFIX}" for name in _secrets()]
    return [name.upper() for name in Settings.model_fields] + list(ALIASES) + in_files


def _secrets() -> list[str]:
    """The variables that may come from a file, under all their names."""
    own = [
        name.upper()
        for name, field in Settings.model_fields.items()
        if SecretStr in (field.annotation, *get_args(field.annotation))
    ]
    return own + [name for name, (setting, _) in ALIASES.items() if setting.upper() in own]


def _secrets_in_files(environment: Mapping[str, str]) -> dict[str, str]:
    """By setting: what is in the files that the environment names."""
    found = from_files(environment, _secrets())
    return {name.lower(): value for name, value in found.items() if name not in ALIASES} | by_alias(
        {name: value for name, value in found.items() if name in ALIASES}
    )
