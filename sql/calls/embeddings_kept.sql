-- Which chunks have a vector of a model.
-- Grain: call and chunk. Parameters: model, first day, last day.
SELECT call_id, chunk_index, text_hash
FROM analytics.transcript_embeddings
WHERE model = ? AND call_date BETWEEN ? AND ?
ORDER BY call_id, chunk_index
