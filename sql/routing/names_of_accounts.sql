-- Every account's name by id: which is meant by a name as people type it.
SELECT account_id, account_name
FROM source.accounts
ORDER BY account_id
