-- One row per customer, feed, part and span (week, current, prior, year_ago) that is not all there.
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
    g.customer_id,
    g.feed,
    g.part,
    g.name,
    g.span,
    g.state,
    g.why
FROM analytics.customer_gaps g
INNER JOIN scope s
    ON g.customer_id BETWEEN s.first_customer AND s.last_customer
    AND g.week_start = s.week_start
    AND 7 * g.window_weeks = DATEDIFF('day', s.prior_start, s.current_start)
