-- Grain: one row per artefact of a kind and period, with the gate's verdict about it.
-- An artefact that nothing has judged has an empty verdict.
SELECT
    a.kind,
    a.artefact_id,
    a.period_start,
    a.period_end,
    a.channel,
    a.audience_id,
    a.recipient,
    a.subject,
    a.text_path,
    a.html_path,
    a.payload_path,
    a.attachment_path,
    a.attachment_name,
    a.content_sha256,
    g.verdict,
    g.reasons,
    g.content_sha256 AS judged_sha256
FROM ops.artefacts a
LEFT JOIN ops.send_gate g
    ON  g.kind = a.kind
    AND g.artefact_id = a.artefact_id
    AND g.period_start = a.period_start
WHERE a.kind = ?
  AND a.period_start = ?
ORDER BY a.artefact_id, a.channel
