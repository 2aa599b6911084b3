-- One row per customer and channel with messages in the current window, the one before or the same a
-- year earlier: messages sent, opened and clicked in each.
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

messages AS (
    SELECT
        e.customer_id,
        e.channel,
        e.messages_sent AS sent,
        e.messages_opened AS opened,
        e.messages_clicked AS clicked,
        CASE
            WHEN e.engagement_date >= s.current_start THEN 'current'
            WHEN e.engagement_date >= s.prior_start THEN 'prior'
            WHEN e.engagement_date <= s.year_ago_end THEN 'year_ago'
        END AS span
    FROM source.historical_engagement e
    INNER JOIN scope s
        ON e.customer_id BETWEEN s.first_customer AND s.last_customer
        AND e.engagement_date BETWEEN s.year_ago_start AND s.period_end
)

SELECT
    customer_id,
    channel AS name,
    SUM(IFF(span = 'current', sent, 0)) AS sent_current,
    SUM(IFF(span = 'current', opened, 0)) AS opened_current,
    SUM(IFF(span = 'current', clicked, 0)) AS clicked_current,
    SUM(IFF(span = 'prior', sent, 0)) AS sent_prior,
    SUM(IFF(span = 'prior', opened, 0)) AS opened_prior,
    SUM(IFF(span = 'year_ago', sent, 0)) AS sent_year_ago,
    SUM(IFF(span = 'year_ago', opened, 0)) AS opened_year_ago
FROM messages
WHERE span IS NOT NULL AND channel IS NOT NULL
GROUP BY customer_id, channel
