-- Workers who are or were CSMs, with who leads them.
-- Grain: worker.
SELECT worker_id, worker_name, worker_email, manager_id
FROM source.workday_workers
ORDER BY worker_id
