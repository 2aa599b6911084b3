-- Judgements of models beside the rules', the newest call first, with who was talking to whom.
-- Grain: call and criterion. Parameters: first day, last day, how they compare (NULL: all), call, rep's
-- Gong user. The last two may be NULL, too.
WITH wanted AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day, CAST(? AS STRING) AS compared,
           CAST(? AS STRING) AS call_id, CAST(? AS STRING) AS rep_user_id
)
SELECT j.call_id, j.call_date, j.dimension, j.criterion, j.compared, j.share, j.reason, j.sentence_index,
       j.start_ms, j.speaker, j.quote, j.rejected, j.rules_share, j.rules_reason, j.rules_sentence_index,
       j.rules_quote, j.model, j.judge_version, c.account_name, a.rep_user_id
FROM analytics.call_judgements j
CROSS JOIN wanted w
JOIN gong.stg_gong_calls c ON c.call_id = j.call_id AND c.call_date = j.call_date
LEFT JOIN analytics.call_analysis a ON a.call_id = j.call_id AND a.call_date = j.call_date
WHERE j.call_date BETWEEN w.first_day AND w.last_day
  AND NOT c.is_private
  AND (w.compared IS NULL OR j.compared = w.compared)
  AND (w.call_id IS NULL OR j.call_id = w.call_id)
  AND (w.rep_user_id IS NULL OR a.rep_user_id = w.rep_user_id)
ORDER BY j.call_date DESC, j.call_id, j.dimension, j.criterion
