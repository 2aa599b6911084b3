-- Grain: one row per delivery or held artefact of a kind and period.
SELECT *
FROM ops.deliveries
WHERE report_kind = ?
  AND period_start = ?
ORDER BY state, artefact_id, channel
