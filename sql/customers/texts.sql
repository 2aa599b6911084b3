-- Texts that customers wrote, with their sentiment where it is wanted.
-- Grain: text. Parameters: first day, last day, and twice the wanted texts as ',id,id,' (',' alone:
-- all; ',,': none). The function stands behind a WHERE, so that no other row is ever billed.
WITH span AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
),
written AS (
    SELECT 'ticket/' || ticket_id AS text_id, customer_id, opened_on AS said_on,
           'ticket' AS source, ticket_text AS words
    FROM source.support_tickets
    UNION ALL
    SELECT 'ticket_answer/' || ticket_id, customer_id, COALESCE(closed_on, opened_on),
           'ticket_answer', satisfaction_text
    FROM source.support_tickets
    UNION ALL
    SELECT 'survey/' || response_id, customer_id, responded_on, 'survey', response_text
    FROM source.survey_responses
),
told AS (
    SELECT w.text_id, w.customer_id, w.said_on, w.source, w.words
    FROM written w
    JOIN span s ON w.said_on BETWEEN s.first_day AND s.last_day
    WHERE TRIM(w.words) <> ''
),
judged AS (
    SELECT text_id, AI_SENTIMENT(words) AS sentiment
    FROM told
    WHERE CONTAINS(?, CASE WHEN ? = ',' THEN ',' ELSE ',' || text_id || ',' END)
)
SELECT t.text_id, t.customer_id, t.said_on, t.source, t.words,
       j.text_id IS NOT NULL                                  AS was_asked,
       GET(j.sentiment['categories'], 0)['sentiment']::STRING AS sentiment_category,
       j.sentiment['score']::DOUBLE                           AS sentiment_score
FROM told t
LEFT JOIN judged j ON j.text_id = t.text_id
ORDER BY t.text_id
