-- One row per account that needs a CSM: distinct, with an id, its longest wait.
SELECT account_id_ob        AS account_id,
       MIN(tenant_id)       AS tenant_id,
       MIN(needs_csm_since) AS waiting_since
FROM source.onboarding_detail
WHERE success_transition_status_ob = 'Needs CSM'
  AND account_id_ob IS NOT NULL
  AND TRIM(account_id_ob) <> ''
GROUP BY account_id_ob
ORDER BY account_id_ob
