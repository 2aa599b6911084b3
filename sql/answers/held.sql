-- Deliveries that are held, with whom they are about. What is about a whole team is about nobody.
-- Grain: delivery.
WITH held AS (
    SELECT delivery_key, report_kind, artefact_id, period_start, audience, reason,
           CASE report_kind WHEN 'weekly_report' THEN artefact_id END AS customer_id,
           CASE WHEN report_kind IN ('rep_digest', 'rep_text') THEN artefact_id END AS rep_user_id,
           CASE WHEN report_kind IN ('book', 'customer_alerts') THEN audience END AS worker_id
    FROM ops.deliveries
    WHERE state = 'held'
)
SELECT h.*, c.customer_name
FROM held h
LEFT JOIN source.customers c ON c.customer_id = h.customer_id
ORDER BY h.period_start DESC, h.report_kind, h.artefact_id, h.delivery_key
