-- Rows of the analysis that are there, to keep those whose input and rubric are the same.
-- Grain: call. Parameters: first day, last day.
SELECT *
FROM analytics.call_analysis
WHERE call_date BETWEEN ? AND ?
ORDER BY call_id
