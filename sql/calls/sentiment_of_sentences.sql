-- Sentiment of each sentence of the customer's side that says something (three words or more).
-- Grain: call and sentence. Parameters: first day, last day, calls as ',id,id,' (',' alone: all).
-- Sentences, not whole calls: far below the limit of 2,048 tokens, and each verdict can be quoted.
-- The function judges one text a row, so what is said in many calls ("Sounds good to me.") is asked
-- once. It stands behind a WHERE, not in a CASE, so that no other row is ever billed. Was a sentence
-- asked and has no category, the function failed on it (it gives NULL then).
WITH spoken AS (
    SELECT t.call_id, t.call_date, t.sentence_index, t.start_ms, t.sentence
    FROM gong.stg_gong_call_transcripts t
    JOIN gong.stg_gong_calls c ON c.call_id = t.call_id AND c.call_date = t.call_date
    WHERE t.call_date BETWEEN ? AND ?
      AND NOT c.is_private
      AND t.affiliation = 'External'
      AND CONTAINS(?, CASE WHEN ? = ',' THEN ',' ELSE ',' || t.call_id || ',' END)
),
told AS (
    SELECT DISTINCT sentence
    FROM spoken
    WHERE LENGTH(sentence) - LENGTH(REPLACE(sentence, ' ', '')) >= 2
),
judged AS (
    SELECT sentence, AI_SENTIMENT(sentence) AS sentiment FROM told
)
SELECT s.call_id, s.call_date, s.sentence_index, s.start_ms, s.sentence,
       j.sentence IS NOT NULL                                 AS was_asked,
       GET(j.sentiment['categories'], 0)['sentiment']::STRING AS sentiment_category,
       j.sentiment['score']::DOUBLE                           AS sentiment_score
FROM spoken s
LEFT JOIN judged j ON j.sentence = s.sentence
ORDER BY s.call_id, s.sentence_index
