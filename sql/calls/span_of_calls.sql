-- First and last day with analysed calls, and how many there are.
-- Grain: one row.
SELECT MIN(call_date) AS first_day, MAX(call_date) AS last_day, COUNT(*) AS calls
FROM analytics.call_analysis
