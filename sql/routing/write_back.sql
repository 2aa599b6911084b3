-- What the CRM should hold, one row an account whose owner differs there.
SELECT *
FROM analytics.vw_csm_write_back
ORDER BY account_id
