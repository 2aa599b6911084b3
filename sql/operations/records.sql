-- Records processed and failed by stage: calls of a day, and what was made of the week before it.
-- Grain: stage. Parameters: day, Monday of the week that was over on that day.
WITH period AS (SELECT CAST(? AS DATE) AS day, CAST(? AS DATE) AS week_start),
letters AS (
    SELECT COUNT(*) AS unread
    FROM gong.gong_dead_letters l
    JOIN period p ON l.call_date = p.day
    WHERE l.resolved_at IS NULL
),
calls AS (
    SELECT COUNT(*) AS stored
    FROM gong.gong_calls_raw c
    JOIN period p ON c.call_date = p.day
)
SELECT 'calls' AS stage, c.stored AS good, c.stored + l.unread AS total
FROM calls c CROSS JOIN letters l
UNION ALL
SELECT 'reviews', COUNT(CASE WHEN r.status <> 'failed' THEN 1 END), COUNT(*)
FROM analytics.weekly_reports r JOIN period p ON r.week_start = p.week_start
UNION ALL
SELECT 'documents', COUNT(CASE WHEN d.status <> 'failed' THEN 1 END), COUNT(*)
FROM analytics.weekly_report_pdfs d JOIN period p ON d.week_start = p.week_start
UNION ALL
SELECT 'digests', COUNT(CASE WHEN g.status <> 'failed' THEN 1 END), COUNT(*)
FROM analytics.rep_digests g JOIN period p ON g.week_start = p.week_start
UNION ALL
SELECT 'mails', COUNT(CASE WHEN m.state NOT IN ('failed', 'unknown') THEN 1 END), COUNT(*)
FROM ops.deliveries m JOIN period p ON m.period_start = p.week_start
WHERE m.state NOT IN ('held', 'cancelled')
ORDER BY 1
