-- Decisions of people on owners up to a time, oldest first.
SELECT account_id, decided_at, decision, worker_id, batch_id, reason_code, decided_by, note
FROM analytics.routing_decisions
WHERE decided_at <= CAST(? AS TIMESTAMP)
ORDER BY decided_at, account_id
