-- One row per customer in scope and contracted module: its use in the week.
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
    a.customer_id,
    a.module_code AS name,
    a.contracted_seats,
    a.active_users,
    a.seat_utilisation,
    a.usage_change,
    a.is_collapsed,
    a.adoption_stage,
    DATEDIFF('day', p.purchased_on, s.period_end) AS owned_days
FROM analytics.module_adoption a
INNER JOIN scope s
    ON a.customer_id BETWEEN s.first_customer AND s.last_customer
    AND a.week_start = s.week_start
LEFT JOIN source.products p
    ON a.customer_id = p.customer_id AND a.module_code = p.module_code
ORDER BY a.customer_id, a.module_code
