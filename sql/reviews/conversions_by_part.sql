-- One row per customer and channel, and per customer and region, with a conversion in the current
-- window, the one before or the same a year earlier: counts and values (USD) of each window.
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

conversions AS (
    SELECT
        c.customer_id,
        c.channel,
        c.region,
        c.conversion_value,
        CASE
            WHEN c.conversion_date >= s.current_start THEN 'current'
            WHEN c.conversion_date >= s.prior_start THEN 'prior'
            WHEN c.conversion_date <= s.year_ago_end THEN 'year_ago'
        END AS span
    FROM source.conversions c
    INNER JOIN scope s
        ON c.customer_id BETWEEN s.first_customer AND s.last_customer
        AND c.conversion_date BETWEEN s.year_ago_start AND s.period_end
)

SELECT
    customer_id,
    IFF(GROUPING(channel) = 0, 'channel', 'region') AS part,
    COALESCE(channel, region) AS name,
    COUNT_IF(span = 'current') AS count_current,
    SUM(IFF(span = 'current', conversion_value, 0)) AS value_current,
    COUNT_IF(span = 'prior') AS count_prior,
    SUM(IFF(span = 'prior', conversion_value, 0)) AS value_prior,
    COUNT_IF(span = 'year_ago') AS count_year_ago,
    SUM(IFF(span = 'year_ago', conversion_value, 0)) AS value_year_ago
FROM conversions
WHERE span IS NOT NULL
GROUP BY GROUPING SETS ((customer_id, channel), (customer_id, region))
HAVING COALESCE(channel, region) IS NOT NULL
