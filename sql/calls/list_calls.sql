-- Analysed calls, newest first, with what a list shows; for coaching: those of a rep below a sentiment.
-- Amounts are in USD, empty where no rate is known.
-- Grain: call. Parameters: first day, last day, rep's Gong user, customer, call type, deal stage,
-- status, sentiment below which a call is wanted. Each of the last six may be NULL: not asked for.
WITH wanted AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day, CAST(? AS STRING) AS rep_user_id,
           CAST(? AS STRING) AS customer_id, CAST(? AS STRING) AS call_type, CAST(? AS STRING) AS deal_stage,
           CAST(? AS STRING) AS status, CAST(? AS DOUBLE) AS sentiment_below
)
SELECT a.call_id, a.call_date, c.started, c.title, c.call_type, c.account_name, c.customer_id, c.url,
       a.rep_user_id, u.full_name AS rep_name,
       a.status, a.status_reason, a.overall_score, a.product_knowledge_score, a.discovery_score,
       a.objection_handling_score, a.engagement_score, a.talk_ratio, a.longest_monologue_seconds,
       a.question_count, a.next_step, a.next_step_is_dated, a.next_step_due, a.next_step_owner,
       a.priority, a.objections, a.evidence,
       a.business_impact, a.coaching_insights, a.rubric_version,
       s.sentiment_category, s.sentiment_score,
       COALESCE(c.deal_stage_at_call, d.deal_stage)   AS deal_stage,
       COALESCE(c.deal_amount_at_call, d.deal_amount) * IFF(d.deal_id IS NULL, 1, d.usd_rate) AS deal_amount,
       c.hubspot_deal_id,
       c.deal_stage_at_call, d.deal_stage AS deal_stage_now, d.deal_amount * d.usd_rate AS deal_amount_now
FROM analytics.call_analysis a
JOIN gong.stg_gong_calls c ON c.call_id = a.call_id AND c.call_date = a.call_date
CROSS JOIN wanted w
LEFT JOIN gong.gong_users u ON u.user_id = a.rep_user_id
LEFT JOIN (
    SELECT h.*, IFF(COALESCE(h.currency, 'USD') = 'USD', 1, x.usd_rate) AS usd_rate
    FROM source.hubspot_deals h
    LEFT JOIN source.exchange_rates x ON x.currency = h.currency
) d ON d.deal_id = c.hubspot_deal_id
LEFT JOIN analytics.call_sentiment s ON s.call_id = a.call_id AND s.call_date = a.call_date
WHERE a.call_date BETWEEN w.first_day AND w.last_day
  AND (w.rep_user_id IS NULL OR a.rep_user_id = w.rep_user_id)
  AND (w.customer_id IS NULL OR c.customer_id = w.customer_id)
  AND (w.call_type IS NULL OR c.call_type = w.call_type)
  AND (w.deal_stage IS NULL OR COALESCE(c.deal_stage_at_call, d.deal_stage) = w.deal_stage)
  AND (w.status IS NULL OR a.status = w.status)
  AND (w.sentiment_below IS NULL OR s.sentiment_score < w.sentiment_below
       OR (s.sentiment_score IS NULL AND s.sentiment_category = 'negative'))
ORDER BY c.started DESC, a.call_id
