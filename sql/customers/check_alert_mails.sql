-- CSMs with news of the week for whom no mail, or no verdict on it, is filed.
-- Grain: owner and week. Parameter: Monday of the week.
WITH period AS (SELECT CAST(? AS DATE) AS week_start)
SELECT DISTINCT a.owner_id, a.week_start
FROM analytics.customer_alerts a
JOIN period p ON p.week_start = a.week_start
LEFT JOIN ops.artefacts f
  ON f.kind = 'customer_alerts' AND f.audience_id = a.owner_id AND f.period_start = a.week_start
LEFT JOIN ops.send_gate g
  ON g.kind = f.kind AND g.artefact_id = f.artefact_id AND g.period_start = f.period_start
WHERE a.is_news AND a.owner_id IS NOT NULL AND g.verdict IS NULL
ORDER BY a.week_start, a.owner_id
