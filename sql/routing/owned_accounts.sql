-- One row per owned account as of a time: the owner in the source, or the one we gave it
-- since. The accounts of the batch named are left out: they are what is being routed.
WITH asked AS (
    SELECT CAST(? AS TIMESTAMP) AS as_of, ? AS batch_id
),
ours AS (
    SELECT a.account_id, a.worker_id, a.assigned_at
    FROM analytics.account_csm_assignments AS a
    JOIN asked AS q ON a.assigned_at <= q.as_of AND a.batch_id <> q.batch_id
    WHERE a.status <> 'held'
),
signals AS (
    SELECT account_id,
           COUNT(*)                                              AS churn_signals,
           MAX(CASE severity WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END) AS worst
    FROM source.svot_signals
    WHERE is_active
    GROUP BY account_id
),
members AS (
    SELECT m.account_id
    FROM ops.routing_batches AS m
    JOIN asked AS q ON q.batch_id = m.batch_id
),
owned AS (
    SELECT s.account_id,
           CASE WHEN o.assigned_at > COALESCE(s.owned_since, '1970-01-01'::TIMESTAMP)
                THEN o.worker_id ELSE s.owner_worker_id END AS worker_id,
           CASE WHEN o.assigned_at > COALESCE(s.owned_since, '1970-01-01'::TIMESTAMP)
                THEN o.assigned_at ELSE s.owned_since END AS owned_since,
           s.account_name, s.tenant_id, s.parent_account_id, s.segment, s.account_level, s.region,
           s.language, s.lifecycle_stage, s.revenue, s.health_segment, s.tad_score, s.module_count,
           s.integration_count, s.open_tickets, s.escalations_90d, s.is_protected,
           s.industry, s.modules, s.time_zone
    FROM source.accounts AS s
    LEFT JOIN ours AS o ON o.account_id = s.account_id
)
SELECT w.*,
       COALESCE(s.churn_signals, 0) AS churn_signals,
       COALESCE(s.worst, 0)         AS worst_signal
FROM owned AS w
LEFT JOIN members AS m ON m.account_id = w.account_id
LEFT JOIN signals AS s ON s.account_id = w.account_id
WHERE w.worker_id IS NOT NULL AND m.account_id IS NULL
ORDER BY w.account_id
