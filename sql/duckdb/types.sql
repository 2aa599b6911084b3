-- Snowflake's names of types that DuckDB lacks.
CREATE TYPE IF NOT EXISTS TIMESTAMP_NTZ AS TIMESTAMP;
