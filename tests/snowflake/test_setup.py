"""The set-up is applied: by the real connector, every statement in order, twice, and in parts."""

import re

import pytest
import snowflake.connector
from typer.testing import CliRunner

from cs_assets.commands.setup import app
from cs_assets.errors import CsAssetsError, UsageError
from resources.settings import Settings
from resources.snowflake import admin
from resources.snowflake.locks import lock_of
from resources.snowflake.names import Names
from resources.snowflake.public_views import PUBLIC_VIEWS
from resources.snowflake.schemas import Schemas
from resources.snowflake.semantics import Agents
from resources.snowflake.setup import Step, apply, chosen, load_agents, plan
from sql import catalog
from tests.snowflake.account_book import APPLICATION_PUBLIC, AccountBook, Grant, Refused
from tests.snowflake.local_server import key_in_environment, local_server
from tests.snowflake.paper_account import ON_PAPER, paper_account
from tests.snowflake.setup_reading import read

UTILITIES = {"industry": "Public Utilities", "instructions": "Speak of ratepayers."}
STEPS = [
    "account", "monitor", "move", "tables", "sources", "views", "roles", "earlier", "report",
    "cortex", "user", "search", "call_search",
    "semantic_view", "agents",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _signed(monkeypatch):
    monkeypatch.setenv("CORTEX_CALL_SEARCH_SERVICE", "CS_ASSETS.ANALYTICS.CALL_SEARCH")
    for name, value in key_in_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "fakesnow")
    monkeypatch.setenv("SNOWFLAKE_ADMIN_USER", "ME")
    monkeypatch.setenv("SNOWFLAKE_ADMIN_PASSWORD", "for the local server")


@pytest.fixture
def account(server):
    """An empty account on paper: the arguments to reach it, and what it is asked."""
    with paper_account(server, on_paper=True) as found:
        yield found


@pytest.fixture
def engine():
    """An empty account with an engine behind it that does what it can."""
    with local_server() as arguments, paper_account(arguments) as found:
        yield found


def the_plan(sources: str | None = None, **options) -> list[Step]:
    agents = Agents(**{**load_agents(None).model_dump(), "verticals": [UTILITIES]})
    return plan(Names.of(Settings.load(), sources=sources, **options), agents)


def applied(account, steps: list[Step]) -> list[str]:
    """Apply the steps as the command does; the names of those that were done."""
    arguments, paper = account
    paper.book.role = "PUBLIC"  # a session of its own
    done: list[str] = []
    with admin.administrator(Settings.load(), **arguments) as run:
        apply(steps, run, lambda step, _: done.append(step.name))
    return done


def read_all(book: AccountBook, statements: list[str]) -> None:
    for statement in statements:
        read(book, statement)


def relations(engine) -> set[str]:
    """What the server behind the account holds."""
    arguments, paper = engine
    paper.is_set_up = False
    with snowflake.connector.connect(**arguments, password="x") as connection:
        rows = connection.cursor().execute(
            "SELECT table_schema || '.' || table_name FROM cs_assets.information_schema.tables "
            "UNION SELECT table_schema || '.' || table_name FROM cs_assets.information_schema.views"
        )
        found = {row[0].lower() for row in rows}
    paper.is_set_up = True
    return found


#: What the first version of the set-up gave beyond what this one does; rights that a role has by
#: way of another, too, are left out.
FIRST_GAVE = [
    ("INSERT", "TABLE", "CS_ASSETS.ANALYTICS.CUSTOMER_METRICS", "CS_ASSETS_INGEST"),
    ("SELECT", "TABLE", "CS_ASSETS.ANALYTICS.CUSTOMER_METRICS", "CS_ASSETS_REPORT"),
    ("IMPORTED PRIVILEGES", "DATABASE", "SNOWFLAKE", "CS_ASSETS"),
]
FIRST_GAVE_AHEAD = [
    *((one, "CS_ASSETS_INGEST") for one in ("SELECT", "INSERT", "DELETE")),
    *((one, "CS_ASSETS_TRANSFORM") for one in ("SELECT", "INSERT", "UPDATE", "DELETE")),
    ("SELECT", "CS_ASSETS_REPORT"),
]


def test_an_account_of_the_first_version_ends_with_the_grants_of_this_one(account):
    _, paper = account
    applied(account, the_plan())
    grants = set(paper.book.grants)
    assert paper.book.to_come == set()
    paper.book.grants |= {Grant(*one) for one in FIRST_GAVE}
    paper.book.to_come |= {
        Grant(privilege, "TABLE", "CS_ASSETS.ANALYTICS", role)
        for privilege, role in FIRST_GAVE_AHEAD
    }
    applied(account, the_plan())
    assert paper.book.grants == grants
    assert paper.book.to_come == set()


def test_every_statement_is_applied_in_order_and_again(engine):
    _, paper = engine
    steps = the_plan(edition="enterprise")
    done = [*STEPS]
    done.insert(done.index("cortex"), "people")
    assert applied(engine, steps) == done
    first = [*paper.statements]
    assert first == [statement for step in steps for statement in step.statements]
    grants, owners = set(paper.book.grants), dict(paper.book.owners)
    paper.on_paper = True  # the server has taken each of them once
    assert applied(engine, steps) == done
    assert paper.statements == [*first, *first]
    assert (paper.book.grants, paper.book.owners) == (grants, owners)
    paper.on_paper = False
    declared = set(catalog.tables())
    locks = {lock_of(name) for name in declared if not name.startswith("source.")}
    standing = {Schemas().of(name).lower() for name in [*declared, *PUBLIC_VIEWS]}
    assert standing | locks <= relations(engine)


def test_what_ends_on_paper_is_what_the_server_cannot_take(server):
    left = dict(ON_PAPER)
    with snowflake.connector.connect(**server, password="x") as connection:
        whole = the_plan(edition="enterprise", credits=50, cross_region="AWS_EU")
        for statement in (one for step in whole for one in step.statements):
            beginning = next((one for one in left if statement.startswith(one)), None)
            if beginning is not None:
                with pytest.raises(snowflake.connector.errors.ProgrammingError):
                    connection.cursor().execute(statement)
                del left[beginning]
    assert left == {}


def test_a_failure_in_the_middle_names_its_step_and_a_rerun_completes(account):
    _, paper = account
    paper.faults["CREATE TRANSIENT TABLE IF NOT EXISTS CS_ASSETS.GONG.gong_users"] = "000604"
    with pytest.raises(CsAssetsError) as error:
        applied(account, the_plan())
    assert str(error.value).startswith(
        "step tables: 'CREATE TRANSIENT TABLE IF NOT EXISTS CS_ASSETS."
    )
    assert "the same command" in str(error.value)
    assert "\n" not in str(error.value)
    assert applied(account, the_plan()) == STEPS


@pytest.mark.parametrize(
    ("roles", "stops", "done"),
    [
        (("SYSADMIN", "SECURITYADMIN"), "monitor", ["account"]),
        (("SYSADMIN",), "monitor", ["account"]),
        (("SECURITYADMIN",), "account", []),
    ],
)
def test_who_lacks_a_role_is_told_which_and_at_what_step(account, roles, stops, done):
    _, paper = account
    paper.book.roles = roles
    with pytest.raises(CsAssetsError, match=f"step {stops}: 'USE ROLE .*3013.*let someone"):
        applied(account, the_plan())
    told = [name for name in STEPS if name in done]
    paper.book.roles = ("ACCOUNTADMIN",)
    assert applied(account, chosen(the_plan(), STEPS[len(told) :])) == STEPS[len(told) :]


def test_two_administrators_share_the_steps(account):
    """SYSADMIN and SECURITYADMIN in one hand, ACCOUNTADMIN in another."""
    _, paper = account
    theirs = {"monitor", "cortex"}
    paper.book.roles = ("SYSADMIN", "SECURITYADMIN")
    assert applied(
        account,
        chosen(the_plan(), ["account", "tables", "sources", "views", "roles", "report", "user"]),
    )
    paper.book.roles = ("ACCOUNTADMIN",)
    assert applied(account, chosen(the_plan(), [*theirs])) == ["monitor", "cortex"]
    paper.book.roles = ("SYSADMIN",)
    assert applied(account, chosen(the_plan(), ["search", "semantic_view", "agents"]))


def test_a_step_before_its_time_is_refused_with_the_way_to_mend_it(account):
    with pytest.raises(CsAssetsError, match=r"step tables: .*2003.*cs-assets setup snowflake"):
        applied(account, chosen(the_plan(), ["tables"]))


def test_sources_are_views_on_what_others_own(account):
    _, paper = account
    book = paper.book
    for table in catalog.tables().values():
        if table.schema == "source":
            name = f"CRM.SHARED.{table.name.upper()}"
            book.owners["TABLE", name] = "SYSADMIN"
            book.columns[name] = [column.upper() for column in table.column_names]
    steps = the_plan("CRM.SHARED")
    for step in steps:
        for statement in step.statements:
            read(book, statement)
    assert ("VIEW", "CS_ASSETS.SOURCE.CUSTOMERS") in book.owners
    optional = next(step for step in steps if step.name == "sources").statements
    mine = [one for one in optional if "SUPPORT_TICKETS" in one.upper()]
    assert len(mine) == 1  # an empty view that never takes the place of one that was mapped
    assert mine[0].startswith("CREATE VIEW IF NOT EXISTS")
    assert mine[0].endswith("WHERE FALSE")
    for role in ("INGEST", "TRANSFORM"):
        assert book.allows(f"CS_ASSETS_{role}", "SELECT", "VIEW", "CS_ASSETS.SOURCE.CUSTOMERS")
        assert not book.allows(f"CS_ASSETS_{role}", "SELECT", "TABLE", "CRM.SHARED.CUSTOMERS")


def test_nothing_is_run_while_the_service_has_no_key():
    steps = plan(Names(), load_agents(None))
    with pytest.raises(UsageError, match="SNOWFLAKE_PRIVATE_KEY_PATH"):
        apply(steps, pytest.fail, lambda *_: None)
    ran: list[str] = []
    apply(chosen(steps, ["account"]), ran.append, lambda *_: None)
    assert ran[0] == "USE ROLE SYSADMIN"


@pytest.mark.parametrize(
    ("whole", "broken", "why"),
    [
        ("TO ROLE CS_ASSETS_REPORT", "TO ROLE CS_ASSETS_REPORTS", "does not exist"),
        ("GRANT USAGE ON SCHEMA CS_ASSETS.GONG", "GRANT USAGE ON SCHEMA CS_ASSETS.GNG", "exist"),
        ("ON (rep_user_id)", "ON (rep_id)", "invalid identifier"),
        ("WITH MASKING POLICY CS_ASSETS.PEOPLE", "WITH MASKING POLICY CS_ASSETS.OPS", "not exist"),
        ("r.reader = CURRENT_USER()", "r.readers = CURRENT_USER()", "invalid identifier"),
        ("GRANT SELECT, UPDATE, DELETE", "GRANT SELECT, UPDATES, DELETE", "no privilege UPDATES"),
        ("USE ROLE SECURITYADMIN", "USE ROLE SYSADMIN", "Insufficient privileges"),
        ("SNOWFLAKE.CORTEX_AGENT_USER", "SNOWFLAKE.CORTEX_AGENTS_USER", "does not exist"),
        ("TYPE = SERVICE", "TYPE = ROBOT", "no such option"),
        ("AUTO_RESUME = TRUE", "AUTO_RESUMES = TRUE", "no such option"),
        ("DEFAULT_NAMESPACE = CS_ASSETS.OPS", "DEFAULT_NAMESPACE = CS_ASSETS.OP", "not exist"),
        ("company_size, modules, goal,", "company_size, goal,", "not selected"),
        ("FROM CS_ASSETS.SOURCE.CASE_STUDIES", "FROM CS_ASSETS.SOURCE.STUDIES", "not exist"),
        ("REVENUE_TOTAL AS SUM(ATTRIBUTED_REVENUE)", "REVENUE_TOTAL AS SUM(ARRR)", "invalid ident"),
        (
            "REVENUE_TOTAL AS SUM(ATTRIBUTED_REVENUE)",
            "REVENUE_TOTAL AS ATTRIBUTED_REVENUE",
            "aggregates",
        ),
        ("NON ADDITIVE BY (WEEK_START)", "NON ADDITIVE BY (WEEK)", "no dimension"),
        ("REFERENCES CUSTOMERS (CUSTOMER_ID)", "REFERENCES CUSTOMERS (INDUSTRY)", "no key"),
        ("SELECT health_segment, COUNT", "SELECT health, COUNT", "has no HEALTH"),
        ("search_service: CS_ASSETS.ANALYTICS.CASE", "search_service: CS_ASSETS.OPS.CASE", "exist"),
        ("INDUSTRY_VERTICAL: Public", "INDUSTRY: Public", "no attribute"),
        ("warehouse: CS_ASSETS_WH", "warehouse: OTHER_WH", "does not exist"),
        ("ON 75 PERCENT DO NOTIFY", "AT 75 PERCENT DO NOTIFY", "no form"),
    ],
)
def test_the_book_refuses_what_snowflake_would(whole, broken, why):
    whole_plan = "\0".join(
        one for step in the_plan(edition="enterprise") for one in step.statements
    )
    assert whole in whole_plan
    broken_plan = whole_plan.replace(whole, broken)
    with pytest.raises(Refused, match=why):
        read_all(AccountBook(), broken_plan.split("\0"))


@pytest.mark.parametrize("holder", ["PUBLIC", APPLICATION_PUBLIC, ""])
def test_ai_is_taken_from_public_whichever_public_holds_it(holder):
    """The role, Snowflake's application role of that name, both, or neither any more."""
    book = AccountBook()
    book.grants = {one for one in book.grants if one.role == holder}
    [step] = [one for one in the_plan(without_public=True) if one.name == "public"]
    read_all(book, list(step.statements))
    assert not book.grants
    with pytest.raises(Refused, match="does not hold"):
        read_all(
            book, ["USE ROLE ACCOUNTADMIN", "REVOKE USE AI FUNCTIONS ON ACCOUNT FROM ROLE PUBLIC"]
        )


def test_the_command_shows_its_plan_and_applies_it(account, monkeypatch):
    arguments, paper = account
    connect = snowflake.connector.connect
    monkeypatch.setattr(
        snowflake.connector, "connect", lambda **given: connect(**{**given, **arguments})
    )
    done = CliRunner().invoke(app, ["snowflake", "--yes"])
    assert done.exit_code == 0, done.output
    assert re.findall(r"^(\w+) +\w.*: \d+ statements", done.output, re.M) == STEPS
    assert re.findall(r"✓ (\w+): \d+ statements", done.output) == STEPS
    before = len(paper.statements)
    paper.book.role = "PUBLIC"
    part = CliRunner().invoke(app, ["snowflake", "--yes", "--only", "user"])
    assert part.exit_code == 0, part.output
    assert len(paper.statements) - before == 6
    assert CliRunner().invoke(app, ["snowflake", "--only", "usr"]).exit_code == 1
