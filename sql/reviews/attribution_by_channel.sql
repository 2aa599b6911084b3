-- One row per customer and channel credited with revenue (USD) in the current window or the one
-- before.
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
    a.channel AS name,
    COUNT_IF(a.touchpoint_date >= s.current_start) AS touchpoints_current,
    SUM(IFF(a.touchpoint_date >= s.current_start, a.attributed_revenue, 0)) AS revenue_current,
    COUNT_IF(a.touchpoint_date < s.current_start) AS touchpoints_prior,
    SUM(IFF(a.touchpoint_date < s.current_start, a.attributed_revenue, 0)) AS revenue_prior
FROM source.attributions a
INNER JOIN scope s
    ON a.customer_id BETWEEN s.first_customer AND s.last_customer
    AND a.touchpoint_date BETWEEN s.prior_start AND s.period_end
GROUP BY a.customer_id, a.channel
