-- One row per customer in scope and sentence of 13 weeks of calls that bears on the contract.
WITH scope AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS week_start,
        CAST(? AS DATE) AS period_end,
        CAST(? AS DATE) AS current_start,
        CAST(? AS DATE) AS prior_start,
        CAST(? AS DATE) AS year_ago_start,
        CAST(? AS DATE) AS year_ago_end,
        CAST(? AS DATE) AS history_start
)

SELECT
    c.customer_id,
    g.kind,
    g.about,
    g.call_id,
    g.call_date AS said_on,
    g.sentence,
    COALESCE(p.title, p.full_name) AS speaker
FROM analytics.call_signals g
INNER JOIN gong.stg_gong_calls c ON g.call_id = c.call_id AND g.call_date = c.call_date
INNER JOIN scope s
    ON c.customer_id BETWEEN s.first_customer AND s.last_customer
    AND g.call_date BETWEEN DATEADD('day', -90, s.period_end) AND s.period_end
LEFT JOIN gong.stg_gong_call_participants p
    ON g.call_id = p.call_id AND g.call_date = p.call_date AND g.speaker_id = p.speaker_id
WHERE NOT c.is_private AND g.kind IN ('churn', 'competitor', 'expansion')
ORDER BY c.customer_id, g.call_date DESC, g.call_id, g.sentence_index
