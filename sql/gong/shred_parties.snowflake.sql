-- One row per call and party, in the order of the answer (Snowflake).
-- A party without id is named by its place; a user of ours is internal whatever Gong says.
WITH each_party AS (
    SELECT
        c.call_id,
        c.call_date,
        p.index AS place,
        NULLIF(TRIM(p.value['id']::VARCHAR), '') AS own_id,
        NULLIF(TRIM(p.value['speakerId']::VARCHAR), '') AS speaker_id,
        NULLIF(TRIM(p.value['userId']::VARCHAR), '') AS user_id,
        NULLIF(TRIM(p.value['name']::VARCHAR), '') AS full_name,
        NULLIF(LOWER(TRIM(p.value['emailAddress']::VARCHAR)), '') AS email,
        NULLIF(TRIM(p.value['title']::VARCHAR), '') AS title,
        p.value['affiliation']::VARCHAR AS said_affiliation
    FROM gong.gong_calls_raw c, LATERAL FLATTEN(input => c.payload['parties']) p
    WHERE c.call_date BETWEEN ? AND ?
      AND NOT c.is_deleted
      AND NOT c.is_private
)
SELECT
    call_id,
    call_date,
    COALESCE(own_id, 'place-' || place) AS party_id,
    place AS party_index,
    speaker_id,
    user_id,
    full_name,
    email,
    title,
    CASE
        WHEN said_affiliation = 'External' THEN 'External'
        WHEN said_affiliation = 'Internal' OR user_id IS NOT NULL THEN 'Internal'
        ELSE 'Unknown'
    END AS affiliation
FROM each_party
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY call_id, COALESCE(own_id, 'place-' || place) ORDER BY place
) = 1
