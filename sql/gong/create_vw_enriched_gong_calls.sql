-- The view gong.vw_enriched_gong_calls: one row per call with host, deal, company, contact
-- and customer by name. deal_stage and deal_amount are HubSpot's of now, else Gong's;
-- amounts are in USD, empty where no rate is known.
CREATE OR REPLACE VIEW gong.vw_enriched_gong_calls AS
WITH spoken AS (
    SELECT call_id, COUNT(*) AS sentences
    FROM gong.stg_gong_call_transcripts
    GROUP BY call_id
),
outside AS (
    SELECT call_id, COUNT(*) AS parties
    FROM gong.stg_gong_call_participants
    WHERE affiliation = 'External'
    GROUP BY call_id
)
SELECT
    c.call_id,
    c.call_date,
    c.started,
    c.title,
    c.call_type,
    c.duration_seconds,
    c.is_private,
    c.url,
    c.primary_user_id,
    u.full_name AS host_name,
    u.email AS host_email,
    c.talk_ratio,
    COALESCE(spoken.sentences, 0) AS sentences,
    COALESCE(outside.parties, 0) AS external_parties,
    c.hubspot_deal_id,
    d.deal_name,
    COALESCE(d.deal_stage, c.deal_stage_at_call) AS deal_stage,
    CAST(COALESCE(d.deal_amount, c.deal_amount_at_call) * IFF(d.deal_id IS NULL, 1, d.usd_rate) AS DECIMAL(18, 2))
        AS deal_amount,
    c.deal_stage_at_call,
    CAST(c.deal_amount_at_call * IFF(d.deal_id IS NULL, 1, d.usd_rate) AS DECIMAL(18, 2)) AS deal_amount_at_call,
    d.close_date AS deal_close_date,
    c.hubspot_company_id,
    COALESCE(h.company_name, c.account_name) AS company_name,
    h.industry AS company_industry,
    h.employee_count AS company_employees,
    c.hubspot_contact_id,
    k.full_name AS contact_name,
    k.job_title AS contact_title,
    k.email AS contact_email,
    c.customer_id,
    s.customer_name,
    c.match_method
FROM gong.stg_gong_calls c
LEFT JOIN gong.gong_users u ON u.user_id = c.primary_user_id
LEFT JOIN spoken ON spoken.call_id = c.call_id
LEFT JOIN outside ON outside.call_id = c.call_id
LEFT JOIN (
    SELECT h.*, IFF(COALESCE(h.currency, 'USD') = 'USD', 1, x.usd_rate) AS usd_rate
    FROM source.hubspot_deals h
    LEFT JOIN source.exchange_rates x ON x.currency = h.currency
) d ON d.deal_id = c.hubspot_deal_id
LEFT JOIN source.hubspot_companies h ON h.company_id = c.hubspot_company_id
LEFT JOIN source.hubspot_contacts k ON k.contact_id = c.hubspot_contact_id
LEFT JOIN source.customers s ON s.customer_id = c.customer_id
