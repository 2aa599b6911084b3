-- One row per report of customers in scope, with who it is for.
WITH scope AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS week_start,
        CAST(? AS STRING) AS edition
)

SELECT
    r.*,
    c.customer_name,
    m.csm_name,
    m.csm_email
FROM analytics.weekly_reports r
INNER JOIN scope s
    ON r.customer_id BETWEEN s.first_customer AND s.last_customer
    AND r.week_start = s.week_start
    AND r.edition = s.edition
LEFT JOIN source.customers c ON r.customer_id = c.customer_id
LEFT JOIN source.csms m ON r.csm_id = m.csm_id
ORDER BY r.customer_id
