-- One row per revision, delivery, thing done by hand and noted action of a customer, newest week first.
SELECT
    r.week_start,
    r.edition,
    'written' AS what,
    r.generated_at AS done_at,
    r.writer AS done_by,
    r.revision,
    r.title AS words,
    r.run_id
FROM (
    SELECT customer_id, week_start, edition, revision, title, writer, generated_at, run_id
    FROM analytics.weekly_reports
    UNION ALL
    SELECT customer_id, week_start, edition, revision, title, writer, generated_at, run_id
    FROM analytics.weekly_report_revisions
) r
WHERE r.customer_id = ?
UNION ALL
SELECT
    d.period_start AS week_start,
    'weekly' AS edition,
    d.state AS what,
    COALESCE(d.settled_at, d.planned_at) AS done_at,
    d.provider AS done_by,
    d.revision,
    d.recipient AS words,
    d.run_id
FROM ops.deliveries d
INNER JOIN analytics.weekly_reports w
    ON d.period_start = w.week_start AND w.edition = 'weekly'
    AND (
        (d.report_kind = 'weekly_report' AND d.artefact_id = w.customer_id)
        OR (d.report_kind = 'book' AND d.artefact_id = w.csm_id)
    )
WHERE w.customer_id = ?
UNION ALL
SELECT
    h.week_start,
    'weekly' AS edition,
    h.kind AS what,
    h.done_at,
    h.done_by,
    NULL AS revision,
    COALESCE(h.title || ': ' || h.words, h.words) AS words,
    NULL AS run_id
FROM ops.review_hands h
WHERE h.customer_id = ?
UNION ALL
SELECT
    e.week_start,
    'weekly' AS edition,
    e.state AS what,
    e.done_at,
    e.done_by,
    NULL AS revision,
    e.code || COALESCE(': ' || e.note, '') AS words,
    NULL AS run_id
FROM ops.customer_actions e
WHERE e.customer_id = ? AND e.state <> 'proposed'
ORDER BY week_start DESC, edition, done_at DESC
