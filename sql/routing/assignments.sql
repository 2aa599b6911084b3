-- Every account we gave a CSM.
SELECT *
FROM analytics.account_csm_assignments
ORDER BY account_id
