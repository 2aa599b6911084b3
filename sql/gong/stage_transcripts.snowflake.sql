-- One row per sentence of a call, in the order spoken, with the side of its speaker (Snowflake).
-- What has no text is no sentence; one with times out of bounds, as an earlier version stored them,
-- is left out. A recorder may be a moment ahead of the call: that is its start.
WITH period AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
),
every_sentence AS (
    SELECT
        t.call_id,
        c.call_date,
        m.index AS turn_index,
        s.index AS place,
        NULLIF(TRIM(m.value['speakerId']::VARCHAR), '') AS speaker_id,
        TRY_CAST(s.value['start']::VARCHAR AS DOUBLE) AS start_ms,
        TRY_CAST(s.value['end']::VARCHAR AS DOUBLE) AS end_ms,
        s.value['text']::VARCHAR AS sentence
    FROM gong.gong_call_transcripts_raw t
    JOIN gong.gong_calls_raw c ON c.call_id = t.call_id
    JOIN period p ON c.call_date BETWEEN p.first_day AND p.last_day,
        LATERAL FLATTEN(input => t.payload['transcript']) m,
        LATERAL FLATTEN(input => m.value['sentences']) s
    WHERE NOT c.is_deleted
      AND NOT c.is_private
),
each_sentence AS (
    SELECT
        call_id, call_date, turn_index, place, speaker_id, sentence,
        IFF(start_ms BETWEEN -60000 AND 2592000000, GREATEST(start_ms, 0), NULL) AS start_ms,
        IFF(end_ms BETWEEN -60000 AND 2592000000, GREATEST(end_ms, 0), NULL) AS end_ms
    FROM every_sentence
    WHERE sentence IS NOT NULL
      AND start_ms BETWEEN -60000 AND 2592000000
      AND end_ms BETWEEN -60000 AND 2592000000
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
    ROW_NUMBER() OVER (PARTITION BY s.call_id ORDER BY s.turn_index, s.place) - 1 AS sentence_index,
    s.turn_index,
    s.speaker_id,
    COALESCE(p.affiliation, 'Unknown') AS affiliation,
    p.user_id,
    CAST(s.start_ms AS BIGINT) AS start_ms,
    CAST(s.end_ms AS BIGINT) AS end_ms,
    s.sentence
FROM each_sentence s
LEFT JOIN speakers p ON p.call_id = s.call_id AND p.speaker_id = s.speaker_id
