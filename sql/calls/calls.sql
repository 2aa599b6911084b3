-- Calls of a span of days with their deal, the customer's sentiment, and whether they spoke of leaving.
-- Grain: call. Parameters: first day, last day.
SELECT c.call_id, c.call_date, c.call_type, c.scope, c.is_private, c.language, c.account_name,
       d.deal_name,
       COALESCE(c.deal_stage_at_call, d.deal_stage)   AS deal_stage,
       COALESCE(c.deal_amount_at_call, d.deal_amount) AS deal_amount,
       s.sentiment_category, l.call_id IS NOT NULL AS speaks_of_leaving
FROM gong.stg_gong_calls c
LEFT JOIN source.hubspot_deals d ON d.deal_id = c.hubspot_deal_id
LEFT JOIN analytics.call_sentiment s ON s.call_id = c.call_id AND s.call_date = c.call_date
LEFT JOIN (
    SELECT DISTINCT g.call_id, g.call_date
    FROM analytics.call_signals g
    WHERE g.kind = 'churn'
) l ON l.call_id = c.call_id AND l.call_date = c.call_date
WHERE c.call_date BETWEEN ? AND ?
ORDER BY c.call_id
