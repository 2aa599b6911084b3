-- Calls of a span of days with their deal, the customer's sentiment, and whether they spoke of leaving.
-- Amounts are in USD, empty where no rate is known.
-- Grain: call. Parameters: first day, last day.
SELECT c.call_id, c.call_date, c.call_type, c.scope, c.is_private, c.language, c.account_name,
       d.deal_name,
       COALESCE(c.deal_stage_at_call, d.deal_stage)   AS deal_stage,
       COALESCE(c.deal_amount_at_call, d.deal_amount) * IFF(d.deal_id IS NULL, 1, d.usd_rate) AS deal_amount,
       s.sentiment_category, l.call_id IS NOT NULL AS speaks_of_leaving
FROM gong.stg_gong_calls c
LEFT JOIN (
    SELECT h.*, IFF(COALESCE(h.currency, 'USD') = 'USD', 1, x.usd_rate) AS usd_rate
    FROM source.hubspot_deals h
    LEFT JOIN source.exchange_rates x ON x.currency = h.currency
) d ON d.deal_id = c.hubspot_deal_id
LEFT JOIN analytics.call_sentiment s ON s.call_id = c.call_id AND s.call_date = c.call_date
LEFT JOIN (
    SELECT DISTINCT g.call_id, g.call_date
    FROM analytics.call_signals g
    WHERE g.kind = 'churn'
) l ON l.call_id = c.call_id AND l.call_date = c.call_date
WHERE c.call_date BETWEEN ? AND ?
ORDER BY c.call_id
