"""Takes from a process every key and address of a provider, so that it can reach none.

What stays is named here and nothing else is: a setting that comes later is taken away too,
unless it is put on the list of those that say nothing but where files lie and what is read.
"""

import os

from resources.settings import Settings

LOCAL = frozenset(
    {
        "cs_assets_home",
        "cs_assets_config_dir",
        "cs_assets_sources_dir",
        "cs_assets_start_week",
        "gong_export_dir",
        "gong_look_back_days",
        "gong_pending_days",
    }
)
#: Variables that the providers' own libraries read, beside our settings.
_FAMILIES = (
    "ANTHROPIC_",
    "AWS_",
    "CLAUDE_",
    "CORTEX_",
    "GONG_",
    "PG",
    "SENDGRID_",
    "SLACK_",
    "SMTP_",
    "SNOWFLAKE_",
    "TWILIO_",
)


def forget_providers() -> list[str]:
    """Remove them from the environment; the names of what was removed."""
    found = [name for name in os.environ if _is_a_providers(name)]
    for name in found:
        del os.environ[name]
    return sorted(found)


def _is_a_providers(name: str) -> bool:
    if name.lower() in LOCAL:
        return False
    return name.lower() in Settings.model_fields or name.upper().startswith(_FAMILIES)
