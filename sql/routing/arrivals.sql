-- When each account first needed a CSM: the first assignment that is known, or since when it waits.
WITH came AS (
    SELECT account_id, MIN(assigned_at) AS arrived_at
    FROM source.csm_assignment_history
    GROUP BY account_id
    UNION ALL
    SELECT account_id, MIN(owned_since) AS arrived_at
    FROM source.accounts
    WHERE owned_since IS NOT NULL
    GROUP BY account_id
    UNION ALL
    SELECT account_id_ob AS account_id, MIN(needs_csm_since) AS arrived_at
    FROM source.onboarding_detail
    WHERE needs_csm_since IS NOT NULL AND account_id_ob IS NOT NULL
    GROUP BY account_id_ob
),
firsts AS (
    SELECT account_id, MIN(arrived_at) AS arrived_at
    FROM came
    GROUP BY account_id
),
lost AS (
    SELECT account_id, MAX(ended_at) AS lost_at
    FROM source.csm_assignment_history
    WHERE outcome = 'churned'
    GROUP BY account_id
),
regions AS (
    SELECT account_id, MAX(region) AS region
    FROM source.accounts
    GROUP BY account_id
)
SELECT f.account_id, r.region, f.arrived_at, l.lost_at
FROM firsts AS f
LEFT JOIN regions AS r ON r.account_id = f.account_id
LEFT JOIN lost AS l ON l.account_id = f.account_id
ORDER BY f.arrived_at, f.account_id
