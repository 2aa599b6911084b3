-- One row per customer in scope: who it is and who looks after it.
WITH scope AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS week_start,
        CAST(? AS DATE) AS period_end,
        CAST(? AS DATE) AS current_start,
        CAST(? AS DATE) AS prior_start,
        CAST(? AS DATE) AS year_ago_start,
        CAST(? AS DATE) AS year_ago_end,
        CAST(? AS DATE) AS history_start
)

SELECT
    c.customer_id,
    c.customer_name,
    c.industry,
    c.segment,
    c.region,
    CAST(c.arr::DOUBLE * IFF(COALESCE(c.currency, 'USD') = 'USD', 1, x.usd_rate) AS DECIMAL(18, 2)) AS arr,
    IFF(c.currency = 'USD', NULL, c.currency) AS arr_currency,
    c.arr AS arr_own,
    c.contract_start,
    c.renewal_date,
    c.lifecycle_stage,
    c.goal,
    a.csm_id,
    m.csm_name,
    m.csm_email
FROM source.customers c
INNER JOIN scope s ON c.customer_id BETWEEN s.first_customer AND s.last_customer
LEFT JOIN source.exchange_rates x ON c.currency = x.currency
LEFT JOIN source.csm_assignments a ON c.customer_id = a.customer_id
LEFT JOIN source.csms m ON a.csm_id = m.csm_id
ORDER BY c.customer_id
