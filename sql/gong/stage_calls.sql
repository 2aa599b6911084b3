-- One row per call of a stretch of days: its own fields, its CRM links, its type and what it lacks.
WITH period AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
),
headers AS (
    SELECT h.*
    FROM gong.gong_call_headers h
    JOIN period ON h.call_date BETWEEN period.first_day AND period.last_day
),
title_types AS (
    SELECT h.call_id, t.call_type
    FROM headers h
    JOIN gong.gong_text_types t ON t.said = h.title
),
topic_types AS (
    SELECT s.call_id, t.call_type
    FROM gong.stg_gong_call_topics s
    JOIN headers h ON h.call_id = s.call_id
    JOIN gong.gong_text_types t ON t.said = s.topic
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY s.call_id ORDER BY s.duration_seconds DESC, t.rank, s.topic
    ) = 1
),
parties AS (
    SELECT p.call_id, COUNT(*) AS parties
    FROM gong.stg_gong_call_participants p
    JOIN headers h ON h.call_id = p.call_id
    GROUP BY p.call_id
)
SELECT
    h.call_id,
    h.call_date,
    h.title,
    h.started,
    h.duration_seconds,
    h.primary_user_id,
    h.direction,
    h.scope,
    h.system,
    h.language,
    h.workspace_id,
    h.is_private,
    h.url,
    CASE
        WHEN h.is_private THEN NULL
        WHEN h.scope = 'Internal' THEN 'internal'
        ELSE COALESCE(title_types.call_type, topic_types.call_type, 'other')
    END AS call_type,
    l.hubspot_deal_id,
    l.hubspot_company_id,
    l.hubspot_contact_id,
    l.salesforce_opportunity_id,
    l.salesforce_account_id,
    l.deal_stage_at_call,
    l.deal_amount_at_call,
    l.account_name,
    l.match_method,
    l.customer_id,
    h.talk_ratio,
    h.interactivity,
    h.patience_seconds,
    h.longest_monologue_seconds,
    h.company_questions,
    h.customer_questions,
    NULLIF(TRIM(
        IFF(h.started_is_scheduled, 'start_is_scheduled ', '')
        || IFF(COALESCE(h.duration_seconds, 0) = 0, 'no_duration ', '')
        || IFF(NOT h.is_private AND parties.parties IS NULL, 'no_parties ', '')
    ), '') AS lacks,
    h.content_hash
FROM headers h
LEFT JOIN gong.gong_call_links l ON l.call_id = h.call_id
LEFT JOIN title_types ON title_types.call_id = h.call_id
LEFT JOIN topic_types ON topic_types.call_id = h.call_id
LEFT JOIN parties ON parties.call_id = h.call_id
