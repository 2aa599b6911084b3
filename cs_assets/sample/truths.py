"""What is planted in the sample tenant: who, what, and what a right analysis finds.

The generator reads this module to make the data, the tests read it to check
that the data, and what the platform says about it, show the truth.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Truth:
    """One planted truth.

    ``subject`` is a customer id or the address of a rep; ``measure`` names what
    moves; ``direction`` is how; ``weeks`` counts back from the reported week.
    """

    name: str
    subject: str
    measure: str
    direction: Literal["up", "down", "flat", "none", "recurring"]
    weeks: int
    meaning: str


DECLINING_CUSTOMER = "CUST_23456"
GROWING_CUSTOMER = "CUST_12345"
USAGE_COLLAPSE_CUSTOMER = "CUST_56789"
USAGE_COLLAPSE_MODULE = "AP"
NO_CONVERSIONS_CUSTOMER = "CUST_67890"
NON_LATIN_CUSTOMER = "CUST_45678"
LEAVING_CUSTOMER = "CUST_10956"
ORPHANED_CUSTOMER = "CUST_30634"
DORMANT_CUSTOMER = "CUST_40812"
SILENT_CUSTOMER = "CUST_20345"
#: Nobody has spoken to them in the weeks of the calls.
UNHEARD_CUSTOMERS = (DORMANT_CUSTOMER, SILENT_CUSTOMER)

IMPROVING_REP = "maya.lindqvist@fairlight.example"
STAGNANT_REP = "derek.holloway@fairlight.example"
PRICING_OBJECTION_REP = "tomas.ibarra@fairlight.example"

#: Weeks over which a customer's decline or growth unfolds, the reported week included.
SLOPE_WEEKS = 12
#: Weeks since the module's use collapsed.
COLLAPSE_WEEKS = 4
#: Weeks since the champion left and nobody followed.
ORPHANED_WEEKS = 14
#: Weeks without a contact, up to a renewal that is near.
SILENT_WEEKS = 11
#: Weeks without any use and any campaign.
DORMANT_WEEKS = 9
#: Distinct accounts that push back on price in the pricing rep's calls of six weeks, at least.
PRICING_ACCOUNTS = 4

TRUTHS = (
    Truth(
        "declining customer", DECLINING_CUSTOMER, "conversions, engagement and call sentiment",
        "down", SLOPE_WEEKS,
        "Conversions and open rates fall week after week, calls turn negative, a signal is raised.",
    ),
    Truth(
        "growing customer", GROWING_CUSTOMER, "conversions", "up", SLOPE_WEEKS,
        "Conversions rise week after week and stand well above the same weeks a year before.",
    ),
    Truth(
        "module use collapses", USAGE_COLLAPSE_CUSTOMER,
        f"active users of {USAGE_COLLAPSE_MODULE}", "down", COLLAPSE_WEEKS,
        "Accounts payable loses nearly all its users within a week; other modules stay in use.",
    ),
    Truth(
        "no conversions", NO_CONVERSIONS_CUSTOMER, "conversions", "none", 65,
        "The customer sends messages and never converted: zero, not missing data.",
    ),
    Truth(
        "rep who improves", IMPROVING_REP, "questions asked, objections handled", "up", 6,
        "Starts by pitching and arguing; by the end asks, listens, checks and agrees next steps.",
    ),
    Truth(
        "rep who does not improve", STAGNANT_REP, "questions asked, objections handled", "flat", 6,
        "Pitches first and brushes objections aside in the first week and in the last.",
    ),
    Truth(
        "recurring objection", PRICING_OBJECTION_REP, "price objections", "recurring", 6,
        "Price comes up with many different accounts, not many times with one.",
    ),
    Truth(
        "name in another script", NON_LATIN_CUSTOMER, "customer_name", "none", 65,
        "The customer's name is written in Japanese and must survive every output.",
    ),
    Truth(
        "customer about to leave", LEAVING_CUSTOMER, "survey answer, seats in use, renewal",
        "down", 2,
        "Writes that it asks other vendors before the contract ends in four weeks; few seats used.",
    ),
    Truth(
        "champion left", ORPHANED_CUSTOMER, "people, then use", "down", ORPHANED_WEEKS,
        "The champion left, nobody followed, and use of every module fades from then on.",
    ),
    Truth(
        "silent before its renewal", SILENT_CUSTOMER, "last contact", "none", SILENT_WEEKS,
        "Nobody has spoken to the customer for weeks, the champion is gone, the renewal is near.",
    ),
    Truth(
        "dormant customer", DORMANT_CUSTOMER, "use and messages", "none", DORMANT_WEEKS,
        "No use of any module, no message, no conversion: zero, because it has gone quiet.",
    ),
)  # fmt: skip


def slope(customer_id: str, weeks_ago: int) -> float:
    """How a customer's volume stands to its own norm, ``weeks_ago`` before the reported week."""
    if weeks_ago >= SLOPE_WEEKS:
        return 1.0
    done = (SLOPE_WEEKS - weeks_ago) / SLOPE_WEEKS
    if customer_id == DECLINING_CUSTOMER:
        return 1.0 - 0.85 * done
    if customer_id == GROWING_CUSTOMER:
        return 1.0 + 1.6 * done
    return 1.0


__all__ = [
    "COLLAPSE_WEEKS",
    "DECLINING_CUSTOMER",
    "DORMANT_CUSTOMER",
    "DORMANT_WEEKS",
    "GROWING_CUSTOMER",
    "IMPROVING_REP",
    "LEAVING_CUSTOMER",
    "NON_LATIN_CUSTOMER",
    "NO_CONVERSIONS_CUSTOMER",
    "ORPHANED_CUSTOMER",
    "ORPHANED_WEEKS",
    "PRICING_ACCOUNTS",
    "PRICING_OBJECTION_REP",
    "SILENT_CUSTOMER",
    "SILENT_WEEKS",
    "SLOPE_WEEKS",
    "STAGNANT_REP",
    "TRUTHS",
    "UNHEARD_CUSTOMERS",
    "USAGE_COLLAPSE_CUSTOMER",
    "USAGE_COLLAPSE_MODULE",
    "Truth",
    "slope",
]
