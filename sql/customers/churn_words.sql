-- The newest words of leaving or giving back of each customer in 13 weeks, said in a call or written:
-- of one call those of leaving first, then of what goes back, then of trust, people and the rest.
-- Grain: customer. Parameters: Monday of the week.
WITH bounds AS (
    SELECT DATEADD('day', 6, CAST(? AS DATE))::DATE AS week_end
),
said AS (
    SELECT c.customer_id, g.call_date AS said_on, 'call' AS source, g.sentence AS words,
           COALESCE(p.title, p.full_name) AS speaker, g.call_id AS place,
           CASE g.about WHEN 'leaving' THEN 1 WHEN 'giving_back' THEN 2 WHEN 'trust' THEN 3 ELSE 4 END AS weight
    FROM analytics.call_signals g
    JOIN gong.stg_gong_calls c ON c.call_id = g.call_id AND c.call_date = g.call_date
    LEFT JOIN gong.stg_gong_call_participants p
           ON p.call_id = g.call_id AND p.call_date = g.call_date AND p.speaker_id = g.speaker_id
    CROSS JOIN bounds b
    WHERE c.customer_id IS NOT NULL AND NOT c.is_private AND g.kind = 'churn'
      AND g.call_date BETWEEN DATEADD('day', -90, b.week_end) AND b.week_end
    UNION ALL
    SELECT t.customer_id, t.said_on, REPLACE(t.source, '_', ' '), t.quote, NULL, t.text_id, 1
    FROM analytics.customer_texts t
    CROSS JOIN bounds b
    WHERE CONTAINS(',' || t.signals || ',', ',churn,')
      AND t.said_on BETWEEN DATEADD('day', -90, b.week_end) AND b.week_end
)
SELECT customer_id, said_on, source, words, speaker, place
FROM said
QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY said_on DESC, weight, place, words) = 1
ORDER BY customer_id
