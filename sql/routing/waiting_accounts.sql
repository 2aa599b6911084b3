-- One row per account that needs a CSM: distinct, with an id, its longest wait, when a person
-- last rejected its CSM, and whether code may route it (known to the source, not protected).
WITH rejected AS (
    SELECT account_id, MAX(decided_at) AS rejected_at
    FROM analytics.routing_decisions
    WHERE decision = 'reject'
    GROUP BY account_id
),
waiting AS (
    SELECT account_id_ob        AS account_id,
           MIN(tenant_id)       AS tenant_id,
           MIN(needs_csm_since) AS waiting_since
    FROM source.onboarding_detail
    WHERE success_transition_status_ob = 'Needs CSM'
      AND account_id_ob IS NOT NULL
      AND TRIM(account_id_ob) <> ''
    GROUP BY account_id_ob
),
listed AS (
    SELECT account_id,
           MAX(CASE WHEN is_protected THEN 1 ELSE 0 END) = 1 AS is_protected
    FROM source.accounts
    GROUP BY account_id
)
SELECT w.account_id,
       w.tenant_id,
       w.waiting_since,
       r.rejected_at,
       a.account_id IS NOT NULL AND NOT a.is_protected AS is_routable
FROM waiting AS w
LEFT JOIN rejected AS r ON r.account_id = w.account_id
LEFT JOIN listed AS a ON a.account_id = w.account_id
ORDER BY w.account_id
