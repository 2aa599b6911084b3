-- What each customer's channels did in the four weeks to the end of a week.
-- Grain: customer and channel. Parameters: Monday of the week.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start
),
bounds AS (
    SELECT DATEADD('day', -21, week_start)::DATE AS first_day, DATEADD('day', 6, week_start)::DATE AS last_day
    FROM period
),
parts AS (
    SELECT e.customer_id, e.channel, SUM(e.messages_sent) AS sent, SUM(e.messages_opened) AS opened,
           SUM(e.messages_clicked) AS clicked, 0 AS conversions, 0 AS value, 0 AS touchpoints, 0 AS revenue
    FROM source.historical_engagement e
    JOIN bounds b ON e.engagement_date BETWEEN b.first_day AND b.last_day
    GROUP BY e.customer_id, e.channel
    UNION ALL
    SELECT c.customer_id, c.channel, 0, 0, 0, COUNT(*), SUM(c.conversion_value), 0, 0
    FROM source.conversions c
    JOIN bounds b ON c.conversion_date BETWEEN b.first_day AND b.last_day
    GROUP BY c.customer_id, c.channel
    UNION ALL
    SELECT a.customer_id, a.channel, 0, 0, 0, 0, 0, COUNT(*), SUM(a.attributed_revenue)
    FROM source.attributions a
    JOIN bounds b ON a.touchpoint_date BETWEEN b.first_day AND b.last_day
    GROUP BY a.customer_id, a.channel
)
SELECT p.customer_id, p.channel, SUM(p.sent) AS messages_sent_4w,
       SUM(p.opened)::DOUBLE / NULLIF(SUM(p.sent), 0)  AS open_rate_4w,
       SUM(p.clicked)::DOUBLE / NULLIF(SUM(p.sent), 0) AS click_rate_4w,
       SUM(p.conversions) AS conversions_4w, SUM(p.value) AS conversion_value_4w,
       SUM(p.touchpoints) AS touchpoints_4w, SUM(p.revenue) AS attributed_revenue_4w
FROM parts p
JOIN source.customers k ON k.customer_id = p.customer_id
GROUP BY p.customer_id, p.channel
ORDER BY p.customer_id, p.channel
