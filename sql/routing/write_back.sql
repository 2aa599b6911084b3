-- What the CRM should hold, one row an account whose owner differs there, with mail addresses.
SELECT v.*,
       b.worker_email AS owner_before_email,
       o.worker_email AS owner_after_email
FROM analytics.vw_csm_write_back AS v
LEFT JOIN source.workday_workers AS b ON b.worker_id = v.owner_before
LEFT JOIN source.workday_workers AS o ON o.worker_id = v.owner_after
ORDER BY v.account_id
