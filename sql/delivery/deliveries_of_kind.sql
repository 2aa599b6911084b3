-- Grain: one row per delivery or held artefact of two kinds (that may be one) and a period.
SELECT *
FROM ops.deliveries
WHERE report_kind IN (?, ?)
  AND period_start = ?
ORDER BY state, artefact_id, channel
