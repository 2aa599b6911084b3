-- One row per channel: quartiles of open and click rates (percent) over all customers with messages
-- on it in the current window, and how many they are.
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

rates AS (
    SELECT
        e.channel,
        e.customer_id,
        100 * SUM(e.messages_opened)::DOUBLE / SUM(e.messages_sent) AS open_rate,
        100 * SUM(e.messages_clicked)::DOUBLE / SUM(e.messages_sent) AS click_rate
    FROM source.historical_engagement e
    INNER JOIN scope s ON e.engagement_date BETWEEN s.current_start AND s.period_end
    WHERE e.channel IS NOT NULL
    GROUP BY e.channel, e.customer_id
    HAVING SUM(e.messages_sent) > 0
)

SELECT
    channel AS name,
    COUNT(*) AS peers,
    PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY open_rate::DOUBLE) AS open_rate_low,
    PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY open_rate::DOUBLE) AS open_rate_median,
    PERCENTILE_CONT(0.75) WITHIN GROUP (ORDER BY open_rate::DOUBLE) AS open_rate_high,
    PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY click_rate::DOUBLE) AS click_rate_low,
    PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY click_rate::DOUBLE) AS click_rate_median,
    PERCENTILE_CONT(0.75) WITHIN GROUP (ORDER BY click_rate::DOUBLE) AS click_rate_high
FROM rates
GROUP BY channel
ORDER BY channel
