-- One row per book of the week that somebody has or may have: to whom it went.
SELECT artefact_id, audience, recipient
FROM ops.deliveries
WHERE report_kind = 'book' AND period_start = CAST(? AS DATE)
    AND state IN ('sending', 'sent', 'unknown')
ORDER BY artefact_id
