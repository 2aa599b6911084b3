-- One row per week and edition, newest first: how many reports, for how many CSMs, and what held.
SELECT
    r.week_start,
    r.edition,
    COUNT(*) AS reports,
    COUNT(DISTINCT r.csm_id) AS csms,
    SUM(CASE WHEN r.status = 'written' AND r.writer = 'rules' THEN 1 ELSE 0 END) AS by_rules,
    SUM(CASE WHEN r.status = 'written' AND r.writer <> 'rules' THEN 1 ELSE 0 END) AS by_models,
    ROUND(AVG(LENGTH(NULLIF(r.full_report, 'withheld')))) AS mean_letters,
    SUM(CASE WHEN g.verdict = 'hold' THEN 1 ELSE 0 END) AS held,
    SUM(CASE WHEN r.status = 'failed' THEN 1 ELSE 0 END) AS failed,
    SUM(CASE WHEN r.revision > 1 THEN 1 ELSE 0 END) AS made_again,
    MAX(r.generated_at) AS generated_at
FROM analytics.weekly_reports r
LEFT JOIN ops.send_gate g
    ON r.customer_id = g.artefact_id AND r.week_start = g.period_start
    AND g.kind = 'weekly_report' AND r.edition = 'weekly'
GROUP BY r.week_start, r.edition
ORDER BY r.week_start DESC, r.edition
