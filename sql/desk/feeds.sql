-- How fresh every feed is: its newest day, and the rows of the last seven days that it has.
-- Grain: feed.
WITH entries AS (
    SELECT 'Conversions' AS feed, conversion_date AS day FROM source.conversions
    UNION ALL
    SELECT 'Messages', engagement_date FROM source.historical_engagement
    UNION ALL
    SELECT 'Use of the modules', week_start FROM source.module_usage
    UNION ALL
    SELECT 'Calls', call_date FROM gong.stg_gong_calls
    UNION ALL
    SELECT 'Calls analysed', call_date FROM analytics.call_analysis
    UNION ALL
    SELECT 'Metrics of customers', week_start FROM analytics.customer_metrics
    UNION ALL
    SELECT 'Reviews', week_start FROM analytics.weekly_reports
    UNION ALL
    SELECT 'Digests', week_start FROM analytics.rep_digests
),
newest AS (
    SELECT feed, MAX(day) AS newest FROM entries GROUP BY feed
)
SELECT e.feed, MAX(n.newest) AS newest,
       COUNT_IF(e.day > DATEADD('day', -7, n.newest)) AS rows_of_week
FROM entries e
JOIN newest n ON n.feed = e.feed
GROUP BY e.feed
ORDER BY e.feed
