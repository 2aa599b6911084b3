-- One row per day, function and model: what Snowflake says it has billed for AI functions in
-- queries that this project tagged. For reconciliation; Snowflake only.
WITH period AS (
    SELECT CAST(? AS TIMESTAMP_NTZ) AS since, CAST(? AS TIMESTAMP_NTZ) AS until
)
SELECT
    DATE_TRUNC('day', u.start_time)::DATE AS usage_date,
    u.function_name,
    u.model_name,
    COUNT(DISTINCT u.query_id)            AS queries,
    SUM(u.credits)                        AS credits
FROM snowflake.account_usage.cortex_ai_functions_usage_history u
CROSS JOIN period p
WHERE u.start_time >= p.since
  AND u.start_time < p.until
  AND u.query_tag LIKE 'cs_assets%'
GROUP BY DATE_TRUNC('day', u.start_time)::DATE, u.function_name, u.model_name
ORDER BY usage_date, u.function_name, u.model_name
