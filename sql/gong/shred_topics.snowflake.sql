-- One row per call and topic on which time was spent (Snowflake).
-- Times out of bounds, as an earlier version stored them, do not count.
WITH each_topic AS (
    SELECT
        c.call_id,
        c.call_date,
        TRIM(t.value['name']::VARCHAR) AS topic,
        TRY_CAST(t.value['duration']::VARCHAR AS DOUBLE) AS duration
    FROM gong.gong_calls_raw c, LATERAL FLATTEN(input => c.payload['content']['topics']) t
    WHERE c.call_date BETWEEN ? AND ?
      AND NOT c.is_deleted
      AND NOT c.is_private
)
SELECT
    call_id,
    call_date,
    topic,
    CAST(ROUND(SUM(IFF(duration BETWEEN 0 AND 2592000, duration, NULL))) AS BIGINT) AS duration_seconds
FROM each_topic
WHERE NULLIF(topic, '') IS NOT NULL
  AND duration BETWEEN 0 AND 2592000
GROUP BY call_id, call_date, topic
HAVING SUM(duration) > 0
