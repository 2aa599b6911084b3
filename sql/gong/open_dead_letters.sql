-- One row per kind and reason: records that could not be read and wait for a replay.
SELECT kind, reason, COUNT(*) AS records, MIN(origin) AS first_origin
FROM gong.gong_dead_letters
WHERE resolved_at IS NULL
GROUP BY kind, reason
ORDER BY records DESC, kind, reason
