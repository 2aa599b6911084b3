"""Customers, reps, CSMs and accounts that a command is given, by id, address or name."""

from typing import TYPE_CHECKING

from cs_assets.called import the_one
from cs_assets.errors import NotCopied

if TYPE_CHECKING:
    from resources.warehouse_port import Session

#: By kind: the statement that lists all, and its columns of id, name and address.
_KNOWN = {
    "customer": ("reports/names", "customer_id", "customer_name", None),
    "rep": ("coaching/reps", "user_id", "full_name", "email"),
    "scored rep": ("calls/reps", "user_id", "full_name", "email"),
    "CSM": ("customers/csms", "csm_id", "csm_name", "csm_email"),
    "worker": ("routing/workers", "worker_id", "worker_name", None),
    "account": ("routing/names_of_accounts", "account_id", "account_name", None),
}


def meant(db: "Session", kind: str, asked: str) -> str:
    """The id of whom ``asked`` means; raises ``UsageError``, with who is near."""
    statement, identity, name, address = _KNOWN[kind]
    rows = db.query(statement).astype(object)
    if address and "@" in asked and getattr(db, "withholds_addresses", False):
        raise NotCopied(f"addresses are in no local copy: give the {kind}'s id or name")
    ids = [str(one) for one in rows[identity]]
    names = [
        str(said if isinstance(said, str) else one)
        for one, said in zip(ids, rows[name], strict=True)
    ]
    mails = [one if isinstance(one, str) else None for one in rows[address]] if address else []
    return the_one(
        dict(zip(ids, names, strict=True)), asked, kind,
        dict(zip(ids, mails, strict=True)) if mails else None,
    )  # fmt: skip
