-- One row per digest, summary of a manager's team, and summary of all, newest week first, with
-- whom it is for and who leads them. The summary of all goes to Slack and is for nobody by name.
SELECT a.kind, a.artefact_id, a.period_start, a.subject, a.text_path, a.html_path,
       u.full_name AS person,
       m.full_name AS manager
FROM ops.artefacts a
LEFT JOIN gong.gong_users u ON u.user_id = a.audience_id
LEFT JOIN gong.gong_users m ON m.user_id = u.manager_id
WHERE a.kind IN ('rep_digest', 'team_summary')
ORDER BY a.period_start DESC, a.kind, COALESCE(u.full_name, a.artefact_id), a.artefact_id
