"""What is judged in calls, as the reports call it."""

from cs_assets.desk import configured
from cs_assets.desk.session import settings


def called(focus_id: object) -> str:
    """``discovery.decision`` is ``Discovery: asks how they decide``."""
    return configured.coaching(settings().cs_assets_config_dir).called(str(focus_id))
