-- How many chunks were embedded by which model.
-- Grain: model.
SELECT model, COUNT(*) AS chunks
FROM analytics.transcript_embeddings
GROUP BY model
ORDER BY model
