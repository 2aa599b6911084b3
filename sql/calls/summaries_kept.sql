-- Summaries that are there, with the extract they were made from; not those made in vain.
-- Grain: call. Parameters: model, first day, last day.
SELECT call_id, text_hash, extract
FROM analytics.call_summaries
WHERE model = ? AND call_date BETWEEN ? AND ?
  AND extract IS NOT NULL
ORDER BY call_id
