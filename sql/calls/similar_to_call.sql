-- Calls by nearness to one call: for each of its chunks the nearest chunk of the other call, averaged.
-- Grain: call, with the pair of chunks that are nearest. Parameters: model, call id, first day, last day,
-- rep's Gong user, customer, call type, deal stage, what became of the deal (won, lost, open), lowest
-- similarity, most rows. The five filters may be NULL.
WITH wanted AS (
    SELECT CAST(? AS STRING) AS model, CAST(? AS STRING) AS call_id,
           CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day,
           CAST(? AS STRING) AS rep_user_id, CAST(? AS STRING) AS customer_id, CAST(? AS STRING) AS call_type,
           CAST(? AS STRING) AS deal_stage, CAST(? AS STRING) AS outcome,
           CAST(? AS DOUBLE) AS lowest, CAST(? AS BIGINT) AS most
),
mine AS (
    SELECT e.chunk_index, e.embedding
    FROM analytics.transcript_embeddings e
    JOIN wanted w ON w.call_id = e.call_id AND w.model = e.model
),
candidates AS (
    SELECT e.call_id, e.call_date, e.chunk_index, e.first_sentence, e.last_sentence, e.chunk_text,
           e.embedding
    FROM analytics.transcript_embeddings e
    JOIN gong.stg_gong_calls c ON c.call_id = e.call_id AND c.call_date = e.call_date
    CROSS JOIN wanted w
    LEFT JOIN source.hubspot_deals d ON d.deal_id = c.hubspot_deal_id
    LEFT JOIN analytics.call_analysis a ON a.call_id = e.call_id AND a.call_date = e.call_date
    WHERE e.model = w.model
      AND e.call_id <> w.call_id
      AND NOT c.is_private
      AND e.call_date BETWEEN w.first_day AND w.last_day
      AND (w.rep_user_id IS NULL OR a.rep_user_id = w.rep_user_id)
      AND (w.customer_id IS NULL OR c.customer_id = w.customer_id)
      AND (w.call_type IS NULL OR c.call_type = w.call_type)
      AND (w.deal_stage IS NULL OR COALESCE(c.deal_stage_at_call, d.deal_stage) = w.deal_stage)
      AND (w.outcome IS NULL OR w.outcome =
           CASE WHEN CONTAINS(LOWER(d.deal_stage), 'won') THEN 'won'
                WHEN CONTAINS(LOWER(d.deal_stage), 'lost') THEN 'lost'
                WHEN d.deal_stage IS NOT NULL THEN 'open' END)
),
pairs AS (
    SELECT k.call_id, k.call_date, m.chunk_index AS my_chunk, k.chunk_index, k.first_sentence,
           k.last_sentence, k.chunk_text,
           VECTOR_COSINE_SIMILARITY(k.embedding, m.embedding) AS similarity
    FROM candidates k
    CROSS JOIN mine m
),
nearest AS (
    SELECT *
    FROM pairs
    QUALIFY ROW_NUMBER() OVER (PARTITION BY call_id, my_chunk
                               ORDER BY similarity DESC, chunk_index) = 1
),
averaged AS (
    SELECT call_id, AVG(similarity::DOUBLE) AS mean_similarity
    FROM nearest
    GROUP BY call_id
)
SELECT p.call_id, p.call_date, p.chunk_index, p.first_sentence, p.last_sentence, p.chunk_text,
       v.mean_similarity AS similarity
FROM nearest p
JOIN averaged v ON v.call_id = p.call_id
CROSS JOIN wanted w
WHERE v.mean_similarity >= w.lowest
QUALIFY ROW_NUMBER() OVER (PARTITION BY p.call_id
                           ORDER BY p.similarity DESC, p.chunk_index, p.my_chunk) = 1
    AND DENSE_RANK() OVER (ORDER BY v.mean_similarity DESC, p.call_id) <= w.most
ORDER BY similarity DESC, p.call_id
