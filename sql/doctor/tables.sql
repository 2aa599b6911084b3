-- The project's tables that the warehouse has.
SELECT table_schema, table_name
FROM information_schema.tables
WHERE LOWER(table_schema) IN ('source', 'gong', 'analytics', 'words', 'ops')
