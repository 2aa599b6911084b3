-- One row per customer in scope and length of a benchmark's period (weeks, to the period's end): the
-- customer's own values of what peers are compared on. Rates in percent.
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

lengths AS (
    SELECT DISTINCT
        GREATEST(1, ROUND((DATEDIFF('day', b.period_start, b.period_end) + 1) / 7))::BIGINT AS weeks
    FROM source.industry_benchmarks b
    INNER JOIN scope s ON b.period_end <= s.period_end
),

spans AS (
    SELECT
        l.weeks,
        s.first_customer,
        s.last_customer,
        s.period_end,
        DATEADD('day', -7 * l.weeks, s.period_end)::DATE AS before_first
    FROM lengths l
    CROSS JOIN scope s
),

-- Without any conversion on record there is no zero.
converting AS (
    SELECT DISTINCT c.customer_id
    FROM source.conversions c
    INNER JOIN scope s
        ON c.customer_id BETWEEN s.first_customer AND s.last_customer
        AND c.conversion_date <= s.period_end
),

converted AS (
    SELECT
        c.customer_id,
        p.weeks,
        COUNT(*) AS conversions,
        SUM(c.conversion_value) AS conversion_value
    FROM source.conversions c
    INNER JOIN spans p
        ON c.customer_id BETWEEN p.first_customer AND p.last_customer
        AND c.conversion_date > p.before_first
        AND c.conversion_date <= p.period_end
    GROUP BY c.customer_id, p.weeks
),

engaged AS (
    SELECT
        e.customer_id,
        p.weeks,
        SUM(e.messages_sent) AS sent,
        SUM(e.messages_opened) AS opened,
        SUM(e.messages_clicked) AS clicked,
        AVG(e.engagement_score) AS engagement_score
    FROM source.historical_engagement e
    INNER JOIN spans p
        ON e.customer_id BETWEEN p.first_customer AND p.last_customer
        AND e.engagement_date > p.before_first
        AND e.engagement_date <= p.period_end
    GROUP BY e.customer_id, p.weeks
)

SELECT
    k.customer_id,
    p.weeks,
    IFF(v.customer_id IS NULL, NULL, COALESCE(c.conversion_value, 0))::DOUBLE / p.weeks
        AS conversion_value_per_week,
    IFF(v.customer_id IS NULL, NULL, COALESCE(c.conversions, 0))::DOUBLE / p.weeks
        AS conversions_per_week,
    100 * e.opened::DOUBLE / NULLIF(e.sent, 0) AS open_rate,
    100 * e.clicked::DOUBLE / NULLIF(e.sent, 0) AS click_rate,
    e.engagement_score
FROM source.customers k
INNER JOIN spans p ON k.customer_id BETWEEN p.first_customer AND p.last_customer
LEFT JOIN converting v ON v.customer_id = k.customer_id
LEFT JOIN converted c ON c.customer_id = k.customer_id AND c.weeks = p.weeks
LEFT JOIN engaged e ON e.customer_id = k.customer_id AND e.weeks = p.weeks
ORDER BY k.customer_id, p.weeks
