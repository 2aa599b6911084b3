-- Every analysed call of a span of days with a rep (the speaker, else the host), scored or not.
-- One row per call, with the evidence that digests quote from.
WITH period AS (SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day)
SELECT
    a.call_id,
    a.call_date,
    c.started,
    COALESCE(a.rep_user_id, c.primary_user_id) AS rep_user_id,
    CASE
        WHEN c.is_private THEN 'private'
        WHEN a.status = 'scored' AND a.rep_user_id IS NULL THEN 'unclear_speakers'
        ELSE a.status
    END AS status,
    CASE WHEN c.is_private THEN NULL ELSE c.title END AS title,
    c.url,
    COALESCE(c.call_type, 'other') AS call_type,
    COALESCE(c.customer_id, c.hubspot_company_id, c.account_name) AS account_key,
    a.overall_score                AS overall,
    a.product_knowledge_score      AS product_knowledge,
    a.discovery_score              AS discovery,
    a.objection_handling_score     AS objection_handling,
    a.engagement_score             AS engagement,
    a.evidence,
    a.objections,
    a.next_step,
    a.rubric_version,
    a.model
FROM analytics.call_analysis a
JOIN gong.stg_gong_calls c ON c.call_id = a.call_id
CROSS JOIN period p
WHERE a.call_date BETWEEN p.first_day AND p.last_day
  AND COALESCE(a.rep_user_id, c.primary_user_id) IS NOT NULL
ORDER BY rep_user_id, a.call_date, a.call_id
