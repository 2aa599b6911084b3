-- All that is known of one call.
-- Amounts are in USD, empty where no rate is known.
-- Grain: call. Parameters: call id.
SELECT c.call_id, c.call_date, c.started, c.title, c.call_type, c.duration_seconds, c.account_name,
       c.customer_id, c.url, c.is_private,
       a.* EXCLUDE (call_id, call_date),
       u.full_name AS rep_name,
       s.sentiment_category, s.sentiment_score, s.sentences_scored, s.positive_segments,
       s.negative_segments,
       m.summary,
       d.deal_name,
       COALESCE(c.deal_stage_at_call, d.deal_stage)   AS deal_stage,
       COALESCE(c.deal_amount_at_call, d.deal_amount) * IFF(d.deal_id IS NULL, 1, d.usd_rate) AS deal_amount,
       c.hubspot_deal_id,
       c.deal_stage_at_call, d.deal_stage AS deal_stage_now, d.deal_amount * d.usd_rate AS deal_amount_now
FROM gong.stg_gong_calls c
LEFT JOIN analytics.call_analysis a ON a.call_id = c.call_id AND a.call_date = c.call_date
LEFT JOIN gong.gong_users u ON u.user_id = a.rep_user_id
LEFT JOIN (
    SELECT h.*, IFF(COALESCE(h.currency, 'USD') = 'USD', 1, x.usd_rate) AS usd_rate
    FROM source.hubspot_deals h
    LEFT JOIN source.exchange_rates x ON x.currency = h.currency
) d ON d.deal_id = c.hubspot_deal_id
LEFT JOIN analytics.call_sentiment s ON s.call_id = c.call_id AND s.call_date = c.call_date
LEFT JOIN analytics.call_summaries m ON m.call_id = c.call_id AND m.call_date = c.call_date
WHERE c.call_id = ?
