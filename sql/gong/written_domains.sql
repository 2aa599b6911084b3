-- Every writing of a web domain that linking compares, with the domain that is known to be meant.
-- One row per writing; and one, is_shared, per domain that is noted as a mail provider's.
-- Parameters: first and last day.
WITH period AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
),
writing AS (
    SELECT domain AS written FROM source.hubspot_companies WHERE domain IS NOT NULL
    UNION
    SELECT company_domain FROM source.customers WHERE company_domain IS NOT NULL
    UNION
    SELECT o.website
    FROM gong.gong_call_crm_objects o
    JOIN period ON o.call_date BETWEEN period.first_day AND period.last_day
    WHERE o.website IS NOT NULL
    UNION
    SELECT SPLIT_PART(p.email, '@', 2)
    FROM gong.stg_gong_call_participants p
    JOIN period ON p.call_date BETWEEN period.first_day AND period.last_day
    WHERE p.email IS NOT NULL
)
SELECT w.written, d.domain, FALSE AS is_shared
FROM writing w
LEFT JOIN gong.gong_web_domains d ON d.written = w.written
UNION ALL
SELECT CAST(NULL AS STRING), domain, TRUE
FROM gong.gong_shared_mail_domains
