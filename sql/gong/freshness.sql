-- How long after becoming visible calls were staged, at most, in minutes, since a moment.
SELECT
    COUNT(*) AS calls,
    MEDIAN(DATEDIFF('second', previous_read_at, staged_at)::DOUBLE) / 60 AS median_minutes,
    PERCENTILE_CONT(0.95) WITHIN GROUP (
        ORDER BY DATEDIFF('second', previous_read_at, staged_at)::DOUBLE
    )
        / 60 AS p95_minutes,
    MAX(DATEDIFF('second', previous_read_at, staged_at))::DOUBLE / 60 AS longest_minutes
FROM gong.gong_call_freshness
WHERE previous_read_at IS NOT NULL
  AND staged_at IS NOT NULL
  AND first_seen_at >= ?
