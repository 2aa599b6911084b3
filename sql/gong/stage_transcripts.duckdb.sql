-- One row per sentence of a call, in the order spoken, with the side of its speaker (DuckDB).
-- What has no text is no sentence; one with times out of bounds, as an earlier version stored them,
-- is left out. A recorder may be a moment ahead of the call: that is its start.
WITH period AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
),
typed AS (
    SELECT
        t.call_id, c.call_date,
        from_json(t.payload, '{"transcript": [{"speakerId": "VARCHAR", "sentences": [
            {"start": "DOUBLE", "end": "DOUBLE", "text": "VARCHAR"}]}]}'
        ).transcript AS turns
    FROM gong.gong_call_transcripts_raw t
    JOIN gong.gong_calls_raw c ON c.call_id = t.call_id
    JOIN period p ON c.call_date BETWEEN p.first_day AND p.last_day
    WHERE NOT c.is_deleted
      AND NOT c.is_private
),
in_order AS (
    SELECT
        call_id, call_date,
        flatten(list_transform(turns, lambda turn, place:
            list_transform(list_filter(turn.sentences, lambda one:
                one.text IS NOT NULL
                AND one.start BETWEEN -60000 AND 2592000000
                AND one."end" BETWEEN -60000 AND 2592000000
            ), lambda spoken: {
                'turn_index': place - 1,
                'speaker_id': NULLIF(TRIM(turn.speakerId), ''),
                'spoken': spoken
            })
        )) AS sentences
    FROM typed
),
each_sentence AS (
    SELECT
        call_id, call_date,
        unnest(sentences) AS one,
        generate_subscripts(sentences, 1) - 1 AS sentence_index
    FROM in_order
),
speakers AS (
    SELECT call_id, speaker_id, affiliation, user_id
    FROM gong.stg_gong_call_participants a
    JOIN period p ON a.call_date BETWEEN p.first_day AND p.last_day
    WHERE speaker_id IS NOT NULL
    QUALIFY ROW_NUMBER() OVER (PARTITION BY call_id, speaker_id ORDER BY party_index) = 1
)
SELECT
    s.call_id,
    s.call_date,
    s.sentence_index,
    s.one.turn_index,
    s.one.speaker_id,
    COALESCE(p.affiliation, 'Unknown') AS affiliation,
    p.user_id,
    CAST(GREATEST(s.one.spoken.start, 0) AS BIGINT) AS start_ms,
    CAST(GREATEST(s.one.spoken."end", 0) AS BIGINT) AS end_ms,
    s.one.spoken.text AS sentence
FROM each_sentence s
LEFT JOIN speakers p ON p.call_id = s.call_id AND p.speaker_id = s.one.speaker_id
