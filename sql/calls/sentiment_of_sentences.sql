-- Sentiment of each sentence of the customer's side that says something (three words or more).
-- Grain: call and sentence. Parameters: first day, last day, calls as ',id,id,' (',' alone: all).
-- Sentences, not whole calls: far below the limit of 2,048 tokens, and each verdict can be quoted.
WITH spoken AS (
    SELECT t.call_id, t.call_date, t.sentence_index, t.start_ms, t.sentence
    FROM gong.stg_gong_call_transcripts t
    JOIN gong.stg_gong_calls c ON c.call_id = t.call_id AND c.call_date = t.call_date
    WHERE t.call_date BETWEEN ? AND ?
      AND NOT c.is_private
      AND t.affiliation = 'External'
      AND CONTAINS(?, CASE WHEN ? = ',' THEN ',' ELSE ',' || t.call_id || ',' END)
),
judged AS (
    SELECT call_id, call_date, sentence_index, start_ms, sentence,
           CASE WHEN LENGTH(sentence) - LENGTH(REPLACE(sentence, ' ', '')) >= 2
                THEN AI_SENTIMENT(sentence) END AS sentiment
    FROM spoken
)
SELECT call_id, call_date, sentence_index, start_ms, sentence,
       GET(sentiment['categories'], 0)['sentiment']::STRING AS sentiment_category,
       sentiment['score']::DOUBLE                           AS sentiment_score
FROM judged
ORDER BY call_id, sentence_index
