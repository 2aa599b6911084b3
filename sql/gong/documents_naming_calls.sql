-- One row per digest or summary and withdrawn call whose id its fact sheet holds, with its files.
WITH due AS (
    SELECT DISTINCT p.call_id
    FROM gong.gong_purges p
    JOIN gong.gong_calls_raw c ON c.call_id = p.call_id
    WHERE (c.is_private OR c.is_deleted)
      AND (p.carried_out_at IS NULL OR p.purged_at >= ?)
),
documents AS (
    SELECT
        'rep_digest' AS kind,
        rep_user_id AS artefact_id,
        week_start,
        sheet,
        html_path,
        text_path,
        facts_path AS other_path
    FROM analytics.rep_digests
    WHERE sheet IS NOT NULL
    UNION ALL
    SELECT
        'team_summary' AS kind,
        audience_id AS artefact_id,
        week_start,
        sheet,
        html_path,
        text_path,
        payload_path AS other_path
    FROM analytics.team_summary
)
SELECT
    d.kind, d.artefact_id, d.week_start, d.html_path, d.text_path, d.other_path, a.attachment_path, d.sheet,
    due.call_id
FROM documents d
JOIN due ON CONTAINS(d.sheet, due.call_id)
LEFT JOIN ops.artefacts a
    ON a.kind = d.kind AND a.artefact_id = d.artefact_id AND a.period_start = d.week_start
ORDER BY d.kind, d.artefact_id, d.week_start, due.call_id
