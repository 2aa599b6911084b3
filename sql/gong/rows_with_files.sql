-- Rows that name files of documents of some days, with the paths, joined by bars where a row has
-- several. Parameters: first and last day, thrice.
SELECT 'ops.artefacts' AS relation, kind, artefact_id AS id, period_start AS day,
       text_path || '|' || COALESCE(html_path, '') || '|' || COALESCE(payload_path, '') || '|'
           || COALESCE(attachment_path, '') AS paths
FROM ops.artefacts
WHERE period_start BETWEEN ? AND ?
UNION ALL
SELECT 'analytics.weekly_report_pdfs', edition, customer_id, week_start,
       COALESCE(pdf_path, '') || '|' || COALESCE(html_path, '') || '|' || COALESCE(facts_path, '')
FROM analytics.weekly_report_pdfs
WHERE week_start BETWEEN ? AND ?
UNION ALL
SELECT 'analytics.book_mails', '', book_id, week_start,
       COALESCE(text_path, '') || '|' || COALESCE(html_path, '') || '|' || COALESCE(portfolio_path, '')
FROM analytics.book_mails
WHERE week_start BETWEEN ? AND ?
ORDER BY 1, 2, 3, 4
