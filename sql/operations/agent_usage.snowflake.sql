-- What agents of this database cost, by day and agent, with the AI functions and statements that they ran; up to
-- an hour later. One row per day and agent. Parameters: first moment and the one after the last, UTC.
SELECT
    DATE_TRUNC('day', start_time)::DATE AS usage_date,
    agent_name                          AS asset,
    ''                                  AS run_id,
    'agent'                             AS kind,
    COUNT(*)                            AS statements,
    SUM(token_credits)                  AS credits,
    SUM(tokens)                         AS tokens
FROM snowflake.account_usage.cortex_agent_usage_history
WHERE start_time >= CAST(? AS TIMESTAMP_NTZ)
  AND start_time < CAST(? AS TIMESTAMP_NTZ)
  AND agent_database_name = CURRENT_DATABASE()
GROUP BY DATE_TRUNC('day', start_time)::DATE, agent_name
ORDER BY usage_date, agent_name
