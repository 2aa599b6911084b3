-- The proposals of one week, fewest moves first.
SELECT *
FROM analytics.rebalancing_proposals
WHERE week_start = CAST(? AS DATE)
ORDER BY proposal, account_id
