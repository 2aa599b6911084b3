-- One row per worker in Workday.
SELECT worker_id, worker_name, job_profile, is_active, hire_date, termination_date, leave_start,
       leave_end, region, languages, segments, max_accounts, manager_id, industries, modules,
       time_zone, working_hours, coverage
FROM source.workday_workers
ORDER BY worker_id
