-- How many modules are in each stage of adoption.
-- Grain: stage, empty where it is not known. Parameters: first and last Monday.
SELECT adoption_stage, COUNT(*) AS modules
FROM analytics.module_adoption
WHERE week_start BETWEEN ? AND ?
GROUP BY adoption_stage
ORDER BY adoption_stage
