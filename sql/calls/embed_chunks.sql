-- Chunks of a span of days with their vectors; a chunk whose words and model are the same keeps its own.
-- Grain: call and chunk. Parameters: model, first day, last day, calls as ',id,id,' (',' alone: all)
-- twice, model again.
-- AI_EMBED is given the model itself, no column: the type of its result depends on it.
WITH wanted AS (
    SELECT ? AS model, CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
),
compared AS (
    SELECT c.call_id, c.call_date, c.chunk_index, c.first_sentence, c.last_sentence, c.chunk_text,
           c.text_hash, w.model, e.embedding AS kept
    FROM analytics.transcript_chunks c
    CROSS JOIN wanted w
    LEFT JOIN analytics.transcript_embeddings e
           ON e.call_id = c.call_id AND e.call_date = c.call_date
          AND e.chunk_index = c.chunk_index
          AND e.text_hash = c.text_hash AND e.model = w.model
    WHERE c.call_date BETWEEN w.first_day AND w.last_day
      AND CONTAINS(?, CASE WHEN ? = ',' THEN ',' ELSE ',' || c.call_id || ',' END)
)
SELECT call_id, call_date, chunk_index, first_sentence, last_sentence, chunk_text, text_hash, model,
       kept AS embedding
FROM compared
WHERE kept IS NOT NULL
UNION ALL
SELECT call_id, call_date, chunk_index, first_sentence, last_sentence, chunk_text, text_hash, model,
       AI_EMBED(?, chunk_text) AS embedding
FROM compared
WHERE kept IS NULL
