-- Conversions by customer, channel and week (Monday), with the customer's first day ever.
-- Grain: customer, channel and week. Parameters: Monday of the last week, weeks looked back.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start, CAST(? AS BIGINT) AS weeks
),
bounds AS (
    SELECT DATEADD('day', 6, week_start)::DATE             AS week_end,
           DATEADD('day', 7 - 7 * weeks, week_start)::DATE AS first_day
    FROM period
),
begun AS (
    SELECT c.customer_id, MIN(c.conversion_date)::DATE AS first_date
    FROM source.conversions c
    CROSS JOIN bounds b
    WHERE c.conversion_date <= b.week_end
    GROUP BY c.customer_id
)
SELECT c.customer_id, c.channel, DATE_TRUNC('week', c.conversion_date)::DATE AS week,
       f.first_date, COUNT(*) AS conversions, SUM(c.conversion_value) AS value
FROM source.conversions c
CROSS JOIN bounds b
JOIN begun f ON f.customer_id = c.customer_id
WHERE c.conversion_date BETWEEN b.first_day AND b.week_end
  AND c.channel IS NOT NULL
GROUP BY c.customer_id, c.channel, DATE_TRUNC('week', c.conversion_date)::DATE, f.first_date
ORDER BY c.customer_id, c.channel, week
