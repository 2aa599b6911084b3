-- Service levels that the newest day did not reach.
-- Grain: measure and stage.
SELECT day, measure, stage, good, total, share, target
FROM ops.service_levels
WHERE day = (SELECT MAX(day) FROM ops.service_levels) AND NOT is_met
ORDER BY measure, stage
