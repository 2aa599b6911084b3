-- The view analytics.v_enriched_calls: one row per call that is not private, with what was made of it.
CREATE OR REPLACE VIEW analytics.v_enriched_calls AS
WITH heard AS (
    SELECT call_id,
           SUM(IFF(kind = 'churn', 1, 0))      AS churn_signals,
           SUM(IFF(kind = 'expansion', 1, 0))  AS expansion_signals,
           SUM(IFF(kind = 'competitor', 1, 0)) AS competitor_signals,
           COUNT(*)                            AS signals
    FROM analytics.call_signals
    GROUP BY call_id
)
SELECT c.call_id, c.call_date, c.title, c.call_type, c.duration_seconds, c.primary_user_id,
       u.full_name AS host_name, c.customer_id, k.customer_name, c.hubspot_deal_id, c.talk_ratio,
       s.sentiment_category, s.sentiment_score, m.summary, a.overall_score, a.priority, a.next_step,
       a.next_step_due,
       COALESCE(h.churn_signals, 0) AS churn_signals, COALESCE(h.expansion_signals, 0) AS expansion_signals,
       COALESCE(h.competitor_signals, 0) AS competitor_signals, COALESCE(h.signals, 0) AS signals
FROM gong.stg_gong_calls c
LEFT JOIN gong.gong_users u ON u.user_id = c.primary_user_id
LEFT JOIN source.customers k ON k.customer_id = c.customer_id
LEFT JOIN analytics.call_sentiment s ON s.call_id = c.call_id AND s.call_date = c.call_date
LEFT JOIN analytics.call_summaries m ON m.call_id = c.call_id AND m.call_date = c.call_date
LEFT JOIN analytics.call_analysis a ON a.call_id = c.call_id AND a.call_date = c.call_date
LEFT JOIN heard h ON h.call_id = c.call_id
WHERE NOT c.is_private
