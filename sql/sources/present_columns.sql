-- Columns that the relations of the source schema have now. One row per relation and column.
SELECT LOWER(table_name) AS table_name, LOWER(column_name) AS column_name
FROM information_schema.columns
WHERE LOWER(table_schema) = 'source'
