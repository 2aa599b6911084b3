-- Which models embedded the calls of a span of days.
-- Grain: model. Parameters: first day, last day.
SELECT model, COUNT(*) AS chunks, MIN(call_date) AS first_day, MAX(call_date) AS last_day
FROM analytics.transcript_embeddings
WHERE call_date BETWEEN ? AND ?
GROUP BY model
ORDER BY model
