-- Calls on deals, oldest first: the deal then and now, and what was heard; no words of anybody.
-- Amounts are in USD, empty where no rate is known.
-- Grain: call. Parameters: last day of the calls.
WITH heard AS (
    SELECT call_id, call_date,
           SUM(CASE WHEN kind = 'churn' THEN 1 ELSE 0 END)      AS churn,
           SUM(CASE WHEN kind = 'competitor' THEN 1 ELSE 0 END) AS competitor,
           SUM(CASE WHEN kind = 'expansion' THEN 1 ELSE 0 END)  AS expansion
    FROM analytics.call_signals
    GROUP BY call_id, call_date
)
SELECT c.call_id, c.call_date, c.hubspot_deal_id AS deal_id,
       c.deal_stage_at_call AS stage, c.deal_amount_at_call * d.usd_rate AS amount,
       d.deal_stage AS stage_now, d.deal_amount * d.usd_rate AS amount_now, d.close_date,
       a.status, a.business_impact, CASE WHEN a.next_step IS NULL THEN 0 ELSE 1 END AS next_step,
       s.sentiment_score,
       COALESCE(h.churn, 0) AS churn, COALESCE(h.competitor, 0) AS competitor,
       COALESCE(h.expansion, 0) AS expansion
FROM gong.stg_gong_calls c
JOIN (
    SELECT h.*, IFF(COALESCE(h.currency, 'USD') = 'USD', 1, x.usd_rate) AS usd_rate
    FROM source.hubspot_deals h
    LEFT JOIN source.exchange_rates x ON x.currency = h.currency
) d ON d.deal_id = c.hubspot_deal_id
LEFT JOIN analytics.call_analysis a ON a.call_id = c.call_id AND a.call_date = c.call_date
LEFT JOIN analytics.call_sentiment s ON s.call_id = c.call_id AND s.call_date = c.call_date
LEFT JOIN heard h ON h.call_id = c.call_id AND h.call_date = c.call_date
WHERE c.call_date <= CAST(? AS DATE)
  AND NOT c.is_private
ORDER BY c.call_date, c.started, c.call_id
