-- One row per review in scope that an older version wrote, without its line for books.
SELECT customer_id, sections, sheet
FROM analytics.weekly_reports
WHERE customer_id BETWEEN CAST(? AS STRING) AND CAST(? AS STRING)
    AND week_start = CAST(? AS DATE) AND edition = 'weekly' AND status = 'written'
    AND book_line IS NULL
ORDER BY customer_id
