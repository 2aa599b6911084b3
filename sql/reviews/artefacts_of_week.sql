-- One row per report of the week that may be sent: where its parts are, who it is for.
WITH period AS (SELECT CAST(? AS DATE) AS week_start)

SELECT a.*
FROM ops.artefacts a
INNER JOIN period p ON a.period_start = p.week_start
WHERE a.kind = 'weekly_report'
ORDER BY a.artefact_id
