"""What routing reads: accounts, who waits for a CSM, workers, history and churn signals."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from cs_assets.sample.clock import HISTORY_WEEKS, LAST_DAY
from cs_assets.sample.contracts import revenue, stage
from cs_assets.sample.handwritten import table
from cs_assets.sample.lives import WEEKS, life
from cs_assets.sample.randomness import stream
from cs_assets.sample.roster import CSMS, CUSTOMERS, Customer, address
from cs_assets.sample.truths import DECLINING_CUSTOMER, USAGE_COLLAPSE_CUSTOMER

Rows = list[dict[str, Any]]

NEEDS_CSM = "Needs CSM"
#: Distinct accounts that wait for a CSM.
WAITING_ACCOUNTS = 40

_LANGUAGE = {
    "North America": ("en", "en", "en", "en", "fr", "es"),
    "Asia Pacific": ("en", "en", "ja", "ko", "zh"),
    "Europe": ("en", "de", "de", "fr", "es", "it"),
    "Latin America": ("es", "es", "pt", "pt"),
}
_REGIONS = tuple(_LANGUAGE)
_ZONES = {
    "North America": "America/New_York", "Europe": "Europe/Berlin",
    "Asia Pacific": "Asia/Singapore", "Latin America": "America/Sao_Paulo",
}  # fmt: skip
#: Industries that some CSMs know well.
_KNOWN_WELL = {"CSM001": "Municipal Government;Public Utilities", "CSM003": "Public Utilities"}


#: Accounts that each worker owns today, customers of the four CSMs included.
_BOOK = {
    "CSM001": 46,
    "CSM002": 38,
    "CSM003": 41,
    "CSM004": 33,
    "WD1005": 29,
    "WD1006": 44,
    "WD1007": 51,
    "WD1008": 36,
    "WD1009": 84,
    "WD1010": 4,
    "WD1011": 27,
    "WD1012": 18,
    "WD1014": 6,
}

_PLACES = (
    "Alder", "Birch", "Canyon", "Delta", "Ember", "Falcon", "Garnet", "Heron", "Iris", "Juniper",
    "Kestrel", "Laurel", "Meadow", "North Ridge", "Oak Hollow", "Pebble", "Quarry", "River Bend",
    "Sandstone", "Timber", "Upland", "Vista", "Willow", "Yarrow", "Aspen", "Bluff", "Copper",
    "Dune", "Evergreen", "Fern", "Glacier", "Harvest", "Indigo", "Jasper", "Kingfisher", "Lark",
)  # fmt: skip
_KINDS = {
    "Residential": ("Homeowners Association", "Residences", "Housing Cooperative", "Apartments"),
    "Small Business": ("Traders", "Workshop", "Clinic", "Studio"),
    "Mid-Market": ("District Services", "Water Board", "Logistics", "Schools Trust"),
    "Enterprise": ("Metropolitan Authority", "Utilities Group", "Health System"),
}


def csms() -> Rows:
    return [
        {"csm_id": c.csm_id, "csm_name": c.name, "csm_email": c.email, "region": c.region}
        for c in CSMS
    ]


#: Leads all CSMs; has no accounts.
_LEADER: dict[str, Any] = {
    "worker_id": "WD0900",
    "worker_name": "Adaeze Obi",
    "worker_email": address("Adaeze Obi"),
    "job_profile": "VP Customer Success",
    "is_active": True,
    "hire_date": "2016-05-02",
    "termination_date": "",
    "leave_start": "",
    "leave_end": "",
    "region": "",
    "languages": "en",
    "segments": "",
    "max_accounts": "",
    "manager_id": "",
    "industries": "",
    "modules": "",
    "time_zone": "",
    "working_hours": "",
    "coverage": "",
}


def workday_workers() -> Rows:
    """14 CSMs, of whom two have left, two are on leave, one is new; and who leads them."""
    return [*(_worker(line) for line in table("workers")), _LEADER]


def _worker(line: dict[str, str]) -> dict[str, Any]:
    days = {name: line[name] for name in line if name.endswith(("_date", "_start", "_end"))}
    return {
        **line,
        **{name: dt.date.fromisoformat(day) if day else None for name, day in days.items()},
        "worker_email": address(line["worker_name"]),
        "job_profile": "Customer Success Manager",
        "is_active": line["is_active"] == "yes",
        "manager_id": "WD0900",
        "industries": _KNOWN_WELL.get(line["worker_id"]),
        "modules": None,
        "time_zone": _ZONES[line["region"]],
        "working_hours": None,
        "coverage": None,
    }


def accounts(tickets: Rows) -> Rows:
    """The customers as accounts, the rest of every book, and those that wait for an owner."""
    names = _names()
    rows = _customer_accounts(tickets)
    number = 50_000
    for worker in workday_workers():
        worker_id = worker["worker_id"]
        present = sum(row["owner_worker_id"] == worker_id for row in rows)
        for _ in range(_BOOK.get(worker_id, 0) - present):
            number += 7
            rows.append(_owned(f"ACC_{number}", worker, names))
    rows += _waiting(names)
    return rows


def _names() -> Iterator[tuple[str, random.Random]]:
    """Place names that never repeat for a kind of account, each with its own stream."""
    for turn in range(40):
        for place in _PLACES:
            yield (place if turn == 0 else f"{place} {turn + 1}"), stream("account", place, turn)


def _customer_accounts(tickets: Rows) -> Rows:
    rows: Rows = []
    for customer in CUSTOMERS:
        lived = life(customer)
        draw = stream("customer account", customer.customer_id)
        row = _account(draw, customer.customer_id, customer.name, customer.segment, customer.region)
        mine = [t for t in tickets if t["customer_id"] == customer.customer_id]
        weighty = [t for t in mine if t["severity"] in ("high", "critical")]
        row |= {
            "tenant_id": f"TEN_{customer.customer_id[5:]}",
            "industry": customer.industry,
            "account_level": "Corporate",
            "revenue": revenue(customer),
            "module_count": len(customer.modules),
            "modules": ";".join(customer.modules),
            "health_segment": _HEALTH_OF_COURSE.get(customer.course, "Green"),
            "open_tickets": sum(t["closed_on"] is None for t in mine),
            "escalations_90d": sum((LAST_DAY - t["opened_on"]).days < 90 for t in weighty),
            "lifecycle_stage": stage(lived),
            "owner_worker_id": customer.csm_id,
            "owned_since": _moment(draw, *_span_of_owner(customer)),
        }
        rows.append(row)
    return rows


def _span_of_owner(customer: Customer) -> tuple[int, int]:
    """Days before the last day between which the owner of today took over."""
    known = max(10, (LAST_DAY - customer.since).days - 45)
    return min(400, known - 1), min(1_500, known)


#: What the CSMs say of customers of a course; the others are Green.
_HEALTH_OF_COURSE = {
    "declining": "Red", "collapsing": "Red", "troubled": "Red", "dormant": "Red",
    "slipping": "Yellow", "middling": "Yellow",
}  # fmt: skip


def _owned(
    account_id: str, worker: dict[str, Any], names: Iterator[tuple[str, random.Random]]
) -> dict[str, Any]:
    place, draw = next(names)
    segments = (worker["segments"] or "Residential;Small Business;Mid-Market").split(";")
    segment = draw.choice(segments)
    name = f"{place} {draw.choice(_KINDS[segment])}"
    row = _account(draw, account_id, name, segment, worker["region"])
    row["language"] = draw.choice(worker["languages"].split(";"))
    tenure = (LAST_DAY - worker["hire_date"]).days
    row["owner_worker_id"] = worker["worker_id"]
    row["owned_since"] = _moment(draw, 3, max(4, min(tenure, 1_400)))
    row["lifecycle_stage"] = draw.choices(("onboarding", "steady", "renewal"), (1, 7, 2))[0]
    return row


def _waiting(names: Iterator[tuple[str, random.Random]]) -> Rows:
    """40 accounts without an owner; two protected, two with a parent, one that speaks Icelandic."""
    owned_parent = "CUST_12345"
    rows: Rows = []
    for i in range(WAITING_ACCOUNTS):
        place, draw = next(names)
        segment = draw.choices(
            ("Residential", "Small Business", "Mid-Market", "Enterprise"), (24, 7, 6, 3)
        )[0]
        region = _REGIONS[i % 4]
        row = _account(
            draw, f"ACC_{90_001 + i}", f"{place} {draw.choice(_KINDS[segment])}", segment, region
        )
        row["account_level"] = "Corporate" if draw.random() < 0.85 else "Individual"
        row["lifecycle_stage"] = "onboarding"
        rows.append(row)
    for i in (8, 29):
        rows[i]["is_protected"] = True
    rows[16]["parent_account_id"] = owned_parent
    rows[16] |= {"region": "North America", "language": "en"}
    rows[21] |= {
        "parent_account_id": rows[20]["account_id"],
        "region": rows[20]["region"],
        "language": rows[20]["language"],
        "segment": rows[20]["segment"],
    }
    rows[34]["language"] = "is"
    rows[37] |= {"segment": None, "region": None, "language": None, "health_segment": None}
    return rows


def _account(
    draw: random.Random, account_id: str, name: str, segment: str, region: str
) -> dict[str, Any]:
    revenue = {"Enterprise": 160_000, "Mid-Market": 42_000, "Small Business": 8_000}
    health = draw.choices(("Green", "Yellow", "Red"), (62, 26, 12))[0]
    strained = {"Green": 0.3, "Yellow": 1.2, "Red": 2.6}[health]
    return {
        "account_id": account_id,
        "tenant_id": f"TEN_{account_id[-5:]}",
        "account_name": name,
        "parent_account_id": None,
        "segment": segment,
        "account_level": draw.choices(("Corporate", "Individual", "Unknown"), (7, 2, 1))[0],
        "region": region,
        "language": draw.choice(_LANGUAGE[region]),
        "industry": None,
        "revenue": round(revenue.get(segment, 14_000) * draw.uniform(0.4, 1.9), 2),
        "health_segment": health,
        "tad_score": round(draw.triangular(5, 95, 35), 1),
        "module_count": draw.choices((1, 2, 3, 4), (4, 3, 2, 1))[0],
        "integration_count": draw.choices((0, 1, 2, 3, 5), (4, 3, 2, 1, 1))[0],
        "open_tickets": min(9, int(draw.expovariate(1 / (0.6 + strained)))),
        "escalations_90d": min(4, int(draw.expovariate(1 / (0.15 + 0.5 * strained)))),
        "lifecycle_stage": "steady",
        "is_protected": False,
        "owner_worker_id": None,
        "owned_since": None,
        "modules": None,
        "time_zone": _ZONES[region],
    }


def _moment(draw: random.Random, nearest: int, farthest: int) -> dt.datetime:
    """A working hour between two numbers of days before the last day."""
    day = LAST_DAY - dt.timedelta(days=draw.randrange(nearest, farthest))
    return dt.datetime.combine(day, dt.time(draw.randrange(13, 23), draw.randrange(60)))


def onboarding_detail(account_rows: Rows) -> Rows:
    """The onboarding view with its warts: rows without account, accounts under two tenants."""
    draw = stream("onboarding")
    waiting = [row for row in account_rows if row["owner_worker_id"] is None]
    owned = [row for row in account_rows if row["owner_worker_id"] is not None]
    rows = [_onboarding(draw, row["account_id"], row["tenant_id"], NEEDS_CSM) for row in waiting]
    for i in (3, 11, 24):
        again = dict(rows[i], tenant_id=f"{rows[i]['tenant_id']}B")
        rows.append(again)
    rows += [_onboarding(draw, None, f"TEN_NEW{i}", NEEDS_CSM) for i in range(1, 4)]
    states = ["Assigned"] * 26 + ["In onboarding"] * 18 + ["On hold"] * 5 + [None] * 3
    for state, row in zip(states, draw.sample(owned, len(states)), strict=True):
        rows.append(_onboarding(draw, row["account_id"], row["tenant_id"], state))
    return rows


def _onboarding(
    draw: random.Random, account_id: str | None, tenant_id: str, state: str | None
) -> dict[str, Any]:
    completed = LAST_DAY - dt.timedelta(days=draw.randrange(3, 19))
    waits = state == NEEDS_CSM
    since = dt.datetime.combine(completed, dt.time(draw.randrange(8, 20), draw.randrange(60)))
    return {
        "account_id_ob": account_id,
        "tenant_id": tenant_id,
        "success_transition_status_ob": state,
        "needs_csm_since": since + dt.timedelta(days=1) if waits else None,
        "onboarding_completed_on": completed if waits or state == "Assigned" else None,
    }


def csm_assignment_history(account_rows: Rows) -> Rows:
    """Every owner of today as an open row, and for some accounts who came before."""
    workers = [row["worker_id"] for row in workday_workers()]
    rows: Rows = []
    for account in account_rows:
        if account["owner_worker_id"] is None:
            continue
        draw = stream("history", account["account_id"])
        rows.append(
            {
                "account_id": account["account_id"],
                "worker_id": account["owner_worker_id"],
                "assigned_at": account["owned_since"],
                "ended_at": None,
                "outcome": "open",
            }
        )
        if draw.random() < 0.45:
            length = dt.timedelta(days=draw.randrange(90, 700))
            others = [worker for worker in workers if worker != account["owner_worker_id"]]
            outcome = draw.choices(("reassigned", "escalated", "retained", "churned"), (6, 2, 3, 1))
            rows.append(
                {
                    "account_id": account["account_id"],
                    "worker_id": draw.choice(others),
                    "assigned_at": account["owned_since"] - length,
                    "ended_at": account["owned_since"],
                    "outcome": outcome[0],
                }
            )
    return rows


_SIGNALS = (
    ("usage_drop", "medium"),
    ("champion_left", "high"),
    ("late_payment", "low"),
    ("nps_detractor", "medium"),
    ("support_escalation", "high"),
    ("contract_downgrade", "high"),
)


def svot_signals(account_rows: Rows, tickets: Rows, surveys: Rows) -> Rows:
    """Churn signals: of customers what befell them, of the others by the state of their health."""
    found = _planted_signals() + _signals_of_customers(tickets, surveys)
    customers = {customer.customer_id for customer in CUSTOMERS}
    chance = {"Red": 0.75, "Yellow": 0.3, "Green": 0.05, None: 0.0}
    for account in account_rows:
        draw = stream("signals", account["account_id"])
        if account["account_id"] in customers or draw.random() >= chance[account["health_segment"]]:
            continue
        for kind, severity in draw.sample(_SIGNALS, draw.choices((1, 2), (3, 1))[0]):
            day = LAST_DAY - dt.timedelta(days=draw.randrange(2, 150))
            found.append((account["account_id"], kind, severity, day, draw.random() < 0.7))
    return [
        {
            "signal_id": f"SIG_{i:05d}",
            "account_id": account_id,
            "signal_type": kind,
            "severity": severity,
            "signal_date": day,
            "is_active": active,
        }
        for i, (account_id, kind, severity, day, active) in enumerate(found, start=1)
    ]


Signal = tuple[str, str, str, dt.date, bool]


def _planted_signals() -> list[Signal]:
    return [
        (DECLINING_CUSTOMER, "usage_drop", "high", dt.date(2026, 10, 12), True),
        (DECLINING_CUSTOMER, "nps_detractor", "high", dt.date(2026, 10, 30), True),
        (USAGE_COLLAPSE_CUSTOMER, "usage_drop", "high", dt.date(2026, 10, 26), True),
    ]


def _signals_of_customers(tickets: Rows, surveys: Rows) -> list[Signal]:
    """Signals of half a year that fit a customer's people, use, tickets, answers and contract."""
    found: list[Signal] = []
    for customer in CUSTOMERS:
        if customer.customer_id in (DECLINING_CUSTOMER, USAGE_COLLAPSE_CUSTOMER):
            continue
        lived, key = life(customer), customer.customer_id
        if lived.champion_left is not None and lived.champion_left > WEEKS - 27:
            left = HISTORY_WEEKS[lived.champion_left] + dt.timedelta(days=4)
            found.append((key, "champion_left", "high", left, True))
        if customer.course in ("slipping", "dormant"):
            found.append((key, "usage_drop", "medium", LAST_DAY - dt.timedelta(days=24), True))
        serious = [t for t in tickets if t["customer_id"] == key and t["severity"] == "critical"]
        found += [
            (key, "support_escalation", "high", t["opened_on"], t["closed_on"] is None)
            for t in serious
            if (LAST_DAY - t["opened_on"]).days < 120
        ]
        answers = [s for s in surveys if s["customer_id"] == key]
        if answers and answers[-1]["score"] <= 6:
            age = (LAST_DAY - answers[-1]["responded_on"]).days
            if age < 182:
                found.append(
                    (key, "nps_detractor", "medium", answers[-1]["responded_on"], age < 91)
                )
        cut = [term for term in lived.terms if term.outcome == "contracted"]
        if cut and (LAST_DAY - cut[-1].end).days < 182:
            found.append((key, "contract_downgrade", "high", cut[-1].end, True))
    return found
