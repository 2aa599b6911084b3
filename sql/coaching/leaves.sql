-- Leaves of workers that have a first day: address in small letters, first and last day. Grain: address.
SELECT LOWER(TRIM(worker_email)) AS email, MAX(leave_start) AS leave_start,
       CASE WHEN COUNT(*) = COUNT(leave_end) THEN MAX(leave_end) END AS leave_end
FROM source.workday_workers
WHERE leave_start IS NOT NULL AND is_active AND worker_email IS NOT NULL
GROUP BY LOWER(TRIM(worker_email))
ORDER BY email
