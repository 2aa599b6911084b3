-- The columns of the project's tables that the warehouse has and this role may see.
SELECT LOWER(table_schema) AS table_schema, LOWER(table_name) AS table_name,
       LOWER(column_name) AS column_name
FROM information_schema.columns
WHERE LOWER(table_schema) IN ('source', 'gong', 'analytics', 'words', 'ops')
