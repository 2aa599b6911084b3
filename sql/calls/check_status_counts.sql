-- How many calls have which status.
-- Grain: status.
SELECT status, COUNT(*) AS calls
FROM analytics.call_analysis
GROUP BY status
ORDER BY status
