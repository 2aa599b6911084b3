-- One row per call and party with its contact in HubSpot, for a stretch of days.
WITH period AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
),
contacts AS (
    SELECT o.call_id, o.party_id, o.object_id AS contact_id
    FROM gong.gong_call_crm_objects o
    JOIN period ON o.call_date BETWEEN period.first_day AND period.last_day
    WHERE o.object_type = 'Contact'
      AND o.system = 'HubSpot'
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY o.call_id, o.party_id ORDER BY o.object_id, o.timing
    ) = 1
),
mails AS (
    SELECT LOWER(TRIM(email)) AS email, contact_id
    FROM source.hubspot_contacts
    WHERE NULLIF(TRIM(email), '') IS NOT NULL
    QUALIFY ROW_NUMBER() OVER (PARTITION BY LOWER(TRIM(email)) ORDER BY contact_id) = 1
)
SELECT
    p.call_id,
    p.call_date,
    p.party_id,
    p.party_index,
    p.speaker_id,
    p.user_id,
    p.full_name,
    p.email,
    p.title,
    p.affiliation,
    COALESCE(
        contacts.contact_id,
        IFF(p.affiliation = 'Internal', NULL, mails.contact_id)
    ) AS hubspot_contact_id
FROM gong.gong_call_parties p
JOIN period ON p.call_date BETWEEN period.first_day AND period.last_day
LEFT JOIN contacts ON contacts.call_id = p.call_id AND contacts.party_id = p.party_id
LEFT JOIN mails ON mails.email = p.email
