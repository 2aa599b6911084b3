-- One row per report kept: what the viewer lists, newest week first.
SELECT
    r.customer_id,
    c.customer_name,
    r.week_start,
    r.edition,
    r.csm_id,
    m.csm_name,
    r.status,
    r.title,
    r.full_report,
    r.writer,
    p.pdf_path,
    p.html_path,
    g.verdict,
    g.reasons
FROM analytics.weekly_reports r
LEFT JOIN source.customers c ON r.customer_id = c.customer_id
LEFT JOIN source.csms m ON r.csm_id = m.csm_id
LEFT JOIN analytics.weekly_report_pdfs p
    ON r.customer_id = p.customer_id AND r.week_start = p.week_start AND r.edition = p.edition
LEFT JOIN ops.send_gate g
    ON r.customer_id = g.artefact_id AND r.week_start = g.period_start
    AND g.kind = 'weekly_report' AND r.edition = 'weekly'
ORDER BY r.week_start DESC, c.customer_name, r.customer_id, p.paper
