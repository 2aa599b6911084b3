-- Columns of the views for reports, in order.
-- Grain: view and column.
SELECT LOWER(table_name) AS view_name, LOWER(column_name) AS column_name
FROM information_schema.columns
WHERE LOWER(table_schema) = 'analytics'
  AND LOWER(table_name) IN ('v_customers', 'v_customer_modules', 'v_customer_actions',
                            'v_customer_transitions', 'v_enriched_calls')
ORDER BY 1, ordinal_position
