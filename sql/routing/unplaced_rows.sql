-- What the accounts source says of the accounts that wait and that their last batch left to a
-- person: whether the rows can be used by now. One row each time the source lists the account.
WITH waiting AS (
    SELECT DISTINCT account_id_ob AS account_id
    FROM source.onboarding_detail
    WHERE success_transition_status_ob = 'Needs CSM'
),
numbered AS (
    SELECT r.account_id, r.status,
           ROW_NUMBER() OVER (
               PARTITION BY r.account_id ORDER BY r.recommended_at DESC, r.batch_id DESC
           ) AS place
    FROM analytics.csm_routing_recommendations AS r
    WHERE r.rank = 1
)
SELECT s.*
FROM numbered AS n
JOIN waiting AS w ON w.account_id = n.account_id
JOIN source.accounts AS s ON s.account_id = n.account_id
WHERE n.place = 1 AND n.status = 'needs_person'
ORDER BY s.account_id
