-- When the source tables last changed, UTC, and which of them are views: these change with tables
-- that only their owners see, so nothing is said of them. One row per relation.
SELECT
    LOWER(table_name) AS table_name,
    CASE WHEN table_type = 'BASE TABLE' THEN CONVERT_TIMEZONE('UTC', last_altered)::TIMESTAMP_NTZ END
        AS changed_at,
    table_type
FROM information_schema.tables
WHERE LOWER(table_schema) = 'source'
ORDER BY table_name
