-- Scored calls of a span of days: one row per call, scores only.
-- A call that has turned private since it was scored is left out.
WITH period AS (SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day)
SELECT
    a.call_id,
    a.call_date,
    a.rep_user_id,
    COALESCE(c.call_type, 'other') AS call_type,
    COALESCE(c.customer_id, c.hubspot_company_id, c.account_name) AS account_key,
    a.overall_score                AS overall,
    a.product_knowledge_score      AS product_knowledge,
    a.discovery_score              AS discovery,
    a.objection_handling_score     AS objection_handling,
    a.engagement_score             AS engagement,
    a.rubric_version,
    a.model
FROM analytics.call_analysis a
JOIN gong.stg_gong_calls c ON c.call_id = a.call_id
CROSS JOIN period p
WHERE a.call_date BETWEEN p.first_day AND p.last_day
  AND a.status = 'scored'
  AND a.rep_user_id IS NOT NULL
  AND NOT c.is_private
ORDER BY a.rep_user_id, a.call_date, a.call_id
