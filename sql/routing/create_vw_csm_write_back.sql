-- The write-back view: what the CRM should hold, one row an account whose owner differs there.
-- Held assignments wait for a person and are not in it.
CREATE OR REPLACE VIEW analytics.vw_csm_write_back AS
SELECT a.account_id,
       a.tenant_id,
       s.owner_worker_id AS owner_before,
       a.worker_id       AS owner_after,
       a.worker_name     AS owner_name_after,
       a.assigned_at,
       a.batch_id,
       a.status,
       a.reason_code
FROM analytics.account_csm_assignments AS a
LEFT JOIN source.accounts AS s ON s.account_id = a.account_id
WHERE a.status <> 'held'
  AND (s.owner_worker_id IS NULL OR s.owner_worker_id <> a.worker_id)
  AND a.assigned_at > COALESCE(s.owned_since, '1970-01-01'::TIMESTAMP)
