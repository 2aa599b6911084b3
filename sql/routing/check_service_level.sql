-- Accounts of the newest week whose CSM, or first call with the CSM, came later than the policy wants,
-- and where that is still so.
WITH newest AS (
    SELECT MAX(week_start) AS week_start
    FROM analytics.routing_service_level
)
SELECT s.account_id, s.worker_id, s.late, s.hours_to_owner, s.hours_to_first_contact
FROM analytics.routing_service_level AS s
JOIN newest AS n ON n.week_start = s.week_start
WHERE (s.worker_id IS NULL AND s.late IN ('owner', 'both'))
   OR (s.worker_id IS NOT NULL AND s.first_contact_at IS NULL AND s.late IN ('contact', 'both'))
ORDER BY s.account_id
