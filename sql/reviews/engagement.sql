-- One row per customer with any message up to the period's end: messages of the current window,
-- the window before and the same window a year earlier, and the mean daily score (0 to 100).
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
    MIN(e.engagement_date)::DATE AS first_date,
    SUM(IFF(e.engagement_date >= s.current_start, e.messages_sent, 0)) AS sent_current,
    SUM(IFF(e.engagement_date >= s.current_start, e.messages_opened, 0)) AS opened_current,
    SUM(IFF(e.engagement_date >= s.current_start, e.messages_clicked, 0)) AS clicked_current,
    AVG(IFF(e.engagement_date >= s.current_start, e.engagement_score, NULL)) AS score_current,
    COUNT(IFF(e.engagement_date >= s.current_start, e.engagement_score, NULL)) AS scored_current,
    SUM(IFF(
        e.engagement_date >= s.prior_start AND e.engagement_date < s.current_start,
        e.messages_sent, 0
    )) AS sent_prior,
    SUM(IFF(
        e.engagement_date >= s.prior_start AND e.engagement_date < s.current_start,
        e.messages_opened, 0
    )) AS opened_prior,
    SUM(IFF(
        e.engagement_date >= s.prior_start AND e.engagement_date < s.current_start,
        e.messages_clicked, 0
    )) AS clicked_prior,
    AVG(IFF(
        e.engagement_date >= s.prior_start AND e.engagement_date < s.current_start,
        e.engagement_score, NULL
    )) AS score_prior,
    SUM(IFF(
        e.engagement_date BETWEEN s.year_ago_start AND s.year_ago_end, e.messages_sent, 0
    )) AS sent_year_ago,
    SUM(IFF(
        e.engagement_date BETWEEN s.year_ago_start AND s.year_ago_end, e.messages_opened, 0
    )) AS opened_year_ago,
    SUM(IFF(
        e.engagement_date BETWEEN s.year_ago_start AND s.year_ago_end, e.messages_clicked, 0
    )) AS clicked_year_ago,
    AVG(IFF(
        e.engagement_date BETWEEN s.year_ago_start AND s.year_ago_end, e.engagement_score, NULL
    )) AS score_year_ago
FROM source.historical_engagement e
INNER JOIN scope s
    ON e.customer_id BETWEEN s.first_customer AND s.last_customer
    AND e.engagement_date <= s.period_end
GROUP BY e.customer_id
