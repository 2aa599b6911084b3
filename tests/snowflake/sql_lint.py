"""Reads SQL as Snowflake does and tells what would run on one engine only.

Functions are a closed list, so that one of a single engine cannot slip in by being
unknown here; what is left is syntax, told by rules over tokens and the parsed tree.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import sqlglot
from sqlglot import Expr, Token, TokenType, exp
from sqlglot.errors import ParseError, TokenError

from sql import catalog

#: Functions that Snowflake has and that DuckDB has too, itself or by the prelude's macros.
PORTABLE = frozenset(
    {
        "ABS", "AI_COMPLETE", "AI_EMBED", "AI_SENTIMENT", "AI_SUMMARIZE", "ANY_VALUE", "AVG",
        "CAST", "CEIL", "COALESCE", "CONCAT", "CONTAINS", "COUNT", "COUNT_IF", "DATEADD",
        "DATEDIFF", "DATE_TRUNC", "DAYOFWEEKISO", "DECIMAL", "DENSE_RANK", "DIV0", "DIV0NULL",
        "ENDSWITH", "EXTRACT", "FIRST_VALUE", "FLOAT", "FLOOR", "GET", "GREATEST", "GROUPING",
        "HASH_AGG", "IFF", "LAG",
        "LAST_VALUE", "LEAD", "LEAST", "LEFT", "LENGTH", "LN", "LOWER", "LPAD", "LTRIM", "MAX",
        "MAX_BY", "MD5", "MEDIAN", "MIN", "MIN_BY", "MOD", "NULLIF", "NUMBER", "NVL",
        "PARSE_JSON", "PERCENTILE_CONT", "POWER", "RANK", "REGEXP_LIKE", "REGEXP_REPLACE",
        "REGR_SLOPE", "REPLACE", "RIGHT", "ROUND", "ROW_NUMBER", "RTRIM", "SHA2", "SIGN",
        "SPLIT_PART", "SQRT", "STARTSWITH", "STDDEV", "STDDEV_SAMP", "STRING", "SUBSTR",
        "SUBSTRING", "SUM", "TO_DATE", "TO_JSON", "TO_TIMESTAMP_NTZ", "TRIM",
        "TRY_CAST", "UPPER", "VARCHAR", "VECTOR", "VECTOR_COSINE_SIMILARITY", "ZEROIFNULL",
    }
)  # fmt: skip

#: Only in the texts that are Snowflake's alone.
SNOWFLAKE_ONLY = frozenset(
    {
        "AI_COUNT_TOKENS",
        "ARRAY_AGG",
        "ARRAY_CONSTRUCT",
        "CONVERT_TIMEZONE",
        "CURRENT_DATABASE",
        "CURRENT_ROLE",
        "CURRENT_USER",
        "CURRENT_REGION",
        "CURRENT_WAREHOUSE",
        "FLATTEN",
        "IS_NULL_VALUE",
        "IS_OBJECT",
        "OBJECT_CONSTRUCT",
        "TO_CHAR",
        "TRY_TO_DATE",
        "TRY_TO_DOUBLE",
        "TRY_TO_NUMBER",
        "TYPEOF",
    }
)

#: Words that a parenthesis may follow without a call.
_WORDS = frozenset(
    {
        "ALL", "AND", "ANY", "AS", "BETWEEN", "BY", "CASE", "DISTINCT", "ELSE", "EXCEPT",
        "EXCLUDE", "EXISTS", "FROM", "GROUP", "IN", "INSERT", "INTERSECT", "INTO", "JOIN",
        "LATERAL", "NOT", "ON", "OR", "OVER", "QUALIFY", "SELECT", "SET", "TABLE", "THEN",
        "UNION", "USING", "VALUES", "WHEN", "WHERE", "WITH", "WITHIN",
    }
)  # fmt: skip

#: Types that both engines know by this name.
_TYPES = frozenset(
    {
        exp.DType.BIGINT, exp.DType.BOOLEAN, exp.DType.DATE, exp.DType.DECIMAL, exp.DType.DOUBLE,
        exp.DType.FLOAT, exp.DType.INT, exp.DType.TEXT, exp.DType.TIMESTAMP, exp.DType.VARCHAR,
        exp.DType.TIMESTAMPNTZ, exp.DType.VARIANT, exp.DType.VECTOR,
    }
)  # fmt: skip

_TEXT_RULES = (
    (r"\bFILTER\s*\(", "FILTER (WHERE ..) is DuckDB's; write IFF inside the aggregate"),
    (r"\{\s*'", "an object in braces; build JSON in Python"),
    (r"->>?", "an arrow for JSON is DuckDB's; write payload['key']"),
    (r"\bCURRENT_(TIMESTAMP|DATE|TIME)\b", "the clock; pass the time as a parameter"),
    (r"\bINTERVAL\b", "INTERVAL is spelled differently; write DATEADD('day', n, d)"),
    (r"\bDISTINCT\s+ON\b", "DISTINCT ON is DuckDB's; write QUALIFY ROW_NUMBER() .. = 1"),
    (r"\b(SEMI|ANTI|ASOF|POSITIONAL)\s+JOIN\b", "a join of DuckDB's; write EXISTS"),
    (r"\bON\s+CONFLICT\b|\bINSERT\s+OR\b|\bRETURNING\b", "upserts are the port's merge"),
    (r"\bORDER\s+BY\s+ALL\b", "ORDER BY ALL is DuckDB's"),
    (r"\bUSING\s+SAMPLE\b|\bTABLESAMPLE\b", "samples differ between the engines"),
    (r"//", "// divides on DuckDB and begins a comment on Snowflake; write FLOOR(a / b)"),
    (r"\*\*", "** is DuckDB's; write POWER"),
    (r"==", "== is DuckDB's; write ="),
    (r"!?~~?\*?(?=\s)", "~ is DuckDB's; write REGEXP_LIKE"),
    (r"\bGLOB\b|\bSIMILAR\s+TO\b", "a pattern match of one engine; write REGEXP_LIKE"),
    (r"\d_\d{3}\b(?=[^'\w])", "an underscore in a number is DuckDB's"),
    (r"\bVALUES\s*\([^)]*PARSE_JSON", "Snowflake refuses functions of JSON in VALUES"),
    (r"\w\[\d+\]", "positions begin at 0 on Snowflake and at 1 on DuckDB; write GET(x, 0)"),
    (r"\?::", "the parser does not take a cast of a bind by ::; write CAST(? AS TYPE)"),
    (r"\bAI_EMBED\s*\(\s*[^?\s]", "AI_EMBED's model must be a bound value: its type hangs on it"),
    (r"\bTHEN\s+AI_\w+", "an AI function in a CASE may be billed for every row; write WHERE"),
    (r"\bDATE(?:ADD|DIFF)\s*\(\s*\w+\s*,", "DuckDB wants the date part in quotes"),
)  # fmt: skip


def files(root: Path) -> Iterator[Path]:
    """Every text that Snowflake reads: all but DuckDB's own and the set-up (templates)."""
    for path in sorted(root.rglob("*.sql")):
        if path.parts[-2] not in ("duckdb", "setup") and not path.name.endswith(".duckdb.sql"):
            yield path


def problems(text: str, *, is_snowflakes_own: bool = False) -> list[str]:
    """What is wrong with a statement, its holes filled; empty when both engines take it."""
    text = re.sub(r"<% \w+ %>", "filled", text)
    try:
        tokens = sqlglot.tokenize(text, read="snowflake")
        parsed = sqlglot.parse(text, read="snowflake")
    except (ParseError, TokenError) as error:
        return [f"Snowflake's dialect does not parse it: {str(error).splitlines()[0]}"]
    known = PORTABLE | SNOWFLAKE_ONLY if is_snowflakes_own else PORTABLE
    bare = _without_shape(_without_comments_and_strings(text))
    found = ["FROM first is DuckDB's"] if tokens and tokens[0].text.upper() == "FROM" else []
    found += [
        *_unknown_functions(tokens, known),
        *(why for pattern, why in _TEXT_RULES if re.search(pattern, bare, re.I | re.M)),
    ]
    if sum(tree is not None for tree in parsed) != 1:
        found.append("more than one statement in a file")
    for tree in parsed:
        if tree is not None:
            found += [*_of_tree(tree, is_snowflakes_own), *_decimals(tree)]
    return found


def _without_comments_and_strings(text: str) -> str:
    """The text with comments gone and the inside of strings blanked, quotes kept."""
    text = re.sub(r"--[^\n]*", "", text)
    return re.sub(r"'[^']*'", lambda found: "'" + "x" * (len(found[0]) - 2) + "'", text)


def _without_shape(text: str) -> str:
    """The text without the shape of an answer and the model's settings: both engines take these as
    an object in braces."""
    for begins in ("response_format => {", "model_parameters => {"):
        before, found, rest = text.partition(begins)
        depth = 1 if found else 0
        while depth:
            brace = re.search(r"[{}]", rest)
            if brace is None:
                return text
            depth += 1 if brace[0] == "{" else -1
            rest = rest[brace.end() :]
        text = before + rest
    return text


def _unknown_functions(tokens: list[Token], known: frozenset[str]) -> Iterator[str]:
    for before, token, after in zip([None, *tokens], tokens, tokens[1:], strict=False):
        if after.token_type != TokenType.L_PAREN or not re.match(r"^[A-Za-z_]\w*$", token.text):
            continue
        name = token.text.upper()
        previous = before.text.upper() if before else ""
        # ``FROM (VALUES ..) v(a, b)``, ``INSERT INTO t (..)``, ``CREATE TABLE s.t (..)``
        if name in _WORDS or (
            previous in {")", ".", "INTO", "TABLE", "WITH", ","}
            and (previous != "," and previous != ".")
        ):
            continue
        if previous == "." and name not in known:
            continue  # a table's name
        if name not in known:
            yield f"{name} is in no list of functions that both engines have"


#: Columns whose every declaration is DOUBLE, by their names.
@cache
def _doubles() -> frozenset[str]:
    types: dict[str, set[str]] = defaultdict(set)
    for table in catalog.tables().values():
        for column in table.columns:
            types[column.name].add(column.type)
    return frozenset(name for name, found in types.items() if found == {"DOUBLE"})


def _is_exact(value: Expr) -> bool:
    """Whether part of a value is DOUBLE, so that all of it is."""
    return any(
        (isinstance(one, exp.Cast) and one.to.this == exp.DType.DOUBLE)
        or (isinstance(one, exp.Column) and one.name.lower() in _doubles())
        for one in value.walk()
    )


def _decimals(tree: Expr) -> Iterator[str]:
    """Quotients and means of whole numbers: Snowflake keeps six decimals of them."""
    for one in tree.find_all(exp.Div):
        if not one.find_ancestor(exp.Floor, exp.Ceil, exp.Round) and not _is_exact(one):
            yield f"{one.sql()}: six decimals on Snowflake; cast a side to DOUBLE"
    for mean in tree.find_all(exp.Avg, exp.Median, exp.PercentileCont):
        of = mean.parent if isinstance(mean.parent, exp.WithinGroup) else mean
        if not mean.find_ancestor(exp.Floor, exp.Ceil, exp.Round) and not _is_exact(of):
            yield f"{of.sql()}: few decimals on Snowflake; cast what it is of to DOUBLE"


def _of_tree(tree: Expr, is_snowflakes_own: bool) -> Iterator[str]:
    types = _TYPES | {exp.DType.TIMESTAMPTZ} if is_snowflakes_own else _TYPES
    for node in tree.walk():
        if isinstance(node, exp.DataType) and node.this not in types:
            yield f"type {node.sql('snowflake')} is not known to both engines by that name"
        elif isinstance(node, exp.Identifier) and node.args.get("quoted"):
            yield f'"{node.name}": quoted names are case sensitive on Snowflake'
        elif isinstance(node, exp.JSONExtract) and not is_snowflakes_own:
            yield "payload:key is Snowflake's; write payload['key']"
        elif isinstance(node, exp.Lambda):
            yield "a lambda"
        elif isinstance(node, exp.Star) and node.args.get("replace"):
            yield "SELECT * REPLACE is written differently on the engines"
        elif isinstance(node, exp.Command):
            yield f"{node.this}: no statement that both engines read"
