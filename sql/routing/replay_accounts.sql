-- Accounts as they could be known at a moment: those owned then, and those that came to a CSM
-- before the end asked for (role new, with the CSM they in fact got). What changes with time comes
-- from batches described before the moment and signals raised in the 90 days before it; what the
-- sources say of today's health, tickets, stage and owner is not read.
WITH asked AS (
    SELECT CAST(? AS TIMESTAMP) AS at_moment, CAST(? AS TIMESTAMP) AS until_moment
),
came AS (
    SELECT h.account_id, h.worker_id, h.assigned_at,
           ROW_NUMBER() OVER (PARTITION BY h.account_id ORDER BY h.assigned_at) AS place
    FROM source.csm_assignment_history AS h
    JOIN asked AS q ON h.assigned_at >= q.at_moment AND h.assigned_at < q.until_moment
),
held AS (
    SELECT h.account_id, h.worker_id, h.assigned_at,
           ROW_NUMBER() OVER (PARTITION BY h.account_id ORDER BY h.assigned_at DESC) AS place
    FROM source.csm_assignment_history AS h
    JOIN asked AS q ON h.assigned_at < q.at_moment
                   AND (h.ended_at IS NULL OR h.ended_at > q.at_moment)
),
wanted AS (
    SELECT c.account_id, c.worker_id, c.assigned_at, 'new' AS role
    FROM came AS c
    WHERE c.place = 1
    UNION ALL
    SELECT h.account_id, h.worker_id, h.assigned_at, 'owned' AS role
    FROM held AS h
    LEFT JOIN came AS c ON c.account_id = h.account_id
    WHERE h.place = 1 AND c.account_id IS NULL
),
described AS (
    SELECT d.account_id, d.health_segment, d.tad_score, d.revenue, d.lifecycle_stage,
           ROW_NUMBER() OVER (
               PARTITION BY d.account_id ORDER BY d.batched_at DESC, d.batch_id DESC
           ) AS place
    FROM analytics.accounts_needing_csm AS d
    JOIN asked AS q ON d.batched_at <= q.at_moment
),
signals AS (
    SELECT s.account_id,
           COUNT(*)                                                                AS churn_signals,
           MAX(CASE s.severity WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END) AS worst
    FROM source.svot_signals AS s
    JOIN asked AS q ON s.signal_date < CAST(q.at_moment AS DATE)
                   AND s.signal_date >= DATEADD('day', -90, CAST(q.at_moment AS DATE))
    GROUP BY s.account_id
)
SELECT w.account_id,
       w.worker_id,
       w.assigned_at AS owned_since,
       w.role,
       a.tenant_id,
       a.account_name,
       a.parent_account_id,
       p.worker_id   AS parent_owner_id,
       a.segment,
       a.account_level,
       a.region,
       a.language,
       d.lifecycle_stage,
       d.revenue,
       d.health_segment,
       d.tad_score,
       COALESCE(s.churn_signals, 0) AS churn_signals,
       COALESCE(s.worst, 0)         AS worst_signal
FROM wanted AS w
LEFT JOIN source.accounts AS a ON a.account_id = w.account_id
LEFT JOIN held AS p ON p.account_id = a.parent_account_id AND p.place = 1
LEFT JOIN described AS d ON d.account_id = w.account_id AND d.place = 1
LEFT JOIN signals AS s ON s.account_id = w.account_id
ORDER BY w.role, w.account_id
