"""The semantic model, and the semantic view and agents that the set-up makes of it."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from cs_assets.errors import UsageError
from resources.snowflake.schemas import Schemas


class Vertical(BaseModel):
    """An industry with an agent of its own."""

    model_config = ConfigDict(extra="forbid")

    industry: str
    instructions: str = ""


class Agents(BaseModel):
    """``agents.yaml``."""

    model_config = ConfigDict(extra="forbid")

    name: str
    display_name: str
    orchestration_model: str
    query_timeout_seconds: int
    answer_seconds: int = 300
    answer_tokens: int = 300_000
    """The most that one answer may take, whatever an agent finds to look up."""
    response: str
    orchestration: str
    sample_questions: list[str]
    verticals: list[Vertical]


@cache
def _text() -> str:
    return files("sql").joinpath("setup", "semantic_model.yaml").read_text(encoding="utf-8")


def model(database: str) -> dict[str, Any]:
    """The semantic model for ``database``, as plain data."""
    loaded: dict[str, Any] = yaml.safe_load(_text() % {"database": database})
    return loaded


def verified_queries() -> list[dict[str, Any]]:
    """The verified queries as written: over the names of logical tables and columns."""
    found: list[dict[str, Any]] = model("X")["verified_queries"]
    return found


def physical_query(query: str) -> str:
    """A verified query over the tables themselves: each logical table becomes a subquery.

    Columns that the model gives another name are there under both.
    """
    loaded = model("X")
    logical = {table["name"].lower(): table for table in loaded["tables"]}
    named = [name for name in logical if re.search(rf"\bFROM {name}\b", query)]
    views = ", ".join(f"{name} AS ({_select(logical[name])})" for name in named)
    return f"WITH {views} {query}"


def _select(table: dict[str, Any]) -> str:
    base = table["base_table"]
    renamed = [
        f"{field['expr']} AS {field['name']}"
        for kind in ("dimensions", "time_dimensions", "facts")
        for field in table.get(kind, [])
        if field["expr"] != field["name"]
    ]
    # The names are the model's own.
    return f"SELECT {', '.join(['t.*', *renamed])} FROM {base['schema']}.{base['table']} t"  # noqa: S608


def reader_model(database: str, schemas: Schemas) -> dict[str, Any]:
    """The model over the views for readers, which hold no people and no words."""
    loaded = model(database)
    for table in loaded["tables"]:
        table["base_table"]["schema"] = schemas.report
    return loaded


def semantic_view(database: str, schemas: Schemas) -> str:
    """``CREATE OR REPLACE SEMANTIC VIEW`` with everything that the model says."""
    loaded = reader_model(database, schemas)
    tables = loaded["tables"]
    clauses = [
        f"CREATE OR REPLACE SEMANTIC VIEW {database}.{schemas.analytics}.{loaded['name']}",
        _clause("TABLES", [_table(table) for table in tables]),
        _clause("RELATIONSHIPS", [_relationship(one) for one in loaded["relationships"]]),
        _clause("FACTS", _fields(tables, "facts")),
        _clause("DIMENSIONS", _fields(tables, "dimensions", "time_dimensions")),
        _clause("METRICS", _fields(tables, "metrics")),
        f"    COMMENT = {quoted(loaded['description'])}",
        f"    AI_SQL_GENERATION {quoted(loaded['custom_instructions'])}",
        _clause("AI_VERIFIED_QUERIES", [_verified(query) for query in loaded["verified_queries"]]),
        "    COPY GRANTS",
    ]
    return "\n".join(clauses)


def semantic_yaml(database: str, schemas: Schemas) -> str:
    """The model as YAML, for a stage or ``SYSTEM$CREATE_SEMANTIC_VIEW_FROM_YAML``."""
    return yaml.safe_dump(
        reader_model(database, schemas), sort_keys=False, allow_unicode=True, width=100
    )


def _clause(word: str, items: list[str]) -> str:
    inner = ",\n".join(f"        {item}" for item in items)
    return f"    {word} (\n{inner}\n    )"


def _table(table: dict[str, Any]) -> str:
    base = table["base_table"]
    keys = ", ".join(table["primary_key"]["columns"])
    name = f"{base['database']}.{base['schema']}.{base['table']}"
    return (
        f"{table['name']} AS {name} PRIMARY KEY ({keys}) COMMENT = {quoted(table['description'])}"
    )


def _relationship(one: dict[str, Any]) -> str:
    left = ", ".join(pair["left_column"] for pair in one["relationship_columns"])
    right = ", ".join(pair["right_column"] for pair in one["relationship_columns"])
    return (
        f"{one['name']} AS {one['left_table']} ({left}) REFERENCES {one['right_table']} ({right})"
    )


def _fields(tables: list[dict[str, Any]], *kinds: str) -> list[str]:
    return [
        f"{table['name']}.{field['name']}{_non_additive(field)} AS {field['expr']}"
        + _synonyms(field)
        + f" COMMENT = {quoted(field['description'])}"
        for table in tables
        for kind in kinds
        for field in table.get(kind, [])
    ]


def _non_additive(field: dict[str, Any]) -> str:
    """Dimensions over which a metric takes the newest rows instead of adding them all."""
    dimensions = [one["dimension"] for one in field.get("non_additive_dimensions", [])]
    return f" NON ADDITIVE BY ({', '.join(dimensions)})" if dimensions else ""


def _synonyms(field: dict[str, Any]) -> str:
    words = ", ".join(map(quoted, field.get("synonyms", [])))
    return f" WITH SYNONYMS ({words})" if words else ""


def _verified(query: dict[str, Any]) -> str:
    onboarding = "ONBOARDING_QUESTION TRUE " if query.get("use_as_onboarding_question") else ""
    return (
        f"{query['name']} AS (QUESTION {quoted(query['question'])} {onboarding}"
        f"SQL {quoted(query['sql'])})"
    )


def agent_statements(
    agents: Agents, database: str, schema: str, warehouse: str, role: str
) -> list[str]:
    """Makes every agent and lets reports use it; grants stay when an agent is made again."""
    made = []
    for vertical in [None, *agents.verticals]:
        name = f"{database}.{schema}.{agent_name(agents, vertical)}"
        title = agents.display_name + (f": {vertical.industry}" if vertical else "")
        body = _specification(agents, vertical, f"{database}.{schema}", warehouse)
        if "$$" in body:  # would end the specification in its middle
            raise UsageError(f"agents.yaml: the instructions of {name} must not hold $$")
        profile = json.dumps({"display_name": title})
        made += [
            f"CREATE OR REPLACE AGENT {name} COPY GRANTS\n    COMMENT = {quoted(title)}\n"
            f"    PROFILE = {quoted(profile)}\n    FROM SPECIFICATION $$\n{body}$$",
            f"GRANT USAGE ON AGENT {name} TO ROLE {role}_REPORT",
        ]
    return made


def beside(agent: str, agents: Agents) -> dict[str, str]:
    """By industry: the full name of its agent, which stands beside the general one (``agent``)."""
    place = agent.rpartition(".")[0]
    return {one.industry: f"{place}.{agent_name(agents, one)}" for one in agents.verticals}


def agent_name(agents: Agents, vertical: Vertical | None) -> str:
    """``EXECUTIVE_REVIEW_ASSISTANT``, with the industry behind it for one of its own."""
    if vertical is None:
        return agents.name
    return agents.name + "_" + re.sub(r"[^A-Z0-9]+", "_", vertical.industry.upper()).strip("_")


#: What the agent is told of its tools: it chooses between them by these words.
_NUMBERS = (
    "Answers questions about numbers of customers with SQL: conversions and their value, "
    "attributed revenue, messages sent, opened and clicked, benchmarks of peers, weekly health "
    "and ARR."
)
_STORIES = (
    "Finds published case studies by goal, industry, size, modules and channels. Holds no numbers "
    "of the customer asked about."
)
_SEARCHED = {
    "SEARCH_TEXT": "Title, goal, results and full text of the case study",
    "INDUSTRY_VERTICAL": "Industry of the company told of",
    "COMPANY_SIZE": "Enterprise, Mid-Market or Small Business",
    "MODULES": "Modules used, separated by semicolons",
    "USE_CASES": "Use cases, separated by semicolons",
    "CHANNELS_USED": "Channels, separated by semicolons",
}


def _specification(agents: Agents, vertical: Vertical | None, place: str, warehouse: str) -> str:
    own = vertical.instructions if vertical else None
    instructions = " ".join(filter(None, [agents.response, own]))
    search: dict[str, Any] = {
        "search_service": f"{place}.CASE_STUDY_SEARCH",
        "max_results": 5,
        "title_column": "TITLE",
        "id_column": "CASE_STUDY_ID",
        "columns_and_descriptions": {
            name: {
                "description": description,
                "type": "string",
                "searchable": name == "SEARCH_TEXT",
                "filterable": name != "SEARCH_TEXT",
            }
            for name, description in _SEARCHED.items()
        },
    }
    if vertical:
        search["filter"] = {"@eq": {"INDUSTRY_VERTICAL": vertical.industry}}
    specification = {
        "models": {"orchestration": agents.orchestration_model},
        "orchestration": {
            "budget": {"seconds": agents.answer_seconds, "tokens": agents.answer_tokens}
        },
        "instructions": {
            "response": instructions,
            "orchestration": agents.orchestration,
            "sample_questions": [{"question": question} for question in agents.sample_questions],
        },
        "tools": [
            _tool("cortex_analyst_text_to_sql", "customer_metrics", _NUMBERS),
            _tool("cortex_search", "case_studies", _STORIES),
        ],
        "tool_resources": {
            "customer_metrics": {
                "semantic_view": f"{place}.CUSTOMER_SUCCESS",
                "execution_environment": {
                    "type": "warehouse",
                    "warehouse": warehouse.upper(),
                    "query_timeout": agents.query_timeout_seconds,
                },
            },
            "case_studies": search,
        },
    }
    return yaml.safe_dump(specification, sort_keys=False, allow_unicode=True, width=100)


def _tool(kind: str, name: str, description: str) -> dict[str, Any]:
    return {"tool_spec": {"type": kind, "name": name, "description": description}}


def quoted(text: str) -> str:
    """A string literal of Snowflake: backslash and quote escaped."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
