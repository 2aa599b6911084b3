-- One row per digest or team summary that may be sent by mail, newest week first.
SELECT a.kind, a.artefact_id, a.period_start, a.subject, a.text_path, a.html_path
FROM ops.artefacts a
WHERE a.kind IN ('rep_digest', 'team_summary') AND a.channel = 'email'
ORDER BY a.period_start DESC, a.kind, a.artefact_id
