-- What customers said of leaving or giving something back: a summary must not omit it.
-- Grain: call and sentence. Parameters: first day, last day.
SELECT g.call_id, g.sentence
FROM analytics.call_signals g
WHERE g.call_date BETWEEN ? AND ?
  AND g.kind = 'churn'
ORDER BY g.call_id, g.confidence DESC, g.sentence_index
