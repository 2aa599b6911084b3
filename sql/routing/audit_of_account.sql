-- The newest outcome of one account with all that is kept about it: the account as it was, the
-- owner in force, the proof of its batch and the review. No row when it was never routed.
WITH asked AS (
    SELECT ? AS account_id
),
numbered AS (
    SELECT r.*,
           ROW_NUMBER() OVER (ORDER BY r.recommended_at DESC, r.batch_id DESC) AS place
    FROM analytics.csm_routing_recommendations AS r
    JOIN asked AS q ON q.account_id = r.account_id
    WHERE r.rank = 1
)
SELECT n.account_id,
       n.batch_id,
       n.worker_id,
       n.worker_name,
       n.status,
       n.method,
       n.score,
       n.explanation,
       n.audit,
       n.policy_version,
       n.input_hash,
       n.recommended_at,
       c.account_name,
       c.segment,
       c.account_level,
       c.region,
       c.language,
       c.health_segment,
       c.neediness,
       c.points,
       c.waiting_days,
       c.missing,
       a.worker_id     AS owner_id,
       a.worker_name   AS owner_name,
       a.status        AS owner_status,
       a.assigned_at   AS owned_since,
       a.reason_code,
       a.decided_by,
       s.status        AS proof_status,
       s.gap,
       s.solver,
       s.certificate,
       v.verdict,
       v.reasons,
       v.reviewer,
       v.why_unreviewed
FROM numbered AS n
LEFT JOIN analytics.accounts_needing_csm AS c
       ON c.batch_id = n.batch_id AND c.account_id = n.account_id
LEFT JOIN analytics.account_csm_assignments AS a ON a.account_id = n.account_id
LEFT JOIN analytics.routing_solutions AS s ON s.batch_id = n.batch_id
LEFT JOIN analytics.routing_reviews AS v
       ON v.batch_id = n.batch_id AND v.account_id = n.account_id
WHERE n.place = 1
