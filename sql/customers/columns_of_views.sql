-- Columns of the views, in order.
-- Grain: view and column.
SELECT LOWER(c.table_schema) AS schema_name, LOWER(c.table_name) AS view_name,
       LOWER(c.column_name) AS column_name, c.data_type
FROM information_schema.columns c
JOIN information_schema.views v
  ON v.table_schema = c.table_schema AND v.table_name = c.table_name
WHERE LOWER(c.table_schema) IN ('analytics', 'gong')
ORDER BY 1, 2, c.ordinal_position
