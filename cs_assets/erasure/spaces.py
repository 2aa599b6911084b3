"""Which columns of which tables hold ids of what: the same everywhere, by the column's name."""

from typing import Literal

Space = Literal[
    "customer", "account", "company", "deal", "contact", "person", "user", "csm", "worker", "party"
]

#: By column name: what its values are ids of. What is filed for delivery may be of several.
SPACES: dict[str, tuple[Space, ...]] = {
    "customer_id": ("customer",),
    "account_id": ("account",),
    "account_id_ob": ("account",),
    "parent_account_id": ("account",),
    "company_id": ("company",),
    "hubspot_company_id": ("company",),
    "deal_id": ("deal",),
    "hubspot_deal_id": ("deal",),
    "contact_id": ("contact",),
    "hubspot_contact_id": ("contact",),
    "person_id": ("person",),
    "user_id": ("user",),
    "primary_user_id": ("user",),
    "rep_user_id": ("user",),
    "csm_id": ("csm",),
    "owner_id": ("csm",),
    "reader_id": ("csm",),
    "book_id": ("csm",),
    "worker_id": ("worker",),
    "owner_worker_id": ("worker",),
    "parent_owner_id": ("worker",),
    "from_worker_id": ("worker",),
    "to_worker_id": ("worker",),
    "manager_id": ("user", "worker"),
    "audience_id": ("csm", "user"),
    "audience": ("csm", "user"),
    "artefact_id": ("customer", "csm", "user"),
    "account": ("customer", "user"),
    "object_id": ("company", "deal", "contact"),
}
