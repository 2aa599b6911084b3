-- The gate's verdicts on digests and team summaries of a span of weeks.
WITH period AS (SELECT CAST(? AS DATE) AS first_week, CAST(? AS DATE) AS last_week)
SELECT g.kind, g.artefact_id, g.period_start, g.verdict, g.reasons
FROM ops.send_gate g
CROSS JOIN period p
WHERE g.period_start BETWEEN p.first_week AND p.last_week
  AND g.kind IN ('rep_digest', 'team_summary')
ORDER BY g.kind, g.artefact_id, g.period_start
