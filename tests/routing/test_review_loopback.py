"""Claude's answers over real HTTP, good and bad: a review comments, holds, and changes nothing."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from cs_assets.ai import configuration
from cs_assets.partitions import ROUTING_BATCHES
from cs_assets.routing import assets, batches, policy
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.models.claude import ClaudeResource
from resources.settings import Settings
from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request, Script, serving
from tests.routing.conftest import firm
from tests.routing.frames import AS_OF
from tests.routing.test_assets import route, table

Rows = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """One try a question."""
    waiting(monkeypatch, seconds=30.0)


def waiting(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """So long for an answer, and one try."""
    ours = configuration.load()
    quick = ours.model_copy(update={"attempts": 1, "timeout_seconds": seconds})
    monkeypatch.setattr("resources.models.claude.load_configuration", lambda _: quick)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A warehouse with a batch up to its recommendations, to be copied."""
    warehouse = firm(tmp_path_factory.mktemp("solved"))
    batch = batches.plan_batch(warehouse, AS_OF)
    assert batch is not None
    run(warehouse, batch, assets.batch_assets[:3])
    return Path(warehouse.path), batch


@pytest.fixture
def solved(once: tuple[Path, str], tmp_path: Path) -> tuple[DuckDBWarehouse, str]:
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(once[0], path)
    return DuckDBWarehouse(path=str(path)), once[1]


def run(warehouse: DuckDBWarehouse, batch: str, which: list[Any]) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(ROUTING_BATCHES, [batch])
        claude = ClaudeResource(settings=Settings.load(cs_assets_home=Path(warehouse.path).parent))
        resources = {"settings": Settings.load(), "warehouse": warehouse, "claude": claude}
        done = dg.materialize(
            which, partition_key=batch, instance=instance, resources=resources
        )  # fmt: skip
    assert done.success


def asked(
    solved: tuple[DuckDBWarehouse, str], monkeypatch: pytest.MonkeyPatch, script: Script | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The reviews and the assignments after Claude answered as ``script`` says (None: no key)."""
    warehouse, batch = solved
    before = table(warehouse, "routing/recommendations_of_batch", batch)
    if script is None:
        monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
        run(warehouse, batch, assets.batch_assets[3:5])
    else:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        with serving(script) as server:
            monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
            run(warehouse, batch, assets.batch_assets[3:5])
            assert server.requests
    after = table(warehouse, "routing/recommendations_of_batch", batch)
    pd.testing.assert_frame_equal(before, after)
    given = table(warehouse, "routing/assignments")
    chosen = before[before["rank"] == 1].set_index("account_id")["worker_id"]
    assert given.set_index("account_id")["worker_id"].to_dict() == chosen.to_dict()
    return table(warehouse, "routing/reviews_of_batch", batch), given.set_index("account_id")


def saying(change: Callable[[Rows, dict[str, Any]], None]) -> Script:
    """Approves every row, then ``change`` is made to the verdicts (rows, what Claude saw)."""

    def script(request: Request) -> Reply:
        seen = fake_claude.material_of(request)
        verdicts = [
            {"row": one["row"], "verdict": "approve", "reasons": []} for one in seen["accounts"]
        ]
        change(verdicts, seen)
        return fake_claude.message(json.dumps({"verdicts": verdicts}))

    return script


def judges(verdicts: Rows, seen: dict[str, Any]) -> None:
    """A model that does what the prompt says, by what it is given."""
    books = {book["csm"]: book for book in seen["books"]}
    for verdict, one in zip(verdicts, seen["accounts"], strict=True):
        what, first = one["account"], one["candidates"][0]
        book, others = books[first["csm"]], [books[c["csm"]] for c in one["candidates"][1:]]
        past = first["past"]
        bad = {
            "Workload": book["accounts"] >= 40 + min(b["accounts"] for b in others),
            "Complexity and experience": what["tad_score"] >= 90
            and book["tenure_category"] in ("New", "Junior"),
            "Health": what["health_segment"] == "Red" and book["red"] >= 9,
            "Revenue impact": what["revenue"] >= 900_000 and book["tenure_category"] != "Expert",
            "Historical performance": past["n"] >= 8 and past["churned"] > past["retained"],
        }
        reasons = [f"{name}: a person should look" for name, is_bad in bad.items() if is_bad]
        if reasons:
            verdict |= {"verdict": "flag", "reasons": reasons[:3]}


@pytest.mark.parametrize(
    "planted",
    [
        "Workload", "Complexity and experience", "Health", "Revenue impact",
        "Historical performance",
    ],
)  # fmt: skip
def test_a_bad_match_on_each_consideration_is_flagged_and_held(
    solved: tuple[DuckDBWarehouse, str], monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    """Planted into what was stored, as if the optimiser had recommended it."""
    warehouse, batch = solved
    plant(warehouse, batch, planted)
    _, given = asked(solved, monkeypatch, saying(judges))
    assert given.loc["A0", "status"] == "held"
    assert planted in json.loads(given.loc["A0", "llm_feedback"])[0]
    assert set(given.drop("A0")["status"]) == {"assigned"}


def plant(warehouse: DuckDBWarehouse, batch: str, what: str) -> None:
    """The account A0 alone goes to W9, who is a bad match in one thing."""
    book = table(warehouse, "routing/books_of_batch", batch).iloc[[0]]
    mine = {"worker_id": "W9", "worker_name": "Name W9"}
    mine |= {
        "Workload": {"accounts": 80},
        "Complexity and experience": {"tenure_category": "Junior"},
        "Health": {"red": 12},
        "Revenue impact": {"tenure_category": "Mid"},
        "Historical performance": {},
    }[what]
    account = {
        "Complexity and experience": {"tad_score": 95.0},
        "Health": {"health_segment": "Red"},
        "Revenue impact": {"revenue": 2_000_000},
    }.get(what, {"tad_score": 20.0})
    books = pd.concat([table(warehouse, "routing/books_of_batch", batch), book.assign(**mine)])
    accounts = table(warehouse, "routing/accounts_of_batch", batch)
    for name, value in account.items():
        accounts.loc[accounts["account_id"] == "A0", name] = value
    rows = table(warehouse, "routing/recommendations_of_batch", batch)
    first = (rows["account_id"] == "A0") & (rows["rank"] == 1)
    rows.loc[first, ["worker_id", "worker_name"]] = ["W9", "Name W9"]
    past = pd.DataFrame(
        {
            "account_id": [f"P{k}" for k in range(10)],
            "worker_id": "W9",
            "assigned_at": AS_OF - pd.Timedelta(days=500),
            "ended_at": AS_OF - pd.Timedelta(days=100),
            "outcome": ["churned"] * 8 + ["retained"] * 2,
        }
    )
    scope = {"batch_id": batch}
    with warehouse.session("plant") as db:
        db.replace("analytics.csm_books", books.assign(batch_id=batch), scope)
        db.replace("analytics.accounts_needing_csm", accounts.assign(batch_id=batch), scope)
        db.replace("analytics.csm_routing_recommendations", rows.assign(batch_id=batch), scope)
        if what == "Historical performance":
            db.replace("source.csm_assignment_history", past, {})


def flags_first(verdicts: Rows, _: dict[str, Any]) -> None:
    verdicts[0] |= {"verdict": "flag", "reasons": ["A hard account for a full\u202e book.\x07"]}


def test_a_flag_holds_its_account_and_the_feedback_is_stored(
    solved: tuple[DuckDBWarehouse, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews, given = asked(solved, monkeypatch, saying(flags_first))
    assert given["status"].to_dict() == {"A0": "held"} | {f"A{n}": "assigned" for n in range(1, 6)}
    assert json.loads(given.loc["A0", "llm_feedback"]) == ["A hard account for a full book."]
    row = reviews.set_index("account_id").loc["A0"]
    assert (row["verdict"], row["reviewer"]) == ("flag", "claude-sonnet-5-5")
    assert json.loads(row["feedback"])["verdict"] == "flag"
    assert list(table(solved[0], "routing/check_holds")["account_id"]) == ["A0"]
    assert "A0" not in set(owned_in_view(solved[0]))


def owned_in_view(warehouse: DuckDBWarehouse) -> list[str]:
    return list(table(warehouse, "routing/write_back")["account_id"])


def test_with_the_note_policy_a_flag_is_kept_and_holds_nothing(
    solved: tuple[DuckDBWarehouse, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    noting = policy.load().model_copy(update={"review": policy.ReviewPolicy(on_flag="note")})
    monkeypatch.setattr(assets, "policy_in_force", lambda _: noting)
    reviews, given = asked(solved, monkeypatch, saying(flags_first))
    assert set(given["status"]) == {"assigned"}
    assert given.loc["A0", "review_verdict"] == "flag"
    assert "flag" in set(reviews["verdict"])


def other_row(verdicts: Rows, _: dict[str, Any]) -> None:
    verdicts[0]["row"] = "A77"


def another_csm(verdicts: Rows, _: dict[str, Any]) -> None:
    verdicts[0] |= {"verdict": "flag", "reasons": ["Give it to W9 instead."]}


def changed_number(verdicts: Rows, seen: dict[str, Any]) -> None:
    cost = seen["accounts"][0]["candidates"][0]["cost"]
    verdicts[0] |= {"verdict": "flag", "reasons": [f"It costs {cost + 0.5:.3f}."]}


def more_fields(verdicts: Rows, _: dict[str, Any]) -> None:
    verdicts[0]["owner"] = "W1"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (saying(other_row), "rows that it was not given"),
        (saying(another_csm), "not given"),
        (saying(changed_number), "not given"),
        (saying(more_fields), "not the shape"),
        (lambda _: fake_claude.message("", stop_reason="refusal"), "refused"),
        (lambda _: fake_claude.message('{"verdicts": [{"row": "A0"', stop_reason="max_tokens"), ""),
        (lambda _: fake_claude.message('{"verdicts": [{"row": "A0"'), ""),
        (lambda _: Reply(200, b'{"id": "msg_1", "type": "mess', fault="cut"), ""),
        (lambda _: Reply(200, b"{}", delay=1.0), "no answer in time"),
        (lambda _: fake_claude.error(529, "overloaded_error"), "529"),
        (None, "no key"),
    ],
    ids=[
        "unknown row", "unknown CSM", "changed number", "more fields", "refusal", "out of tokens",
        "cut JSON", "cut on the wire", "too late", "overloaded", "no key",
    ],
)  # fmt: skip
def test_a_bad_answer_leaves_the_batch_unreviewed_and_it_goes_on(
    solved: tuple[DuckDBWarehouse, str],
    monkeypatch: pytest.MonkeyPatch,
    script: Script | None,
    why: str,
) -> None:
    if why == "no answer in time":
        waiting(monkeypatch, seconds=0.5)
    reviews, given = asked(solved, monkeypatch, script)
    assert set(reviews["verdict"]) == {"unreviewed"}
    assert set(given["status"]) == {"assigned"}
    (told,) = set(reviews["why_unreviewed"])
    assert told
    assert why in told


def test_a_large_batch_is_asked_in_parts_and_one_bad_part_spoils_no_other(
    solved: tuple[DuckDBWarehouse, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cs_assets.routing.review._AT_ONCE", 4)

    def script(request: Request) -> Reply:
        if len(fake_claude.material_of(request)["accounts"]) == 4:
            return saying(flags_first)(request)
        return fake_claude.message("no JSON")

    reviews, given = asked(solved, monkeypatch, script)
    assert list(reviews["verdict"]) == ["flag", *["approve"] * 3, *["unreviewed"] * 2]
    assert list(given["status"]) == ["held", *["assigned"] * 5]


def test_a_held_account_waits_for_the_person_and_then_goes_to_the_crm(
    solved: tuple[DuckDBWarehouse, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.routing.test_deciding import decide

    asked(solved, monkeypatch, saying(flags_first))
    warehouse, batch = solved
    decide(warehouse, "approve", "A0")
    assert "A0" in owned_in_view(warehouse)
    assert route(warehouse, batch).success, "a second run leaves the decision alone"
    given = table(warehouse, "routing/assignments").set_index("account_id")
    assert given.loc["A0", "status"] == "assigned"
    assert given.loc["A0", "decided_by"] == "ops@example.com"
