-- Judgements of models that are there, to keep those of the same words, model and version.
-- Grain: call and criterion. Parameters: first day, last day.
SELECT *
FROM analytics.call_judgements
WHERE call_date BETWEEN ? AND ?
ORDER BY call_id, dimension, criterion
