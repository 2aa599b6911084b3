-- One row per call: the scalar fields of the answer (Snowflake).
-- What an earlier version stored out of bounds has no number here: no cast of a bounded one can fail.
WITH calls AS (
    SELECT call_id, call_date, started, is_private, content_hash, payload
    FROM gong.gong_calls_raw
    WHERE call_date BETWEEN ? AND ?
      AND NOT is_deleted
),
stats AS (
    SELECT
        c.call_id,
        s.value['name']::VARCHAR AS stat,
        TRY_CAST(s.value['value']::VARCHAR AS DOUBLE) AS measured,
        s.index AS place
    FROM calls c, LATERAL FLATTEN(input => c.payload['interaction']['interactionStats']) s
    QUALIFY ROW_NUMBER() OVER (PARTITION BY c.call_id, stat ORDER BY s.index) = 1
),
stats_of_call AS (
    SELECT
        call_id,
        MAX(IFF(stat = 'Talk Ratio', measured, NULL)) AS talk_ratio,
        MAX(IFF(stat = 'Interactivity', measured, NULL)) AS interactivity,
        MAX(IFF(stat = 'Patience', measured, NULL)) AS patience_seconds,
        MAX(IFF(stat = 'Longest Monologue', measured, NULL)) AS longest_monologue_seconds
    FROM stats
    GROUP BY call_id
),
numbers AS (
    SELECT
        call_id,
        TRY_CAST(payload['metaData']['duration']::VARCHAR AS DOUBLE) AS seconds,
        TRY_CAST(payload['interaction']['questions']['companyCount']::VARCHAR AS DOUBLE) AS ours,
        TRY_CAST(payload['interaction']['questions']['nonCompanyCount']::VARCHAR AS DOUBLE)
            AS theirs
    FROM calls
)
SELECT
    c.call_id,
    c.call_date,
    c.started,
    c.is_private,
    c.content_hash,
    c.payload['metaData']['title']::VARCHAR AS title,
    c.payload['metaData']['started']::VARCHAR IS NULL AS started_is_scheduled,
    CAST(ROUND(IFF(n.seconds BETWEEN 0 AND 2592000, n.seconds, NULL)) AS BIGINT) AS duration_seconds,
    NULLIF(TRIM(c.payload['metaData']['primaryUserId']::VARCHAR), '') AS primary_user_id,
    c.payload['metaData']['direction']::VARCHAR AS direction,
    c.payload['metaData']['scope']::VARCHAR AS scope,
    c.payload['metaData']['system']::VARCHAR AS system,
    c.payload['metaData']['language']::VARCHAR AS language,
    c.payload['metaData']['url']::VARCHAR AS url,
    NULLIF(TRIM(c.payload['metaData']['workspaceId']::VARCHAR), '') AS workspace_id,
    s.talk_ratio,
    s.interactivity,
    s.patience_seconds,
    s.longest_monologue_seconds,
    CAST(IFF(n.ours BETWEEN 0 AND 100000, n.ours, NULL) AS BIGINT) AS company_questions,
    CAST(IFF(n.theirs BETWEEN 0 AND 100000, n.theirs, NULL) AS BIGINT) AS customer_questions
FROM calls c
JOIN numbers n ON n.call_id = c.call_id
LEFT JOIN stats_of_call s ON s.call_id = c.call_id
