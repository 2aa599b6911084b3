"""A Snowflake server on this machine: fakesnow over loopback, with what it lacks put in.

The real connector speaks to it by HTTP. What is added here and only here: the AI
functions (the same local ones as on DuckDB), VECTOR, and the few places where its
translation to DuckDB changes the meaning of our statements.
"""

import importlib
import json
import logging
import os
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import duckdb
import fakesnow.arrow
import fakesnow.copy_into
import pyarrow as pa
import sqlglot
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fakesnow.conn import FakeSnowflakeConnection
from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.dialect import parse_one
from fakesnow.instance import FakeSnow
from snowflake.connector.errors import ProgrammingError
from sqlglot import Expr, exp

from resources.duckdb import ai_functions
from resources.settings import Settings
from resources.snowflake import public_views
from resources.snowflake.locks import make_lock
from resources.snowflake.schemas import Schemas
from resources.snowflake.warehouse import SnowflakeWarehouse
from sql import catalog
from tests.snowflake import statement_log
from tests.waiting import PATIENCE, until

DATABASE = "CS_ASSETS"

#: Statements that the server does not know and that change no row.
_NO_OPERATION = [r"ALTER SESSION SET QUERY_TAG.*", r"ALTER SESSION SET TIMEZONE = 'UTC'.*"]

_USES_ROLE = re.compile(r"USE ROLE (\w+)", re.I)
#: How the port takes the lock of a table, and the longest that a session waits for one.
_TAKES_LOCK = re.compile(r"UPDATE (ops\.lock_\w+) ", re.I)
_LOCK_SECONDS = 20.0
#: The columns of fakesnow's answers to what gives no rows.
_described: dict[str, list[Any]] = {}
_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

#: The AI functions give JSON here, as semi-structured values are JSON in fakesnow.
_MACROS = """
CREATE OR REPLACE TEMP MACRO fs_ai_sentiment(x) AS
    to_json(sentiment_object(local_sentiment(x::VARCHAR)));
CREATE OR REPLACE TEMP MACRO ai_count_tokens(function, text) AS ceil(length(text) / 4.0)::BIGINT,
    (function, model, text) AS ceil(length(text) / 4.0)::BIGINT;
CREATE OR REPLACE TEMP MACRO current_warehouse() AS 'CS_ASSETS_WH';
CREATE OR REPLACE TEMP MACRO current_region() AS 'AWS_EU_CENTRAL_1';
CREATE OR REPLACE TEMP MACRO fs_get(x, n) AS json_extract(x, '$[' || n || ']');
CREATE OR REPLACE TEMP MACRO fs_vector_cosine(x, y) AS array_cosine_similarity(x, y);
"""


#: fakesnow numbers the elements of all rows together, in whatever order they come.
_FLATTEN = f"""
CREATE OR REPLACE MACRO {DATABASE}._fs_flatten(input) AS TABLE
SELECT hash(to_json(input))::UBIGINT AS SEQ, e.k AS KEY, COALESCE(e.k, '[' || e.i || ']') AS PATH,
       CASE WHEN e.k IS NULL THEN e.i END::BIGINT AS INDEX, e.v AS VALUE, to_json(input) AS THIS
FROM (
    SELECT unnest(
        CASE WHEN json_type(to_json(input)) = 'OBJECT'
        THEN list_transform(json_keys(to_json(input)), (x, i) ->
            struct_pack(k := x, i := i - 1, v := CAST(to_json(input) -> x AS JSON)))
        ELSE list_transform(CAST(to_json(input) AS JSON[]), (x, i) ->
            struct_pack(k := NULL::VARCHAR, i := i - 1, v := x))
        END, recursive := true)
) AS e(k, i, v)
"""


def _timestamps(values: Any) -> pa.Array:
    """As fakesnow sends them, but with NULL as NULL instead of 1970."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    sent = _sent_timestamps(values)
    parts = [sent.field(place) for place in range(sent.type.num_fields)]
    return pa.StructArray.from_arrays(parts, fields=list(sent.type), mask=values.is_null())


_sent_timestamps = fakesnow.arrow.timestamp_to_sf_struct
fakesnow.arrow.timestamp_to_sf_struct = _timestamps


def _numbered(self: Any, url: str) -> Any:
    """As fakesnow reads CSV, but of more than ten columns too: DuckDB then writes column00."""
    expression = _read_csv(self, url)
    with open(url.removeprefix("file://"), encoding="utf-8") as file:
        columns = file.readline().count(",") + 1  # bounded: a file
    names = [f"column{place}" for place in range(columns)]
    expression.append("expressions", self.make_eq("names", names))
    return expression


_read_csv = fakesnow.copy_into.ReadCSV.read_expression
fakesnow.copy_into.ReadCSV.read_expression = _numbered


@contextmanager
def local_server() -> Iterator[dict[str, Any]]:
    """A running server with an empty account; yields the connector's arguments for it."""
    module = importlib.import_module("fakesnow.server")
    before, module.shared_fs = module.shared_fs, _Account()
    logging.getLogger("fakesnow.server").setLevel(logging.ERROR)
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    server = uvicorn.Server(uvicorn.Config(_closing(module.app), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, name="local snowflake", daemon=True)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive(), "the local Snowflake server's start")
        if not server.started:
            raise RuntimeError("the local Snowflake server did not start")
        yield arguments_of(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        module.shared_fs.duck_conn.close()
        module.shared_fs = before


def _closing(app: Any) -> Any:
    """The server, with a master token in its answer to a login: without one the connector does
    not tell it that a session ends, and what a session holds would stay held."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path") == statement_log.PATH:
            receive = statement_log.listening(scope, receive)
        if scope.get("path") != "/session/v1/login-request":
            return await app(scope, receive, send)

        async def send_with_token(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [(k, v) for k, v in message["headers"] if k != b"content-length"]
                message = {**message, "headers": headers}
            elif body := message.get("body"):
                login = json.loads(body)
                if login.get("data"):
                    login["data"]["masterToken"] = login["data"]["token"]
                message = {**message, "body": json.dumps(login).encode()}
            await send(message)

        return await app(scope, receive, send_with_token)

    return answer


def arguments_of(port: int) -> dict[str, Any]:
    """The connector's arguments for the server on a port of this machine."""
    return {
        "account": "fakesnow",
        "user": "CS_ASSETS_SERVICE",
        "host": "127.0.0.1",
        "port": port,
        "protocol": "http",
        "network_timeout": 3,
        "platform_detection_timeout_seconds": 0.0,
        "session_parameters": {
            "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False,
            "nop_regexes": _NO_OPERATION,
        },
    }


def warehouse_on(arguments: dict[str, Any], **changes: Any) -> SnowflakeWarehouse:
    """Our warehouse on that server, signed in with a password as the server wants it."""
    extra = {name: value for name, value in arguments.items() if name not in ("account", "user")}
    os.environ.update(key_in_environment())
    return SnowflakeWarehouse(
        **{
            "settings": Settings.load(),
            "account": arguments["account"],
            "user": arguments["user"],
            "database": DATABASE,
            "warehouse": "CS_ASSETS_WH",
            "role": "CS_ASSETS_TRANSFORM",
            "extra": extra,
            **changes,
        }
    )


@cache
def key_in_environment() -> dict[str, str]:
    """Settings with an encrypted key made for this process."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"only for tests"),
    )
    return {
        "SNOWFLAKE_PRIVATE_KEY": pem.decode(),
        "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "only for tests",
    }


class _Account(FakeSnow):
    """fakesnow's account, whose connections know the AI functions."""

    _has_flatten = False

    def connect(self, *arguments: Any, **named: Any) -> FakeSnowflakeConnection:
        connection = super().connect(*arguments, **named)
        connection.__class__ = _Connection
        duck = connection._duck_conn
        duck.execute("SET threads = 2")
        duck.execute("SET default_null_order = 'nulls_last_on_asc_first_on_desc'")
        ai_functions.register(duck)
        duck.execute(_MACROS)
        if connection.database == DATABASE and not self._has_flatten:
            duck.execute(_FLATTEN)
            self._has_flatten = True
        return connection


class _Connection(FakeSnowflakeConnection):
    """A session that waits for the locks that others hold, as Snowflake's do.

    DuckDB refuses a row that another transaction has changed; Snowflake waits for its end.
    """

    role = "CS_ASSETS_TRANSFORM"

    def wait_for(self, table: str) -> None:
        """Take the lock of a table; it is held until the transaction ends."""
        if table not in self._held():
            if not _locks[table].acquire(timeout=_LOCK_SECONDS):
                raise ProgrammingError(msg=f"lock of {table}", errno=625, sqlstate="57014")
            self._held().append(table)
            # On Snowflake a statement sees all that was committed before it began; DuckDB's
            # transaction may have fixed what it sees when it began, before the wait.
            self._duck_conn.rollback()
            self._duck_conn.begin()

    def release(self) -> None:
        while self._held():
            _locks[self._held().pop()].release()

    def _held(self) -> list[str]:
        held: list[str] = self.__dict__.setdefault("_locks_held", [])
        return held

    def __del__(self) -> None:
        self.release()  # the session ended in the middle of a transaction

    def cursor(self, cursor_class: Any = None) -> FakeSnowflakeCursor:
        return _Cursor(conn=self, duck_conn=self._duck_conn)


def _as_role(role: str) -> Callable[[Expr], Expr]:
    """What a session of a role asks: it knows its role, and policies leave it its rows."""

    def asked(node: Expr) -> Expr:
        if isinstance(node, exp.CurrentRole):
            return exp.Literal.string(role)
        if not isinstance(node, exp.Table):
            return node
        condition = policies.get((role, f"{node.db}.{node.name}".lower()))
        if condition is None or node.find_ancestor(exp.Insert, exp.Merge, exp.Update):
            return node
        bare = node.copy()
        bare.set("alias", None)
        return exp.select("*").from_(bare).where(condition).subquery(node.alias_or_name)

    return asked


#: Row access policies: by role and table (``schema.table``) what a row must be to be seen.
policies: dict[tuple[str, str], str] = {}


class _Cursor(FakeSnowflakeCursor):
    def execute(self, command: str, *arguments: Any, **named: Any) -> FakeSnowflakeCursor:
        if found := _USES_ROLE.match(command):
            self._conn.role = found[1].upper()
        if found := _TAKES_LOCK.match(command):
            self._conn.wait_for(found[1].lower())
        try:
            return super().execute(command, *arguments, **named)
        finally:
            if command in ("COMMIT", "ROLLBACK"):
                self._conn.release()

    def _transform(self, expression: Expr, params: Any) -> Expr:
        prepared = expression.transform(_before).transform(_as_role(self._conn.role), copy=False)
        _chain.is_own = True
        try:
            return super()._transform(prepared, params).transform(_after, copy=False)
        finally:
            _chain.is_own = False

    def _transform_explode(self, expression: Expr) -> list[Expr]:
        """Columns that are there already are not added one by one, each to no effect."""
        if isinstance(expression, exp.Alter):
            there = self._columns_of(expression.this)
            actions = expression.args["actions"]
            kept = [one for one in actions if one.name.upper() not in there]
            if len(kept) < len(actions) and all(one.args.get("exists") for one in actions):
                if not kept:
                    return [exp.select(exp.Literal.string("Statement executed successfully."))]
                expression.set("actions", kept)
        return super()._transform_explode(expression)

    def _columns_of(self, table: Expr) -> set[str]:
        """The columns of a table by its full name; none when it is not there."""
        rows = self._duck_conn.execute(
            "SELECT column_name FROM duckdb_columns() "
            "WHERE schema_name ILIKE ? AND table_name ILIKE ?",
            [table.text("db"), table.name],
        )
        return {name.upper() for (name,) in rows.fetchall()}

    def _describe_last_sql(self) -> list[Any]:
        """fakesnow knows no name for the type of a vector; what is the same is asked once."""
        text = str(self._last_sql)
        if text in _described:
            return _described[text]
        described = [
            (name, "JSON" if str(kind).startswith("FLOAT[") else kind, *rest)
            for name, kind, *rest in super()._describe_last_sql()
        ]
        if text.startswith("SELECT '") or re.match(r"SELECT \d+ as", text):  # a message of its own
            _described[text] = described
        return described

    def _describe_only(self, command: str) -> list[Any] | None:
        """As fakesnow does, for a UNION as well, which it would run instead."""
        parsed = parse_one(command)
        if isinstance(parsed, exp.SetOperation):
            no_binds = parsed.transform(
                lambda e: exp.Null() if isinstance(e, exp.Placeholder) else e
            )
            self.execute(f"DESCRIBE {no_binds.sql(dialect='snowflake')}")
            described = self.fetchall()
        else:
            described = super()._describe_only(command)
        return described and [
            (name, "JSON" if str(kind).startswith("FLOAT[") else kind, *rest)
            for name, kind, *rest in described
        ]

    def _execute(self, transformed: Expr, params: Any = None) -> None:
        try:
            super()._execute(transformed, params)
        except duckdb.Error as error:
            raise _as_snowflake_says(error) from error


#: Whether the thread is in fakesnow's chain of some seventy passes over one tree.
_chain = threading.local()
_transform_copying = exp.Expression.transform


def _transform_in_place(self: Any, fun: Any, *args: Any, copy: bool = True, **named: Any) -> Any:
    """As sqlglot does, but the passes of the chain share the tree: copies took most of the time."""
    is_own = getattr(_chain, "is_own", False)
    _chain.is_own = False  # what a pass itself copies stays copied
    try:
        return _transform_copying(self, fun, *args, copy=copy and not is_own, **named)
    finally:
        _chain.is_own = is_own


exp.Expression.transform = _transform_in_place


def _as_snowflake_says(error: duckdb.Error) -> Exception:
    """An error that fakesnow would turn into HTTP 500, which the connector retries for long."""
    said = str(error).splitlines()[0]
    if "Conflict on" in said:  # two changed one row: Snowflake would have let one wait
        return ProgrammingError(msg=said, errno=625, sqlstate="57014")
    return ProgrammingError(msg=said, errno=100999, sqlstate="22000")


def _before(node: Expr) -> Expr | None:
    """Ours, before fakesnow reads the statement."""
    if isinstance(node, exp.Anonymous) and node.name.upper() == "AI_SENTIMENT":
        return exp.Anonymous(this="fs_ai_sentiment", expressions=node.expressions)
    if isinstance(node, exp.Anonymous) and node.name.upper() == "SYSTEM$LAST_CHANGE_COMMIT_TIME":
        return _version_of(node.expressions[0].name)
    # fakesnow keeps comments by statements of its own, in which it does not double their quotes.
    if isinstance(node, exp.SchemaCommentProperty):
        return type(node)(this=exp.Literal.string(node.this.name.replace("'", "\u2019")))
    if isinstance(node, exp.ColumnConstraint):
        return None if isinstance(node.kind, exp.CommentColumnConstraint) else node
    if isinstance(node, exp.HashAgg):
        hashed = exp.Anonymous(this="hash", expressions=[node.this, *node.expressions])
        return exp.Sum(this=exp.cast(hashed, "DOUBLE"))
    if isinstance(node, exp.GetExtract):
        return exp.Anonymous(this="fs_get", expressions=[node.this, node.expression])
    if isinstance(node, exp.CosineDistance):
        return exp.Anonymous(this="fs_vector_cosine", expressions=[node.this, node.expression])
    return node


def _version_of(relation: str) -> Expr:
    """What is another after each change of a table, or of one below a view: a hash of its rows."""
    rows = f"(SELECT COUNT(*) || '-' || COALESCE(bit_xor(hash(r)), 0) FROM {relation} r)"
    return sqlglot.parse_one(rows, dialect="duckdb")


def _after(node: Expr) -> Expr:
    """Ours, after it: VECTOR is an array of DuckDB's."""
    if isinstance(node, exp.DataType) and node.this == exp.DType.VECTOR:
        size = node.expressions[1].name
        return exp.DataType.build(f"FLOAT[{size}]", dialect="duckdb")
    return node


def prepare(arguments: dict[str, Any]) -> None:
    """Make database, schemas and tables as the set-up does."""
    with warehouse_on(arguments).session("setup") as db:
        for schema in ("source", "gong", "analytics", "words", "ops"):
            db._run(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for table in catalog.tables().values():
            db.execute(f"tables/{table.schema}/{table.name}")
            db._run(make_lock(table.full_name))
        for view in public_views.made(DATABASE, Schemas()):
            db._run(view)
