-- One row per report of customers in scope as it is stored: what a new making is held against.
WITH scope AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS week_start,
        CAST(? AS STRING) AS edition
)

SELECT r.customer_id, r.week_start, r.edition, r.revision, r.csm_id, r.status, r.failure, r.title,
       r.full_report, r.writer, r.model, r.agent, r.snapshot_id, r.content_hash, r.generated_at,
       r.run_id
FROM analytics.weekly_reports r
INNER JOIN scope s
    ON r.customer_id BETWEEN s.first_customer AND s.last_customer
    AND r.week_start = s.week_start
    AND r.edition = s.edition
ORDER BY r.customer_id
