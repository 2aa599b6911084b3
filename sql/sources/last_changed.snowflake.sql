-- When the source tables last changed (UTC: the session's zone), and which of them are views: these change with tables
-- that only their owners see, so nothing is said of them. One row per relation.
SELECT
    LOWER(table_name) AS table_name,
    CASE WHEN table_type = 'BASE TABLE' THEN CAST(last_altered AS TIMESTAMP_NTZ) END AS changed_at,
    table_type
FROM information_schema.tables
WHERE LOWER(table_schema) = 'source'
ORDER BY table_name
