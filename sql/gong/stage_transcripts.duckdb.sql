-- One row per sentence of a call, in the order spoken, with the side of its speaker (DuckDB).
WITH typed AS (
    SELECT
        t.call_id, c.call_date,
        from_json(t.payload, '{"transcript": [{"speakerId": "VARCHAR", "sentences": [
            {"start": "DOUBLE", "end": "DOUBLE", "text": "VARCHAR"}]}]}'
        ).transcript AS turns
    FROM gong.gong_call_transcripts_raw t
    JOIN gong.gong_calls_raw c ON c.call_id = t.call_id
    WHERE c.call_date BETWEEN ? AND ?
      AND NOT c.is_deleted
      AND NOT c.is_private
),
each_turn AS (
    SELECT call_id, call_date, unnest(turns) AS turn, generate_subscripts(turns, 1) - 1 AS turn_index
    FROM typed
),
each_sentence AS (
    SELECT
        call_id, call_date, turn_index,
        NULLIF(TRIM(turn.speakerId), '') AS speaker_id,
        unnest(turn.sentences) AS spoken,
        generate_subscripts(turn.sentences, 1) - 1 AS place
    FROM each_turn
),
speakers AS (
    SELECT call_id, speaker_id, affiliation, user_id
    FROM gong.stg_gong_call_participants
    WHERE speaker_id IS NOT NULL
    QUALIFY ROW_NUMBER() OVER (PARTITION BY call_id, speaker_id ORDER BY party_index) = 1
)
SELECT
    s.call_id,
    s.call_date,
    ROW_NUMBER() OVER (PARTITION BY s.call_id ORDER BY s.turn_index, s.place) - 1 AS sentence_index,
    s.turn_index,
    s.speaker_id,
    COALESCE(p.affiliation, 'Unknown') AS affiliation,
    p.user_id,
    CAST(s.spoken.start AS BIGINT) AS start_ms,
    CAST(s.spoken."end" AS BIGINT) AS end_ms,
    s.spoken.text AS sentence
FROM each_sentence s
LEFT JOIN speakers p ON p.call_id = s.call_id AND p.speaker_id = s.speaker_id
