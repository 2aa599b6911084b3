-- Past assignments with what was known to have become of them by a time: nothing later counts.
WITH asked AS (
    SELECT CAST(? AS TIMESTAMP) AS as_of
)
SELECT h.account_id,
       h.worker_id,
       h.assigned_at,
       h.ended_at,
       h.outcome,
       a.segment
FROM source.csm_assignment_history AS h
JOIN asked AS q ON h.ended_at <= q.as_of
LEFT JOIN source.accounts AS a ON a.account_id = h.account_id
WHERE h.outcome IS NOT NULL AND h.outcome <> 'open'
ORDER BY h.assigned_at, h.account_id
