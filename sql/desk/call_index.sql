-- Analysed calls, newest first, with no more than what lists are narrowed by.
-- Grain: call.
SELECT a.call_id, a.call_date, c.customer_id, a.rep_user_id, c.call_type,
       CASE WHEN CONTAINS(LOWER(d.deal_stage), 'won') THEN 'won'
            WHEN CONTAINS(LOWER(d.deal_stage), 'lost') THEN 'lost'
            WHEN d.deal_stage IS NOT NULL THEN 'open' END AS outcome
FROM analytics.call_analysis a
JOIN gong.stg_gong_calls c ON c.call_id = a.call_id AND c.call_date = a.call_date
LEFT JOIN source.hubspot_deals d ON d.deal_id = c.hubspot_deal_id
ORDER BY c.started DESC, a.call_id
