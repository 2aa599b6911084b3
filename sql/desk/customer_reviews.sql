-- Reviews of a customer, newest week first: how they stand, and where their files lie.
-- Grain: week and edition. Parameters: the customer.
SELECT r.customer_id, r.week_start, r.edition, r.status, r.failure, r.title, r.full_report, r.writer,
       r.generated_at, r.revision, g.verdict, g.reasons, p.pdf_path, p.html_path, p.pages
FROM analytics.weekly_reports r
LEFT JOIN analytics.weekly_report_pdfs p
    ON p.customer_id = r.customer_id AND p.week_start = r.week_start AND p.edition = r.edition
LEFT JOIN ops.send_gate g
    ON g.artefact_id = r.customer_id AND g.period_start = r.week_start
    AND g.kind = 'weekly_report' AND r.edition = 'weekly'
WHERE r.customer_id = ?
QUALIFY ROW_NUMBER() OVER (PARTITION BY r.week_start, r.edition ORDER BY p.paper) = 1
ORDER BY r.week_start DESC, r.edition
