-- What customers said in scored calls of a span of days, with their account as far as known.
-- Grain: sentence. Parameters: first day, last day.
SELECT t.call_id, t.call_date, t.sentence_index, t.start_ms, t.sentence,
       COALESCE(c.customer_id, c.hubspot_company_id, c.account_name) AS account_key
FROM gong.stg_gong_call_transcripts t
JOIN gong.stg_gong_calls c ON c.call_id = t.call_id AND c.call_date = t.call_date
JOIN analytics.call_analysis a ON a.call_id = t.call_id AND a.call_date = t.call_date
WHERE t.call_date BETWEEN ? AND ?
  AND t.affiliation = 'External'
  AND a.status = 'scored'
  AND NOT c.is_private
ORDER BY t.call_id, t.sentence_index
