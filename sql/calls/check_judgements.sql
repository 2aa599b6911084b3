-- What model and rules say of each criterion.
-- Grain: call and criterion.
SELECT j.dimension, j.share, j.rules_share, j.compared
FROM analytics.call_judgements j
ORDER BY j.call_id, j.dimension, j.criterion
