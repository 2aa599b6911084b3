-- What statements of ours cost, by day, asset, run and kind: the warehouse's part comes up to eight
-- hours later, without idle time and the shortest statements, that of AI functions within minutes. One row per group.
-- Parameters: first moment and the one after the last, UTC.
WITH period AS (
    SELECT CAST(? AS TIMESTAMP_NTZ) AS since, CAST(? AS TIMESTAMP_NTZ) AS until
),

computed AS (
    SELECT
        DATE_TRUNC('day', q.start_time)::DATE AS usage_date,
        q.query_tag,
        q.query_id,
        q.credits_attributed_compute + COALESCE(q.credits_used_query_acceleration, 0) AS credits
    FROM snowflake.account_usage.query_attribution_history q
    CROSS JOIN period p
    WHERE q.start_time >= p.since
      AND q.start_time < p.until
      AND q.query_tag LIKE 'cs_assets;%'
),

asked AS (
    SELECT
        DATE_TRUNC('day', u.start_time)::DATE AS usage_date,
        u.query_tag,
        u.query_id,
        u.credits,
        u.metrics
    FROM snowflake.account_usage.cortex_ai_functions_usage_history u
    CROSS JOIN period p
    WHERE u.start_time >= p.since
      AND u.start_time < p.until
      AND u.query_tag LIKE 'cs_assets;%'
),

tokens AS (
    SELECT a.usage_date, a.query_id, SUM(m.value:value::BIGINT) AS tokens
    FROM asked a, LATERAL FLATTEN(INPUT => a.metrics) m
    WHERE m.value:key:unit::STRING = 'tokens'
    GROUP BY a.usage_date, a.query_id
),

ai AS (
    SELECT a.usage_date, a.query_tag, a.query_id, SUM(a.credits) AS credits
    FROM asked a
    GROUP BY a.usage_date, a.query_tag, a.query_id
),

every_one AS (
    SELECT
        usage_date, query_tag, query_id, 'warehouse' AS kind, credits,
        CAST(NULL AS BIGINT) AS tokens
    FROM computed
    UNION ALL
    SELECT a.usage_date, a.query_tag, a.query_id, 'ai_functions', a.credits, t.tokens
    FROM ai a
    LEFT JOIN tokens t ON t.usage_date = a.usage_date AND t.query_id = a.query_id
)

SELECT
    usage_date,
    SPLIT_PART(SPLIT_PART(query_tag, 'asset=', 2), ';', 1) AS asset,
    SPLIT_PART(SPLIT_PART(query_tag, 'run=', 2), ';', 1)   AS run_id,
    kind,
    COUNT(DISTINCT query_id) AS statements,
    SUM(credits)             AS credits,
    SUM(tokens)              AS tokens
FROM every_one
GROUP BY usage_date, asset, run_id, kind
ORDER BY usage_date, asset, run_id, kind
