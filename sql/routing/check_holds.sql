-- Assignments that wait for a person.
SELECT account_id, worker_id, batch_id, llm_feedback
FROM analytics.account_csm_assignments
WHERE status = 'held'
ORDER BY account_id
