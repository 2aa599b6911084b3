-- Sentences that hold all the words asked for, newest call first.
-- Grain: call and sentence. Parameters: first day, last day, rep's Gong user, customer, side (External,
-- Internal), what became of the deal (won, lost, open), six words in lower case, most rows. The four
-- filters may be NULL, spare words are ''.
WITH wanted AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day, CAST(? AS STRING) AS rep_user_id,
           CAST(? AS STRING) AS customer_id, CAST(? AS STRING) AS affiliation,
           CAST(? AS STRING) AS outcome,
           CAST(? AS STRING) AS w1, CAST(? AS STRING) AS w2, CAST(? AS STRING) AS w3,
           CAST(? AS STRING) AS w4, CAST(? AS STRING) AS w5,
           CAST(? AS STRING) AS w6, CAST(? AS BIGINT) AS most
),
found AS (
    SELECT t.call_id, t.call_date, c.started, c.title, c.account_name, t.sentence_index, t.start_ms,
           t.affiliation, t.sentence,
           COUNT(*) OVER () AS sentences_found,
           DENSE_RANK() OVER (ORDER BY c.started DESC, t.call_id) AS call_rank,
           ROW_NUMBER() OVER (ORDER BY c.started DESC, t.call_id, t.sentence_index) AS place
    FROM gong.stg_gong_call_transcripts t
    JOIN gong.stg_gong_calls c ON c.call_id = t.call_id AND c.call_date = t.call_date
    CROSS JOIN wanted w
    LEFT JOIN source.hubspot_deals d ON d.deal_id = c.hubspot_deal_id
    LEFT JOIN analytics.call_analysis a ON a.call_id = t.call_id AND a.call_date = t.call_date
    WHERE NOT c.is_private
      AND t.call_date BETWEEN w.first_day AND w.last_day
      AND (w.rep_user_id IS NULL OR a.rep_user_id = w.rep_user_id)
      AND (w.customer_id IS NULL OR c.customer_id = w.customer_id)
      AND (w.affiliation IS NULL OR t.affiliation = w.affiliation)
      AND (w.outcome IS NULL OR w.outcome =
           CASE WHEN CONTAINS(LOWER(d.deal_stage), 'won') THEN 'won'
                WHEN CONTAINS(LOWER(d.deal_stage), 'lost') THEN 'lost'
                WHEN d.deal_stage IS NOT NULL THEN 'open' END)
      AND CONTAINS(LOWER(t.sentence), w.w1) AND CONTAINS(LOWER(t.sentence), w.w2)
      AND CONTAINS(LOWER(t.sentence), w.w3) AND CONTAINS(LOWER(t.sentence), w.w4)
      AND CONTAINS(LOWER(t.sentence), w.w5) AND CONTAINS(LOWER(t.sentence), w.w6)
),
counted AS (
    SELECT f.*, MAX(f.call_rank) OVER () AS calls_found FROM found f
)
SELECT k.call_id, k.call_date, k.started, k.title, k.account_name, k.sentence_index, k.start_ms,
       k.affiliation, k.sentence, k.sentences_found, k.calls_found
FROM counted k
CROSS JOIN wanted w
WHERE k.place <= w.most
ORDER BY k.place
