"""Every setting of an installation, read once from the environment.

Secrets are ``SecretStr`` and come from the environment only. A blank value
counts as unset, so that ``SLACK_WEBHOOK_URL=`` switches Slack off.
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from resources.errors import UsageError
from resources.home import Home


class Settings(BaseSettings):
    """Settings by environment variable; field names are the variables' names in lower case."""

    model_config = SettingsConfigDict(env_prefix="", case_sensitive=False, extra="ignore")

    cs_assets_home: Path = Path(".cs_assets")
    cs_assets_environment: Literal["development", "production"] = "development"
    cs_assets_warehouse: Literal["duckdb", "snowflake"] = "duckdb"
    cs_assets_config_dir: Path | None = None
    """A folder of YAML files that override the built-in ones of the same name."""
    cs_assets_sources_dir: Path | None = None
    """A folder of CSV files instead of the one in the home folder."""
    cs_assets_start_week: str = "2026-01-05"
    """First Monday of every partitions definition (days start on the same date)."""
    cs_assets_writer: Literal["auto", "rules", "claude", "cortex"] = "auto"

    gong_access_key: SecretStr | None = None
    gong_access_key_secret: SecretStr | None = None
    gong_base_url: str | None = None
    gong_oauth_client_id: str | None = None
    gong_oauth_client_secret: SecretStr | None = None
    gong_oauth_refresh_token: SecretStr | None = None
    """The first refresh token; its successors are kept in the home folder."""
    gong_oauth_token_url: str = "https://app.gong.io/oauth2/generate-customer-token"  # noqa: S105
    gong_workspace_id: str | None = None
    """Read this workspace only; an unknown one is refused."""
    gong_requests_per_second: float = Field(default=2.8, gt=0)
    gong_requests_per_day: int = Field(default=10_000, ge=1)
    gong_patience_seconds: float = Field(default=120.0, ge=0)
    """The longest wait for Gong that a run sleeps through; a longer one ends the run."""
    gong_look_back_days: int = Field(default=7, ge=0, le=90)
    """Days before today that each run reads again."""
    gong_pending_days: int = Field(default=3, ge=0)
    """A call that has no transcript after so many days is reported."""
    gong_export_dir: Path | None = None
    """A folder of Gong API answers to read instead of the API."""

    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str | None = None
    anthropic_model: str = "claude-sonnet-5-5"

    snowflake_account: str | None = None
    snowflake_user: str | None = None
    snowflake_role: str | None = None
    snowflake_warehouse: str | None = None
    snowflake_database: str | None = None
    snowflake_private_key: SecretStr | None = None
    """PEM text of the key; or its file in ``snowflake_private_key_path``."""
    snowflake_private_key_path: Path | None = None
    snowflake_private_key_passphrase: SecretStr | None = None

    cortex_agent: str | None = None
    """The agent that writes narratives: database.schema.name."""
    cortex_search_service: str | None = None
    """The search service over case studies: database.schema.name."""
    cortex_semantic_view: str | None = None
    """The semantic view that Analyst answers from: database.schema.name."""
    cortex_base_url: str | None = None
    """Where the REST API is, when not at the account's own host (private link, tests)."""

    email_provider: Literal["sendgrid", "ses", "smtp", "console"] | None = None
    mail_from: str = "reports@cs-assets.example"
    mail_reply_to: str | None = None
    sendgrid_api_key: SecretStr | None = None
    sendgrid_base_url: str = "https://api.sendgrid.com"
    aws_access_key_id: SecretStr | None = None
    aws_region: str | None = None
    ses_endpoint_url: str | None = None
    ses_configuration_set: str | None = None
    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_ca_file: Path | None = None
    """Certificates to trust beside the system's, for a server of one's own."""
    slack_webhook_url: SecretStr | None = None
    slack_bot_token: SecretStr | None = None
    slack_base_url: str = "https://slack.com/api/"

    delivery_allow_list: str | None = None
    """Who may be reached outside production: ``name@host``, ``@host``, ``#channel``, by comma."""
    delivery_database_url: SecretStr | None = None
    """PostgreSQL for the delivery ledger; without it SQLite in the home folder."""
    alert_email: str | None = None
    alert_slack_channel: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _blank_is_unset(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in values.items()
            if not (isinstance(value, str) and not value.strip())
        }

    @classmethod
    def load(cls, **overrides: Any) -> "Settings":
        """Settings from the environment; a bad one is named, its value is not shown."""
        try:
            return cls(**overrides)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"]).upper()
            raise UsageError(f"setting {name}: {first['msg']}") from None

    @property
    def home(self) -> Home:
        elsewhere = self.cs_assets_sources_dir
        return Home(
            self.cs_assets_home.expanduser().absolute(),
            elsewhere.expanduser().absolute() if elsewhere else None,
        )

    @property
    def gong_dir(self) -> Path:
        """Where answers of the Gong API are read from when there is no key."""
        return self.gong_export_dir or self.home.gong_export
