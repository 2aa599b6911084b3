"""Which calls go with a person or a customer: theirs, and all in which they took part.

A call goes as a whole, as one that turned private: what one side said is understood from what the
other answered, and quotes of it stand in many places.
"""

from typing import Any

from cs_assets.erasure import tables
from cs_assets.erasure.subject import Subject

_CALLS = "gong.stg_gong_calls"
_PARTIES = "gong.stg_gong_call_participants"


def of(db: Any, subject: Subject) -> frozenset[str]:
    """The ids of the calls."""
    if subject.kind == "customer":
        wanted = [
            (_CALLS, "customer_id", subject.ids(["customer"])),
            (_CALLS, "hubspot_company_id", subject.ids(["company"])),
            (_CALLS, "hubspot_deal_id", subject.ids(["deal"])),
        ]
    else:
        people = [row.name for row in subject.known if row.space == "party" and row.name]
        nameless = [name for name in people if not subject.addresses]
        wanted = [
            (_CALLS, "primary_user_id", subject.ids(["user"])),
            (_PARTIES, "user_id", subject.ids(["user"])),
            (_PARTIES, "hubspot_contact_id", subject.ids(["contact"])),
            (_PARTIES, "email", sorted(subject.addresses)),
            (_PARTIES, "full_name", nameless),
        ]
    found: set[str] = set()
    for table, column, values in wanted:
        rows = tables.by(db, table, column, values)
        if len(rows):
            found |= set(rows["call_id"].astype(str))
    return frozenset(found)
