-- Grain: one row per artefact that the latest delivery run of its kind and period held back.
SELECT
    delivery_key,
    environment,
    report_kind,
    period_start,
    period_end,
    artefact_id,
    audience,
    channel,
    recipient,
    revision,
    state,
    subject,
    reason AS last_error_text
FROM ops.deliveries
WHERE state = 'held'
ORDER BY period_start, report_kind, artefact_id, channel
