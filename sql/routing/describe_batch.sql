-- One row per account of a batch with what the sources say of it; the parent's owner
-- is the one we gave it when that is newer than the source's.
WITH wanted AS (
    SELECT ? AS batch_id
),
signals AS (
    SELECT account_id,
           COUNT(*)                                              AS churn_signals,
           MAX(CASE severity WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END) AS worst
    FROM source.svot_signals
    WHERE is_active
    GROUP BY account_id
),
parents AS (
    SELECT account_id,
           CASE WHEN MIN(owner_worker_id) = MAX(owner_worker_id)
                THEN MIN(owner_worker_id) END AS owner_worker_id,
           MAX(owned_since)                   AS owned_since
    FROM source.accounts
    GROUP BY account_id
)
SELECT m.account_id,
       COALESCE(m.tenant_id, a.tenant_id) AS tenant_id,
       m.waiting_since,
       m.batched_at,
       a.account_name,
       a.parent_account_id,
       CASE WHEN pa.assigned_at > COALESCE(p.owned_since, '1970-01-01'::TIMESTAMP)
            THEN pa.worker_id ELSE p.owner_worker_id END AS parent_owner_id,
       a.segment,
       a.account_level,
       a.region,
       a.language,
       a.industry,
       a.modules,
       a.time_zone,
       a.lifecycle_stage,
       a.revenue,
       a.health_segment,
       a.tad_score,
       a.module_count,
       a.integration_count,
       a.open_tickets,
       a.escalations_90d,
       COALESCE(a.is_protected, FALSE) AS is_protected,
       COALESCE(s.churn_signals, 0)    AS churn_signals,
       COALESCE(s.worst, 0)            AS worst_signal
FROM ops.routing_batches AS m
JOIN wanted AS w ON w.batch_id = m.batch_id
LEFT JOIN source.accounts AS a ON a.account_id = m.account_id
LEFT JOIN parents AS p ON p.account_id = a.parent_account_id
LEFT JOIN analytics.account_csm_assignments AS pa
       ON pa.account_id = a.parent_account_id AND pa.batch_id <> w.batch_id AND pa.status <> 'held'
LEFT JOIN signals AS s ON s.account_id = m.account_id
ORDER BY m.account_id
