-- One row per customer and window (current, prior, year_ago, other) with any message up to the
-- period's end: messages, and the mean of the daily scores (0 to 100).
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
    e.customer_id,
    CASE
        WHEN e.engagement_date >= s.current_start THEN 'current'
        WHEN e.engagement_date >= s.prior_start THEN 'prior'
        WHEN e.engagement_date BETWEEN s.year_ago_start AND s.year_ago_end THEN 'year_ago'
        ELSE 'other'
    END AS span,
    MIN(e.engagement_date)::DATE AS first_date,
    SUM(e.messages_sent) AS sent,
    SUM(e.messages_opened) AS opened,
    SUM(e.messages_clicked) AS clicked,
    AVG(e.engagement_score) AS score,
    COUNT(e.engagement_score) AS scored
FROM source.historical_engagement e
INNER JOIN scope s
    ON e.customer_id BETWEEN s.first_customer AND s.last_customer
    AND e.engagement_date <= s.period_end
GROUP BY e.customer_id, span
