-- Assignments to workers whom Workday does not list as active.
SELECT a.account_id, a.worker_id, a.batch_id
FROM analytics.account_csm_assignments AS a
LEFT JOIN source.workday_workers AS w ON w.worker_id = a.worker_id AND w.is_active
WHERE w.worker_id IS NULL
ORDER BY a.account_id
