-- The write-back view: what the CRM should hold, one row an account whose owner differs there.
-- Held assignments wait for a person and are not in it.
CREATE OR REPLACE VIEW analytics.vw_csm_write_back AS
WITH listed AS (
    SELECT account_id, owner_worker_id, owned_since,
           ROW_NUMBER() OVER (
               PARTITION BY account_id ORDER BY owned_since DESC NULLS LAST, owner_worker_id
           ) AS place
    FROM source.accounts
)
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
LEFT JOIN listed AS s ON s.account_id = a.account_id AND s.place = 1
WHERE a.status <> 'held'
  AND (s.owner_worker_id IS NULL OR s.owner_worker_id <> a.worker_id)
  AND a.assigned_at > COALESCE(s.owned_since, '1970-01-01'::TIMESTAMP)
