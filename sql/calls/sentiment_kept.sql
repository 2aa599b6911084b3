-- Sentiment that is there, to keep it where the words and the model are the same.
-- Grain: call. Parameters: first day, last day.
SELECT *
FROM analytics.call_sentiment
WHERE call_date BETWEEN ? AND ?
ORDER BY call_id
