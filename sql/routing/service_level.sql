-- Each account that we gave a CSM, and each that waits for one: since when it waited, when it got one,
-- and the first call with the customer after that. Held assignments have no CSM yet.
WITH given AS (
    SELECT account_id, account_name, worker_id, waiting_since, assigned_at
    FROM analytics.account_csm_assignments
    WHERE status <> 'held'
),
waiting AS (
    SELECT o.account_id_ob        AS account_id,
           MIN(o.needs_csm_since) AS waiting_since
    FROM source.onboarding_detail AS o
    LEFT JOIN given AS g ON g.account_id = o.account_id_ob
    WHERE o.success_transition_status_ob = 'Needs CSM'
      AND TRIM(o.account_id_ob) <> ''
      AND g.account_id IS NULL
    GROUP BY o.account_id_ob
),
names AS (
    SELECT account_id, MIN(account_name) AS account_name
    FROM source.accounts
    GROUP BY account_id
)
SELECT g.account_id, g.account_name, g.worker_id, g.waiting_since, g.assigned_at,
       MIN(c.started) AS first_contact_at
FROM given AS g
LEFT JOIN gong.stg_gong_calls AS c
    ON (c.customer_id = g.account_id OR c.salesforce_account_id = g.account_id)
    AND c.started >= g.assigned_at
    AND COALESCE(c.scope, 'Unknown') <> 'Internal'
GROUP BY g.account_id, g.account_name, g.worker_id, g.waiting_since, g.assigned_at
UNION ALL
SELECT w.account_id, n.account_name, NULL, w.waiting_since, NULL, NULL
FROM waiting AS w
LEFT JOIN names AS n ON n.account_id = w.account_id
ORDER BY account_id
