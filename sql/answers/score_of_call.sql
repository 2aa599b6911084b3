-- The scores of one call with their evidence.
-- Grain: call. Parameters: call.
SELECT a.call_id, a.call_date, a.rep_user_id, u.full_name AS rep_name, a.status, a.status_reason,
       a.overall_score, a.product_knowledge_score, a.discovery_score, a.objection_handling_score,
       a.engagement_score, a.evidence
FROM analytics.call_analysis a
JOIN gong.stg_gong_calls c ON c.call_id = a.call_id AND c.call_date = a.call_date
LEFT JOIN gong.gong_users u ON u.user_id = a.rep_user_id
WHERE a.call_id = ? AND NOT c.is_private
