-- Snowflake's functions that DuckDB lacks, as macros of the connection.
CREATE OR REPLACE TEMP MACRO iff(condition, yes, no) AS CASE WHEN condition THEN yes ELSE no END;
CREATE OR REPLACE TEMP MACRO nvl(x, y) AS COALESCE(x, y);
CREATE OR REPLACE TEMP MACRO div0(x, y) AS CASE WHEN y = 0 THEN 0 ELSE x / y END;
CREATE OR REPLACE TEMP MACRO div0null(x, y) AS CASE WHEN COALESCE(y, 0) = 0 THEN 0 ELSE x / y END;
CREATE OR REPLACE TEMP MACRO zeroifnull(x) AS COALESCE(x, 0);
CREATE OR REPLACE TEMP MACRO parse_json(x) AS x::JSON;
CREATE OR REPLACE TEMP MACRO array_size(x) AS len(x);
CREATE OR REPLACE TEMP MACRO to_date(x) AS x::DATE;
CREATE OR REPLACE TEMP MACRO to_timestamp_ntz(x) AS x::TIMESTAMP;
CREATE OR REPLACE TEMP MACRO regexp_like(x, pattern) AS regexp_full_match(x, pattern);
CREATE OR REPLACE TEMP MACRO sha2(x) AS sha256(x);
CREATE OR REPLACE TEMP MACRO dateadd(part, n, d) AS CASE part
    WHEN 'day' THEN d + to_days(n::INTEGER)
    WHEN 'week' THEN d + to_weeks(n::INTEGER)
    WHEN 'month' THEN d + to_months(n::INTEGER)
    WHEN 'year' THEN d + to_years(n::INTEGER)
    WHEN 'hour' THEN d + to_hours(n::INTEGER)
    WHEN 'minute' THEN d + to_minutes(n::INTEGER)
    WHEN 'second' THEN d + to_seconds(n::INTEGER)
END;
CREATE OR REPLACE TEMP MACRO vector_cosine_similarity(x, y) AS array_cosine_similarity(x, y);
CREATE OR REPLACE TEMP MACRO hash_agg
    (a, b) AS CAST(SUM(HASH(a, b)) AS VARCHAR),
    (a, b, c) AS CAST(SUM(HASH(a, b, c)) AS VARCHAR),
    (a, b, c, d) AS CAST(SUM(HASH(a, b, c, d)) AS VARCHAR);
