-- Chunks of calls by nearness to a question, the nearest first: filtered first, then ranked.
-- Grain: call and chunk. Parameters: model, words asked for, model again, first day, last day, rep's Gong user,
-- customer, call type, deal stage, what became of the deal (won, lost, open), lowest similarity, most rows. The
-- five filters may be NULL.
-- AI_EMBED is given the model itself, no column: the type of its result depends on it.
WITH asked AS (
    SELECT AI_EMBED(?, CAST(? AS STRING)) AS embedding
),
wanted AS (
    SELECT CAST(? AS STRING) AS model, CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day,
           CAST(? AS STRING) AS rep_user_id, CAST(? AS STRING) AS customer_id, CAST(? AS STRING) AS call_type,
           CAST(? AS STRING) AS deal_stage, CAST(? AS STRING) AS outcome,
           CAST(? AS DOUBLE) AS lowest, CAST(? AS BIGINT) AS most
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
ranked AS (
    SELECT k.call_id, k.call_date, k.chunk_index, k.first_sentence, k.last_sentence, k.chunk_text,
           VECTOR_COSINE_SIMILARITY(k.embedding, q.embedding) AS similarity
    FROM candidates k
    CROSS JOIN asked q
)
SELECT r.call_id, r.call_date, r.chunk_index, r.first_sentence, r.last_sentence, r.chunk_text,
       r.similarity
FROM ranked r
CROSS JOIN wanted w
WHERE r.similarity >= w.lowest
QUALIFY ROW_NUMBER() OVER (ORDER BY r.similarity DESC, r.call_id, r.chunk_index) <= w.most
ORDER BY r.similarity DESC, r.call_id, r.chunk_index
