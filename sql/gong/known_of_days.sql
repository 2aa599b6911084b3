-- What is known of a stretch of days, in one statement: a read of days with nothing new sends no
-- other. Kinds: 'call' a stored call (is_staged: in stg_gong_calls, under its day), 'read' a day that
-- was read as a whole, 'staged' what a day was staged from, 'mark' where a reading was cut short,
-- 'letter of call' (or transcript) a record that could not be read and still waits, whatever its
-- day, with the id of its call as content_hash and when it came, 'crm' one hash over all that calls are linked by.
-- Parameters: first and last day of calls, of reads, the stretch twice.
SELECT
    'call' AS kind, c.call_id AS id, c.call_date AS day, c.started AS moment, c.content_hash,
    c.is_private, c.is_deleted, g.call_id IS NOT NULL AS is_staged, CAST(NULL AS BIGINT) AS known,
    c.fetched_at
FROM gong.gong_calls_raw c
LEFT JOIN gong.stg_gong_calls g ON g.call_id = c.call_id AND g.call_date = c.call_date
WHERE c.call_date BETWEEN ? AND ?
UNION ALL
SELECT
    'read', CAST(NULL AS STRING), call_date, read_at, CAST(NULL AS STRING),
    FALSE, FALSE, FALSE, known, CAST(NULL AS TIMESTAMP_NTZ)
FROM gong.gong_day_reads
WHERE call_date BETWEEN ? AND ?
UNION ALL
SELECT
    'staged', CAST(NULL AS STRING), call_date, CAST(NULL AS TIMESTAMP_NTZ), staged_from,
    FALSE, FALSE, FALSE, CAST(NULL AS BIGINT), CAST(NULL AS TIMESTAMP_NTZ)
FROM gong.gong_reconciliation
WHERE call_date BETWEEN ? AND ?
UNION ALL
SELECT
    'mark', CAST(NULL AS STRING), first_day, resume_from, CAST(NULL AS STRING),
    FALSE, FALSE, FALSE, CAST(NULL AS BIGINT), CAST(NULL AS TIMESTAMP_NTZ)
FROM gong.gong_progress
WHERE first_day = ? AND last_day = ?
UNION ALL
SELECT
    'letter of ' || kind, dead_letter_id, call_date, seen_at, call_id,
    FALSE, FALSE, FALSE, CAST(NULL AS BIGINT), CAST(NULL AS TIMESTAMP_NTZ)
FROM gong.gong_dead_letters
WHERE resolved_at IS NULL
UNION ALL
SELECT
    'crm', CAST(NULL AS STRING), CAST(NULL AS DATE), CAST(NULL AS TIMESTAMP_NTZ),
    COALESCE(companies.hash, '') || ' ' || COALESCE(deals.hash, '') || ' '
        || COALESCE(contacts.hash, '') || ' ' || COALESCE(customers.hash, ''),
    FALSE, FALSE, FALSE, CAST(NULL AS BIGINT), CAST(NULL AS TIMESTAMP_NTZ)
FROM (
    SELECT CAST(HASH_AGG(company_id, company_name, domain, customer_id) AS STRING) AS hash
    FROM source.hubspot_companies
) companies
CROSS JOIN (
    SELECT CAST(HASH_AGG(deal_id, company_id) AS STRING) AS hash FROM source.hubspot_deals
) deals
CROSS JOIN (
    SELECT CAST(HASH_AGG(contact_id, company_id, email) AS STRING) AS hash
    FROM source.hubspot_contacts
) contacts
CROSS JOIN (
    SELECT CAST(HASH_AGG(customer_id, company_domain) AS STRING) AS hash FROM source.customers
) customers
