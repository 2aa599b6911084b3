"""Rows to and from Snowflake: Parquet on the way in, the port's column types on the way out."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from snowflake.connector.constants import FIELD_ID_TO_NAME

from sql import catalog

_DECIMAL = re.compile(r"^DECIMAL\((\d+),\s*(\d+)\)$")
_VECTOR = re.compile(r"^VECTOR\(FLOAT, (\d+)\)$")

_ARROW = {
    "STRING": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP_NTZ": pa.timestamp("us"),
    "VARIANT": pa.string(),
}


def staged_type(column: catalog.Column) -> str:
    """The type of a column in the staging table: text where the value is made by a function."""
    return "STRING" if column.type == "VARIANT" or _VECTOR.match(column.type) else column.type


def unstaged(column: catalog.Column) -> str:
    """The expression that turns the staged value of a column into the table's."""
    if column.type == "VARIANT":
        return f"PARSE_JSON({column.name})"
    if _VECTOR.match(column.type):
        return f"PARSE_JSON({column.name})::{column.type}"
    return column.name


def write_parquet(rows: pd.DataFrame, columns: list[catalog.Column], path: Path) -> None:
    """Write the columns of ``rows`` in the table's types; ``ValueError`` names a bad one."""
    arrays = [typed(rows[column.name], column) for column in columns]
    names = [column.name.upper() for column in columns]
    pq.write_table(pa.table(arrays, names=names), path, compression="snappy")


def typed(values: pd.Series, column: catalog.Column) -> pa.Array:
    """Values in the type in which they are staged; ``ValueError`` names a column with a bad one."""
    kind, present = _arrow_type(column), values
    if _VECTOR.match(column.type):
        present = values.astype(object).where(values.notna(), None).map(_vector_text)
    try:
        if pa.types.is_decimal(kind):
            return pa.array([_decimal(value, kind.scale) for value in present], type=kind)
        if pa.types.is_date(kind) and pd.api.types.is_datetime64_any_dtype(present):
            present = present.dt.date
        return pa.array(present, type=kind, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ValueError(f"column {column.name} ({column.type}): {error}") from error


def _arrow_type(column: catalog.Column) -> pa.DataType:
    if found := _DECIMAL.match(column.type):
        return pa.decimal128(int(found[1]), int(found[2]))
    return pa.string() if _VECTOR.match(column.type) else _ARROW[column.type]


def _decimal(value: Any, scale: int) -> Decimal | None:
    return None if pd.isna(value) else Decimal(str(value)).quantize(Decimal(1).scaleb(-scale))


def _vector_text(vector: Any) -> str | None:
    return None if vector is None else "[" + ",".join(repr(float(x)) for x in vector) + "]"


def normalised(rows: pd.DataFrame, description: Any) -> pd.DataFrame:
    """Columns in lower case and in the types that the embedded warehouse gives."""
    rows.columns = [str(name).lower() for name in rows.columns]
    for name, field in zip(rows.columns, description, strict=True):
        rows[name] = _column(rows[name], FIELD_ID_TO_NAME[field.type_code], field.scale)
    return rows


def _column(values: pd.Series, kind: str, scale: int | None) -> pd.Series:
    match kind:
        case "FIXED" if not scale:
            return values.astype("float64" if values.isna().any() else "int64")
        case "FIXED" | "REAL":
            return values.astype("float64")
        case "DATE":
            return pd.to_datetime(values).astype("datetime64[us]")
        case "TIMESTAMP_NTZ" | "TIMESTAMP":
            return values.astype("datetime64[us]")
        case _:
            return values
