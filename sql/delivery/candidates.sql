-- Grain: one row per artefact of a kind and period, with the gate's verdict about it, and one
-- row per verdict that holds something that was never made, so that it is told as held. (A review
-- that may go out and has no mail of its own goes out with its book.)
-- An artefact that nothing has judged has an empty verdict. The time zone is the recipient's, where
-- the workers have one and the same.
WITH wanted AS (
    SELECT ? AS kind, CAST(? AS DATE) AS period_start
),
artefacts AS (
    SELECT a.*
    FROM ops.artefacts a
    JOIN wanted w ON w.kind = a.kind AND w.period_start = a.period_start
),
verdicts AS (
    SELECT g.*
    FROM ops.send_gate g
    JOIN wanted w ON w.kind = g.kind AND w.period_start = g.period_start
),
clocks AS (
    SELECT LOWER(TRIM(worker_email)) AS address, MIN(time_zone) AS time_zone
    FROM source.workday_workers
    WHERE time_zone IS NOT NULL
    GROUP BY LOWER(TRIM(worker_email))
    HAVING COUNT(DISTINCT time_zone) = 1
),
unmade AS (
    SELECT v.*
    FROM verdicts v
    LEFT JOIN artefacts a ON a.artefact_id = v.artefact_id
    WHERE a.artefact_id IS NULL AND v.verdict <> 'send'
)
SELECT
    a.kind,
    a.artefact_id,
    a.period_start,
    a.period_end,
    a.channel,
    a.audience_id,
    a.recipient,
    a.subject,
    a.text_path,
    a.html_path,
    a.payload_path,
    a.attachment_path,
    a.attachment_name,
    a.content_sha256,
    v.verdict,
    v.reasons,
    v.content_sha256 AS judged_sha256,
    c.time_zone
FROM artefacts a
LEFT JOIN verdicts v ON v.artefact_id = a.artefact_id
LEFT JOIN clocks c ON c.address = LOWER(TRIM(a.recipient))
UNION ALL
SELECT
    u.kind,
    u.artefact_id,
    u.period_start,
    DATEADD('day', 6, u.period_start)::DATE AS period_end,
    'email' AS channel,
    '' AS audience_id,
    NULL AS recipient,
    'not made' AS subject,
    '' AS text_path,
    NULL AS html_path,
    NULL AS payload_path,
    NULL AS attachment_path,
    NULL AS attachment_name,
    '' AS content_sha256,
    u.verdict,
    u.reasons,
    NULL AS judged_sha256,
    NULL AS time_zone
FROM unmade u
ORDER BY artefact_id, channel
