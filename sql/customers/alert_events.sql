-- What happened in a week that its owner must hear of: the first words of leaving in 13 weeks, a second
-- call with negative words in four weeks where the three weeks before had fewer, and a renewal that came
-- within 60 days while health is not Green.
-- Grain: customer and kind. Parameters: Monday of the week.
WITH bounds AS (
    SELECT CAST(? AS DATE) AS week_start, DATEADD('day', 6, CAST(? AS DATE))::DATE AS week_end
),
said AS (
    SELECT c.customer_id, g.call_date AS said_on
    FROM analytics.call_signals g
    JOIN gong.stg_gong_calls c ON c.call_id = g.call_id AND c.call_date = g.call_date
    WHERE c.customer_id IS NOT NULL AND NOT c.is_private AND g.kind = 'churn'
    UNION ALL
    SELECT t.customer_id, t.said_on
    FROM analytics.customer_texts t
    WHERE CONTAINS(',' || t.signals || ',', ',churn,')
),
spoke AS (
    SELECT s.customer_id, COUNT(*) AS times
    FROM said s
    JOIN bounds b ON s.said_on BETWEEN b.week_start AND b.week_end
    GROUP BY s.customer_id
),
before AS (
    SELECT DISTINCT s.customer_id
    FROM said s
    JOIN bounds b ON s.said_on BETWEEN DATEADD('day', -84, b.week_start) AND DATEADD('day', -1, b.week_start)
)
SELECT k.customer_id, 'signal' AS kind,
       'spoke of leaving or giving something back, for the first time in 13 weeks' AS words
FROM spoke k
LEFT JOIN before b ON b.customer_id = k.customer_id
WHERE b.customer_id IS NULL
UNION ALL
SELECT m.customer_id, 'sentiment',
       'calls with negative words in four weeks: ' || CAST(m.negative_calls_4w AS STRING)
           || ', fewer than two until then'
FROM analytics.customer_metrics m
JOIN bounds b ON b.week_start = m.week_start
LEFT JOIN analytics.customer_metrics p
       ON p.customer_id = m.customer_id
      AND p.week_start BETWEEN DATEADD('day', -21, b.week_start) AND DATEADD('day', -7, b.week_start)
WHERE m.negative_calls_4w >= 2
GROUP BY m.customer_id, m.negative_calls_4w
HAVING COALESCE(MAX(p.negative_calls_4w), 0) < 2
UNION ALL
SELECT m.customer_id, 'renewal',
       'renewal in ' || CAST(m.days_to_renewal AS STRING) || ' days, health ' || m.health_segment
FROM analytics.customer_metrics m
JOIN bounds b ON b.week_start = m.week_start
WHERE m.days_to_renewal BETWEEN 54 AND 60 AND m.health_segment <> 'Green'
ORDER BY 1, 2
