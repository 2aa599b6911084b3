-- The parent of every account that has one; of an account listed twice, the first in order.
SELECT account_id, MIN(parent_account_id) AS parent_account_id
FROM source.accounts
WHERE parent_account_id IS NOT NULL
GROUP BY account_id
ORDER BY account_id
