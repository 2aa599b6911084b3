-- How many deliveries there are of a span of days, by whom they are about.
-- Grain: customer, rep and worker. Parameters: first day of the periods.
WITH sent AS (
    SELECT CASE report_kind WHEN 'weekly_report' THEN artefact_id END AS customer_id,
           CASE WHEN report_kind IN ('rep_digest', 'rep_text') THEN artefact_id END AS rep_user_id,
           CASE WHEN report_kind IN ('book', 'customer_alerts') THEN audience END AS worker_id
    FROM ops.deliveries
    WHERE period_start >= CAST(? AS DATE)
)
SELECT customer_id, rep_user_id, worker_id, COUNT(*) AS deliveries
FROM sent
GROUP BY customer_id, rep_user_id, worker_id
ORDER BY customer_id, rep_user_id, worker_id
