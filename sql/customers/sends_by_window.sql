-- Messages by customer, channel and window counted back (0 the present one): sums over sends that
-- tell the rates and how much they vary from send to send.
-- Grain: customer, channel and window. Parameters: Monday of the last week, weeks of a window, windows.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start, CAST(? AS BIGINT) AS weeks, CAST(? AS BIGINT) AS windows
),
bounds AS (
    SELECT DATEADD('day', 6, week_start)::DATE AS week_end, weeks, windows FROM period
),
sent AS (
    SELECT e.customer_id, e.channel, e.engagement_date,
           FLOOR(DATEDIFF('day', e.engagement_date, b.week_end) / (7 * b.weeks)) AS back,
           e.messages_sent AS sent, e.messages_opened AS opened, e.messages_clicked AS clicked,
           b.windows
    FROM source.historical_engagement e
    CROSS JOIN bounds b
    WHERE e.engagement_date <= b.week_end
      AND e.messages_sent > 0
),
begun AS (
    SELECT customer_id, MIN(engagement_date)::DATE AS first_date FROM sent GROUP BY customer_id
)
SELECT s.customer_id, s.channel, CAST(s.back AS BIGINT) AS back, f.first_date,
       COUNT(*) AS sends, SUM(s.sent) AS sent, SUM(s.sent * s.sent) AS sent_squared,
       SUM(s.opened) AS opened, SUM(s.opened * s.opened) AS opened_squared,
       SUM(s.opened * s.sent) AS opened_sent,
       SUM(s.clicked) AS clicked, SUM(s.clicked * s.clicked) AS clicked_squared,
       SUM(s.clicked * s.sent) AS clicked_sent
FROM sent s
JOIN begun f ON f.customer_id = s.customer_id
WHERE s.back < s.windows
  AND s.channel IS NOT NULL AND s.opened IS NOT NULL AND s.clicked IS NOT NULL
GROUP BY s.customer_id, s.channel, s.back, f.first_date
ORDER BY s.customer_id, s.channel, s.back
