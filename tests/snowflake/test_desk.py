"""Pages of the desk over sessions of those who look, as the container runtime has them."""

import types

import pandas as pd
import snowflake.connector
import streamlit

from cs_assets.desk import session
from tests.answers.tenant import made
from tests.desk.viewing import viewer
from tests.snowflake import local_server


def test_of_two_roles_neither_meets_in_memory_what_the_other_may_read(
    server, monkeypatch, tmp_path
):
    """Both are operations at the desk; a row access policy leaves the second one customer."""
    token = tmp_path / "token"
    token.touch()
    monkeypatch.setattr(session, "_CONTAINER_TOKEN", str(token))
    monkeypatch.setenv("SNOWFLAKE_HOST", "127.0.0.1")
    monkeypatch.setenv("CS_ASSETS_WAREHOUSE", "snowflake")
    monkeypatch.setitem(
        local_server.policies, ("DESK_TWO", "source.customers"), "customer_id = 'TWO'"
    )
    with local_server.warehouse_on(server).session("desk") as db:
        rows = [{"customer_id": one, "customer_name": one} for one in ("ONE", "TWO")]
        db.replace("source.customers", made("source.customers", *rows), {})
    sessions = {
        role: snowflake.connector.connect(
            **{**server, "password": "x", "database": local_server.DATABASE}
        )
        for role in ("DESK_ONE", "DESK_TWO")
    }
    asked = []

    def looked(role: str) -> set[str]:
        sessions[role].cursor().execute(f"USE ROLE {role}")
        held = types.SimpleNamespace(raw_connection=sessions[role])
        monkeypatch.setattr(streamlit, "connection", lambda name: held)

        def read(db):
            asked.append(role)
            return {*db.query("reviews/customer_ids")["customer_id"]}

        visit = session.Visit(viewer("operations", "same@x.example"), session.now())
        return visit.remembered("ids", read=read)

    found = [looked(role) for _ in range(2) for role in sessions]
    with local_server.warehouse_on(server).session("desk") as db:
        db.replace("source.customers", pd.DataFrame(), {})
    assert found == [{"ONE", "TWO"}, {"TWO"}] * 2
    assert asked == ["DESK_ONE", "DESK_TWO"]
