-- One row per report of a week, the newest where none is named: what was made and what became of it.
WITH asked AS (
    SELECT COALESCE(CAST(? AS DATE), MAX(week_start)) AS week_start
    FROM analytics.weekly_reports
)

SELECT
    r.customer_id,
    c.customer_name,
    r.week_start,
    r.edition,
    m.csm_name,
    r.status,
    r.writer,
    LENGTH(NULLIF(r.full_report, 'withheld')) AS letters,
    p.pages,
    r.revision,
    r.generated_at,
    g.verdict,
    COALESCE(r.failure, g.reasons) AS reasons
FROM analytics.weekly_reports r
INNER JOIN asked a ON r.week_start = a.week_start
LEFT JOIN source.customers c ON r.customer_id = c.customer_id
LEFT JOIN source.csms m ON r.csm_id = m.csm_id
LEFT JOIN analytics.weekly_report_pdfs p
    ON r.customer_id = p.customer_id AND r.week_start = p.week_start AND r.edition = p.edition
LEFT JOIN ops.send_gate g
    ON r.customer_id = g.artefact_id AND r.week_start = g.period_start
    AND g.kind = 'weekly_report' AND r.edition = 'weekly'
ORDER BY m.csm_name, r.customer_id, r.edition, p.paper
