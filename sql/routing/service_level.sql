-- For each account we gave a CSM: since when it waited, when it got one, and the first call with the
-- customer after that. Held assignments have no CSM yet.
SELECT a.account_id, a.waiting_since, a.assigned_at, MIN(c.started) AS first_contact_at
FROM analytics.account_csm_assignments AS a
LEFT JOIN gong.stg_gong_calls AS c
    ON (c.customer_id = a.account_id OR c.salesforce_account_id = a.account_id)
    AND c.started >= a.assigned_at
    AND COALESCE(c.scope, 'Unknown') <> 'Internal'
WHERE a.status <> 'held'
GROUP BY a.account_id, a.waiting_since, a.assigned_at
ORDER BY a.account_id
