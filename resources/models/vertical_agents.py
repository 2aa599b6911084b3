"""Which Cortex agent writes about a customer: its industry's own where there is one."""

import logging
import threading
from collections.abc import Callable, Mapping

from cs_assets.names import compared

_log = logging.getLogger(__name__)


class VerticalAgents:
    """The agents by industry beside a general one; safe for threads.

    An agent of ``agents.yaml`` that the account lacks (the set-up was not run since) would be
    refused for each customer, so each is looked for once, when it is first wanted; without it the
    general agent writes, and the report says so.
    """

    def __init__(
        self, general: str, by_industry: Mapping[str, str], is_there: Callable[[str], bool]
    ) -> None:
        self._general = general
        self._own = {compared(industry): agent for industry, agent in by_industry.items()}
        self._is_there = is_there
        self._found: dict[str, bool] = {}
        self._lock = threading.Lock()

    def for_industry(self, industry: str) -> str:
        """The full name of the agent for customers of an industry; empty for who has none."""
        agent = self._own.get(compared(industry)) if industry else None
        return agent if agent and self._may_be_asked(agent) else self._general

    def _may_be_asked(self, agent: str) -> bool:
        with self._lock:
            if agent not in self._found:
                self._found[agent] = self._is_there(agent)
                if not self._found[agent]:
                    _log.warning(
                        "the agent %s is in agents.yaml and not to be had in the account: %s "
                        "writes instead; run cs-assets setup snowflake --only agents",
                        agent, self._general,
                    )  # fmt: skip
            return self._found[agent]
