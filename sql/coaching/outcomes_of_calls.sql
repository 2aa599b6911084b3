-- What became of the scored calls of a span of days: the customer's sentiment, and the deal's stage then.
-- Grain: call.
WITH period AS (SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day)
SELECT a.call_id, c.started, s.sentiment_score AS sentiment,
       COALESCE(c.hubspot_deal_id, c.salesforce_opportunity_id) AS deal_id, c.deal_stage_at_call AS deal_stage
FROM analytics.call_analysis a
JOIN gong.stg_gong_calls c ON c.call_id = a.call_id
CROSS JOIN period p
LEFT JOIN analytics.call_sentiment s ON s.call_id = a.call_id
WHERE a.call_date BETWEEN p.first_day AND p.last_day AND a.status = 'scored' AND NOT c.is_private
ORDER BY a.call_id
