-- Signals of a span of days that a model found: kept while its sentence stands.
-- Grain: call, kind and sentence. Parameters: first day, last day.
SELECT g.call_id, g.kind, g.sentence_index, g.sentence, g.confidence, g.found_by
FROM analytics.call_signals g
WHERE g.call_date BETWEEN ? AND ?
  AND g.found_by <> 'rules'
ORDER BY g.call_id, g.sentence_index, g.kind
