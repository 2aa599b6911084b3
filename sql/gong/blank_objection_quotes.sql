-- Quotes of calls whose words were removed at a moment are taken out of the objections; counts stay.
UPDATE analytics.rep_week_objections
SET quote = NULL, quote_call_id = NULL, quote_sentence_index = NULL, quote_start_ms = NULL
WHERE quote_call_id IN (
    SELECT call_id
    FROM gong.gong_purges
    WHERE purged_at = ?
)
