-- One row per customer in scope and sentence of 13 weeks, said in a call or written, that bears on the
-- contract.
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
),

spoken AS (
    SELECT
        c.customer_id,
        g.kind,
        g.about,
        g.call_id,
        g.call_date AS said_on,
        g.sentence,
        g.sentence_index
    FROM analytics.call_signals g
    INNER JOIN gong.stg_gong_calls c ON g.call_id = c.call_id AND g.call_date = c.call_date
    INNER JOIN scope s
        ON c.customer_id BETWEEN s.first_customer AND s.last_customer
        AND g.call_date BETWEEN DATEADD('day', -90, s.period_end) AND s.period_end
    WHERE NOT c.is_private AND g.kind IN ('churn', 'competitor', 'expansion')
),

written AS (
    SELECT
        t.customer_id,
        'written' AS kind,
        CAST(NULL AS STRING) AS about,
        t.text_id AS call_id,
        t.said_on,
        t.quote AS sentence,
        0 AS sentence_index
    FROM analytics.customer_texts t
    INNER JOIN scope s
        ON t.customer_id BETWEEN s.first_customer AND s.last_customer
        AND t.said_on BETWEEN DATEADD('day', -90, s.period_end) AND s.period_end
    WHERE CONTAINS(',' || t.signals || ',', ',churn,')
        OR CONTAINS(',' || t.signals || ',', ',competitor,')
)

SELECT customer_id, kind, about, call_id, said_on, sentence
FROM (SELECT * FROM spoken UNION ALL SELECT * FROM written) w
ORDER BY customer_id, said_on DESC, call_id, sentence_index
