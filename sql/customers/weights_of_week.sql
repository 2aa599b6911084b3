-- Configured weights of health and those that the past proposes.
-- Grain: factor. Parameters: Monday of the week.
SELECT factor, configured_weight, proposed_weight, cases, lost
FROM analytics.health_weights
WHERE week_start = ?
ORDER BY factor
