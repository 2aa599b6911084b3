-- One row per report of the week: outcome of writing, of printing, and the gate's verdict.
WITH period AS (SELECT CAST(? AS DATE) AS week_start)

SELECT
    r.customer_id,
    r.csm_id,
    r.status AS written,
    r.failure AS writing_failure,
    p.status AS printed,
    p.failure AS printing_failure,
    p.sha256,
    p.bytes,
    p.content_hash AS printed_hash,
    r.content_hash AS written_hash,
    g.verdict,
    g.reasons
FROM analytics.weekly_reports r
INNER JOIN period w ON r.week_start = w.week_start
LEFT JOIN analytics.weekly_report_pdfs p
    ON r.customer_id = p.customer_id AND r.week_start = p.week_start AND r.edition = p.edition
LEFT JOIN ops.send_gate g
    ON r.customer_id = g.artefact_id AND r.week_start = g.period_start
    AND g.kind = 'weekly_report'
WHERE r.edition = 'weekly'
ORDER BY r.customer_id
