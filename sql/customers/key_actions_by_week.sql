-- Key actions of each week in the modules under contract at the end of the last one.
-- Grain: customer, module and week. Parameters: Monday of the last week, weeks looked back.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start, CAST(? AS BIGINT) AS weeks
),
bounds AS (
    SELECT week_start, DATEADD('day', 6, week_start)::DATE AS week_end,
           DATEADD('day', 7 - 7 * weeks, week_start)::DATE AS first_day
    FROM period
),
active AS (
    SELECT p.customer_id, p.module_code
    FROM source.products p
    CROSS JOIN bounds b
    WHERE p.purchased_on <= b.week_end
      AND ((p.status = 'active' AND COALESCE(p.cancelled_on < p.purchased_on, TRUE))
           OR p.cancelled_on > b.week_end)
),
begun AS (
    SELECT u.customer_id, u.module_code, MIN(u.week_start)::DATE AS first_date
    FROM source.module_usage u
    GROUP BY u.customer_id, u.module_code
)
SELECT u.customer_id, u.module_code, u.week_start AS week, f.first_date,
       SUM(u.key_actions) AS key_actions
FROM source.module_usage u
CROSS JOIN bounds b
JOIN active a ON a.customer_id = u.customer_id AND a.module_code = u.module_code
JOIN begun f ON f.customer_id = u.customer_id AND f.module_code = u.module_code
WHERE u.week_start BETWEEN b.first_day AND b.week_start
GROUP BY u.customer_id, u.module_code, u.week_start, f.first_date
ORDER BY u.customer_id, u.module_code, week
