-- Deals that have been spoken of in calls, with the stage in which they are now.
-- Grain: deal. Parameters: first day, last day of the calls.
SELECT DISTINCT d.deal_id, d.deal_name, d.deal_stage
FROM gong.stg_gong_calls c
JOIN source.hubspot_deals d ON d.deal_id = c.hubspot_deal_id
WHERE c.call_date BETWEEN ? AND ?
  AND NOT c.is_private
ORDER BY d.deal_id
