-- The newest week with digests of reps.
-- Grain: one row.
SELECT MAX(week_start) AS week_start
FROM analytics.rep_digests
