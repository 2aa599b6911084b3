"""Which CRM the settings mean, and the courier to it."""

from cs_assets.delivery.crm_courier import CrmCourier
from cs_assets.delivery.policy import load_policy
from cs_assets.errors import UsageError
from resources.crm.providers import CRMS
from resources.settings import Settings

#: Hosts that may be reached without TLS: this machine.
_HERE = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")


def courier(settings: Settings) -> CrmCourier:
    """The courier; raises ``UsageError`` for what the settings lack."""
    if settings.crm_provider is None:
        raise UsageError(
            f"no CRM is set: CRM_PROVIDER={' or '.join(CRMS)}; --write-back writes a file instead"
        )
    crm = CRMS[settings.crm_provider]
    missing = [name.upper() for name in crm.needs if getattr(settings, name) is None]
    if missing:
        raise UsageError(f"{crm.name} needs the setting {', '.join(missing)}")
    for name in ("hubspot_base_url", "salesforce_instance_url"):
        address = getattr(settings, name) or "https://"
        if not address.startswith(("https://", *_HERE)):
            raise UsageError(f"{name.upper()} begins with https://")
    if settings.crm_account_key is not None and not settings.crm_account_key.isidentifier():
        raise UsageError("CRM_ACCOUNT_KEY is the name of a property or field, e.g. account_id")
    policy = load_policy(settings.cs_assets_config_dir)
    # An attempt reads the owner, the record, and writes: each has a part of its time.
    return CrmCourier(crm.open(settings, policy.attempt_seconds / 6), settings.home.root)
