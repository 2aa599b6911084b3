-- Totals of a week twice: over the customers of customer_metrics, and over the sources themselves.
-- Grain: measure. Parameters: Monday of the week.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start
),
bounds AS (
    SELECT week_start,
           DATEADD('day', 6, week_start)::DATE   AS week_end,
           DATEADD('day', -21, week_start)::DATE AS four_weeks_from
    FROM period
),
parts AS (
    SELECT SUM(m.conversions_4w) AS conversions, SUM(m.conversion_value_4w) AS conversion_value,
           SUM(m.messages_sent_4w) AS messages, SUM(m.calls_4w) AS calls,
           SUM(m.key_actions_4w) AS key_actions, SUM(IFF(m.arr_basis = 'today', m.arr, 0)) AS arr
    FROM analytics.customer_metrics m
    JOIN bounds b ON b.week_start = m.week_start
),
known AS (
    -- Without customers of whom something is not all there: they have no figure to be summed.
    SELECT m.customer_id,
           m.conversions_4w IS NOT NULL   AS has_conversions,
           m.messages_sent_4w IS NOT NULL AS has_messages,
           m.calls_4w IS NOT NULL         AS has_calls,
           m.key_actions_4w IS NOT NULL   AS has_actions
    FROM analytics.customer_metrics m
    JOIN bounds b ON b.week_start = m.week_start
),
converted AS (
    SELECT COUNT(*) AS conversions, SUM(c.conversion_value) AS conversion_value
    FROM source.conversions c CROSS JOIN bounds b
    WHERE c.conversion_date BETWEEN b.four_weeks_from AND b.week_end
      AND c.customer_id IN (SELECT customer_id FROM known WHERE has_conversions)
),
messaged AS (
    SELECT SUM(e.messages_sent) AS messages
    FROM source.historical_engagement e CROSS JOIN bounds b
    WHERE e.engagement_date BETWEEN b.four_weeks_from AND b.week_end
      AND e.customer_id IN (SELECT customer_id FROM known WHERE has_messages)
),
called AS (
    SELECT COUNT(*) AS calls
    FROM gong.stg_gong_calls g CROSS JOIN bounds b
    WHERE g.call_date BETWEEN b.four_weeks_from AND b.week_end
      AND g.customer_id IN (SELECT customer_id FROM known WHERE has_calls)
),
adopted AS (
    SELECT SUM(a.key_actions_4w) AS key_actions
    FROM analytics.module_adoption a JOIN bounds b ON b.week_start = a.week_start
    WHERE a.customer_id IN (SELECT customer_id FROM known WHERE has_actions)
),
worth AS (
    -- Of customers whose revenue is today's; that of past contract years stands in no total.
    SELECT SUM(CAST(c.arr::DOUBLE * IFF(COALESCE(c.currency, 'USD') = 'USD', 1, x.usd_rate) AS DECIMAL(18,2))) AS arr
    FROM source.customers c
    LEFT JOIN source.exchange_rates x ON x.currency = c.currency
    JOIN analytics.customer_metrics m ON m.customer_id = c.customer_id
    JOIN bounds b ON b.week_start = m.week_start
    WHERE m.arr_basis = 'today'
)
SELECT 'conversions' AS measure, p.conversions AS of_parts, t.conversions AS of_source
FROM parts p CROSS JOIN converted t
UNION ALL
SELECT 'conversion_value', p.conversion_value, t.conversion_value FROM parts p CROSS JOIN converted t
UNION ALL
SELECT 'messages', p.messages, t.messages FROM parts p CROSS JOIN messaged t
UNION ALL
SELECT 'calls', p.calls, t.calls FROM parts p CROSS JOIN called t
UNION ALL
SELECT 'key_actions', p.key_actions, t.key_actions FROM parts p CROSS JOIN adopted t
UNION ALL
SELECT 'arr', p.arr, t.arr FROM parts p CROSS JOIN worth t
