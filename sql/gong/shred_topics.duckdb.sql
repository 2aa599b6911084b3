-- One row per call and topic on which time was spent (DuckDB).
-- Times out of bounds, as an earlier version stored them, do not count.
WITH typed AS (
    SELECT
        call_id, call_date,
        from_json(payload, '{"content": {"topics": [{"name": "VARCHAR", "duration": "DOUBLE"}]}}'
        ).content.topics AS topics
    FROM gong.gong_calls_raw
    WHERE call_date BETWEEN ? AND ?
      AND NOT is_deleted
      AND NOT is_private
),
each_topic AS (
    SELECT call_id, call_date, unnest(topics) AS topic
    FROM typed
)
SELECT
    call_id,
    call_date,
    TRIM(topic.name) AS topic,
    CAST(ROUND(SUM(topic.duration)) AS BIGINT) AS duration_seconds
FROM each_topic
WHERE NULLIF(TRIM(topic.name), '') IS NOT NULL
  AND topic.duration BETWEEN 0 AND 2592000
GROUP BY call_id, call_date, TRIM(topic.name)
HAVING SUM(topic.duration) > 0
