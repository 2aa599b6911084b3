-- One row per worker in Workday: who is there, who leads whom.
SELECT worker_id, worker_name, worker_email, is_active, termination_date, leave_start, leave_end,
       manager_id
FROM source.workday_workers
ORDER BY worker_id
