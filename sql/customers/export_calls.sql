-- Rows of analytics.v_enriched_calls.
-- Grain: call.
SELECT *
FROM analytics.v_enriched_calls
ORDER BY call_date, call_id
