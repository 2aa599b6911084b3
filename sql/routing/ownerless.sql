-- Accounts of the source without an owner, there or by an assignment of ours, and whether they
-- wait for one.
WITH listed AS (
    SELECT account_id, MAX(owner_worker_id) AS owner_worker_id
    FROM source.accounts
    GROUP BY account_id
),
waiting AS (
    SELECT DISTINCT account_id_ob AS account_id
    FROM source.onboarding_detail
    WHERE success_transition_status_ob = 'Needs CSM'
)
SELECT s.account_id, w.account_id IS NOT NULL AS waits
FROM listed AS s
LEFT JOIN analytics.account_csm_assignments AS a ON a.account_id = s.account_id
LEFT JOIN waiting AS w ON w.account_id = s.account_id
WHERE s.owner_worker_id IS NULL AND a.account_id IS NULL
ORDER BY s.account_id
