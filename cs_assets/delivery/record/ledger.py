"""The delivery ledger: what is to be sent, what was tried, and what came of it.

Every method is one transaction, on the disk when it returns. The duties lie in
modules of their own: planning, attempts, recovery, channels, decisions, feedback, reading.
"""

from cs_assets.delivery.record.channels import Channels
from cs_assets.delivery.record.decisions import Decisions
from cs_assets.delivery.record.feedback import Feedback
from cs_assets.delivery.record.planning import Planned
from cs_assets.delivery.record.reading import LedgerError
from cs_assets.delivery.record.recovery import Recovery

__all__ = ["Ledger", "LedgerError", "Planned"]


class Ledger(Recovery, Channels, Decisions, Feedback):
    """The ledger in ``store``."""
