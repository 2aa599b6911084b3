-- One row per week in which it was asked, asset, model and provider: calls, tokens and cost.
SELECT
    DATE_TRUNC('week', reserved_at)::DATE            AS week_start,
    asset,
    provider,
    model,
    COUNT_IF(state IN ('answered', 'failed', 'lost')) AS calls,
    COUNT_IF(state = 'failed')                       AS failed,
    COUNT_IF(state = 'lost')                         AS lost,
    COUNT_IF(state = 'reserved')                     AS under_way,
    COUNT_IF(state = 'reused')                       AS reused,
    SUM(input_tokens)                                AS input_tokens,
    SUM(output_tokens)                               AS output_tokens,
    SUM(cost_usd)                                    AS cost_usd,
    MAX(IFF(price_assumed, 1, 0))                    AS price_assumed
FROM ops.ai_calls
GROUP BY DATE_TRUNC('week', reserved_at)::DATE, asset, provider, model
ORDER BY week_start, asset, provider, model
