-- What customers wrote up to the end of a week: tickets, survey answers, and how they speak.
-- Grain: customer. Parameters: Monday of the week.
-- A source without any row is not connected, and then nothing is known; else none is none.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start
),
bounds AS (
    SELECT DATEADD('day', 6, week_start)::DATE   AS week_end,
           DATEADD('day', -84, week_start)::DATE AS quarter_from,
           DATEADD('day', -175, week_start)::DATE AS half_year_from
    FROM period
),
connected AS (
    SELECT (SELECT MIN(t.opened_on) FROM source.support_tickets t)     AS first_ticket,
           (SELECT MIN(r.responded_on) FROM source.survey_responses r) AS first_answer
),
ticketed AS (
    SELECT t.customer_id,
           SUM(IFF(t.opened_on >= b.quarter_from, 1, 0)) AS tickets,
           SUM(IFF(t.opened_on >= b.quarter_from AND t.severity IN ('high', 'critical'), 1, 0)) AS severe,
           SUM(IFF(t.closed_on IS NULL OR t.closed_on > b.week_end, 1, 0)) AS still_open,
           SUM(IFF((t.closed_on IS NULL OR t.closed_on > b.week_end)
                   AND t.severity IN ('high', 'critical'), 1, 0)) AS severe_open
    FROM source.support_tickets t
    CROSS JOIN bounds b
    WHERE t.opened_on <= b.week_end
    GROUP BY t.customer_id
),
answered AS (
    SELECT r.customer_id,
           COUNT(r.score) AS answers,
           SUM(IFF((r.survey_kind = 'nps' AND r.score <= 6) OR (r.survey_kind = 'csat' AND r.score <= 2)
                   OR (r.survey_kind = 'ces' AND r.score <= 3), 1, 0)) AS unhappy,
           MAX(r.responded_on) AS last_answer_on
    FROM source.survey_responses r
    CROSS JOIN bounds b
    WHERE r.responded_on BETWEEN b.half_year_from AND b.week_end AND r.score IS NOT NULL
    GROUP BY r.customer_id
),
rated AS (
    SELECT r.customer_id, r.score
    FROM source.survey_responses r
    CROSS JOIN bounds b
    WHERE r.responded_on BETWEEN b.half_year_from AND b.week_end
      AND r.survey_kind = 'nps' AND r.score IS NOT NULL
    QUALIFY ROW_NUMBER() OVER (PARTITION BY r.customer_id ORDER BY r.responded_on DESC, r.response_id) = 1
),
written AS (
    SELECT t.customer_id,
           SUM(IFF(t.source <> 'ticket' AND t.sentiment_category = 'negative', 1, 0)) AS negative_texts,
           SUM(IFF(CONTAINS(',' || t.signals || ',', ',churn,'), 1, 0))      AS churn_texts,
           SUM(IFF(CONTAINS(',' || t.signals || ',', ',competitor,'), 1, 0)) AS competitor_texts,
           SUM(IFF(CONTAINS(',' || t.signals || ',', ',expansion,'), 1, 0))  AS expansion_texts
    FROM analytics.customer_texts t
    CROSS JOIN bounds b
    WHERE t.said_on BETWEEN b.quarter_from AND b.week_end
    GROUP BY t.customer_id
),
known AS (
    SELECT COALESCE(c.first_ticket <= b.week_end, FALSE) AS has_tickets,
           COALESCE(c.first_answer <= b.week_end, FALSE) AS has_surveys
    FROM connected c
    CROSS JOIN bounds b
)
SELECT k.customer_id,
       IFF(n.has_tickets, COALESCE(t.tickets, 0), NULL)     AS tickets_13w,
       IFF(n.has_tickets, COALESCE(t.severe, 0), NULL)      AS severe_tickets_13w,
       IFF(n.has_tickets, COALESCE(t.still_open, 0), NULL)  AS open_tickets,
       IFF(n.has_tickets, COALESCE(t.severe_open, 0), NULL) AS severe_open_tickets,
       IFF(n.has_surveys, COALESCE(a.answers, 0), NULL)     AS survey_answers_26w,
       IFF(n.has_surveys, COALESCE(a.unhappy, 0), NULL)     AS unhappy_answers_26w,
       a.last_answer_on, r.score AS last_nps,
       IFF(n.has_tickets OR n.has_surveys, COALESCE(w.negative_texts, 0), NULL)   AS negative_texts_13w,
       IFF(n.has_tickets OR n.has_surveys, COALESCE(w.churn_texts, 0), NULL)      AS churn_texts_13w,
       IFF(n.has_tickets OR n.has_surveys, COALESCE(w.competitor_texts, 0), NULL) AS competitor_texts_13w,
       IFF(n.has_tickets OR n.has_surveys, COALESCE(w.expansion_texts, 0), NULL)  AS expansion_texts_13w
FROM source.customers k
CROSS JOIN known n
LEFT JOIN ticketed t ON t.customer_id = k.customer_id
LEFT JOIN answered a ON a.customer_id = k.customer_id
LEFT JOIN rated r    ON r.customer_id = k.customer_id
LEFT JOIN written w  ON w.customer_id = k.customer_id
ORDER BY k.customer_id
