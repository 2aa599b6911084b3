-- Evidence and objections of the last days that have analysed calls.
-- Grain: call. Parameters: number of days.
WITH wanted AS (
    SELECT ? AS days
),
ranked AS (
    SELECT call_id, evidence, objections, DENSE_RANK() OVER (ORDER BY call_date DESC) AS day_rank
    FROM analytics.call_analysis
)
SELECT r.call_id, r.evidence, r.objections
FROM ranked r
CROSS JOIN wanted w
WHERE r.day_rank <= w.days
ORDER BY r.call_id
