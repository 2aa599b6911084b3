-- One row per customer in scope and module under contract that has usage figures: use by window.
-- Users are counted once a week and module: person-weeks.
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
),

active AS (
    SELECT p.customer_id, p.module_code
    FROM source.products p
    CROSS JOIN scope s
    WHERE p.purchased_on <= s.period_end
        AND ((p.status = 'active' AND COALESCE(p.cancelled_on < p.purchased_on, TRUE))
           OR p.cancelled_on > s.period_end)
)

SELECT
    u.customer_id,
    u.module_code AS name,
    MIN(u.week_start)::DATE AS first_date,
    SUM(IFF(u.week_start BETWEEN s.current_start AND s.period_end, u.key_actions, 0))
        AS actions_current,
    SUM(IFF(u.week_start >= s.prior_start AND u.week_start < s.current_start, u.key_actions, 0))
        AS actions_prior,
    SUM(IFF(u.week_start BETWEEN s.year_ago_start AND s.year_ago_end, u.key_actions, 0))
        AS actions_year_ago,
    SUM(IFF(u.week_start BETWEEN s.current_start AND s.period_end, u.active_users, 0))
        AS users_current,
    SUM(IFF(u.week_start >= s.prior_start AND u.week_start < s.current_start, u.active_users, 0))
        AS users_prior,
    SUM(IFF(u.week_start BETWEEN s.year_ago_start AND s.year_ago_end, u.active_users, 0))
        AS users_year_ago,
    MAX(u.last_used_on) AS last_used_on
FROM source.module_usage u
INNER JOIN scope s ON u.customer_id BETWEEN s.first_customer AND s.last_customer
INNER JOIN active a ON u.customer_id = a.customer_id AND u.module_code = a.module_code
WHERE u.week_start <= s.period_end
GROUP BY u.customer_id, u.module_code
ORDER BY u.customer_id, u.module_code
