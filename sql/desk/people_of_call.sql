-- Who spoke in a call that is not private, by the speaker of its transcript.
-- Grain: speaker. Parameters: call id.
SELECT p.call_id, p.speaker_id, p.full_name, p.title, p.affiliation
FROM gong.stg_gong_call_participants p
JOIN gong.stg_gong_calls c ON c.call_id = p.call_id AND c.call_date = p.call_date
WHERE p.call_id = ? AND p.speaker_id IS NOT NULL AND NOT c.is_private
QUALIFY ROW_NUMBER() OVER (PARTITION BY p.speaker_id ORDER BY p.full_name) = 1
ORDER BY p.speaker_id
