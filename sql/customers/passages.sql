-- What can be searched of customers: newest summaries, notes, tickets, survey answers, calls.
-- Grain: passage. Parameters: Monday of the week, first day.
WITH span AS (
    SELECT CAST(? AS DATE) AS week_start, CAST(? AS DATE) AS first_day
)
SELECT i.customer_id, 'summary' AS source, DATEADD('day', 6, i.week_start)::DATE AS said_on,
       i.action_id AS place, i.summary AS words
FROM analytics.customer_insights i
JOIN span p ON p.week_start = i.week_start
UNION ALL
SELECT a.customer_id, 'note', CAST(a.done_at AS DATE), a.action_id, a.note
FROM ops.customer_actions a
JOIN span p ON CAST(a.done_at AS DATE) >= p.first_day
WHERE a.note IS NOT NULL
UNION ALL
SELECT t.customer_id, 'ticket', t.opened_on, t.ticket_id, t.ticket_text
FROM source.support_tickets t
JOIN span p ON t.opened_on >= p.first_day
WHERE t.ticket_text IS NOT NULL
UNION ALL
SELECT r.customer_id, 'survey', r.responded_on, r.response_id, r.response_text
FROM source.survey_responses r
JOIN span p ON r.responded_on >= p.first_day
WHERE r.response_text IS NOT NULL
UNION ALL
SELECT c.customer_id, 'call', t.call_date, t.call_id, t.sentence
FROM gong.stg_gong_call_transcripts t
JOIN gong.stg_gong_calls c ON c.call_id = t.call_id AND c.call_date = t.call_date
JOIN span p ON t.call_date >= p.first_day
WHERE c.customer_id IS NOT NULL AND NOT c.is_private AND t.affiliation = 'External'
  AND LENGTH(t.sentence) - LENGTH(REPLACE(t.sentence, ' ', '')) >= 3
ORDER BY 1, 2, 3, 4, 5
