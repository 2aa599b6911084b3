"""What a CRM is, as one record; each stands in a file of its own in ``providers``."""

from collections.abc import Callable
from dataclasses import dataclass

from cs_assets.delivery.crm_courier import OwnerTransport
from resources.settings import Settings


@dataclass(frozen=True)
class Crm:
    """A CRM that is told owners. A new one is its file and its settings."""

    name: str
    """As ``CRM_PROVIDER`` has it."""
    open: Callable[[Settings, float], OwnerTransport]
    """The transport; each of its requests ends within so many seconds."""
    needs: tuple[str, ...] = ()
    """Settings that it cannot do without."""
