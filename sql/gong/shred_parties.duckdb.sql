-- One row per call and party, in the order of the answer (DuckDB).
-- A party without id is named by its place; a user of ours is internal whatever Gong says.
WITH typed AS (
    SELECT
        call_id, call_date,
        from_json(payload, '{"parties": [{
            "id": "VARCHAR", "speakerId": "VARCHAR", "userId": "VARCHAR", "name": "VARCHAR",
            "emailAddress": "VARCHAR", "title": "VARCHAR", "affiliation": "VARCHAR"}]}'
        ).parties AS parties
    FROM gong.gong_calls_raw
    WHERE call_date BETWEEN ? AND ?
      AND NOT is_deleted
      AND NOT is_private
),
each_party AS (
    SELECT
        call_id, call_date,
        unnest(parties) AS party,
        generate_subscripts(parties, 1) - 1 AS place
    FROM typed
)
SELECT
    call_id,
    call_date,
    COALESCE(NULLIF(TRIM(party.id), ''), 'place-' || place) AS party_id,
    place AS party_index,
    NULLIF(TRIM(party.speakerId), '') AS speaker_id,
    NULLIF(TRIM(party.userId), '') AS user_id,
    NULLIF(TRIM(party.name), '') AS full_name,
    NULLIF(LOWER(TRIM(party.emailAddress)), '') AS email,
    NULLIF(TRIM(party.title), '') AS title,
    CASE
        WHEN party.affiliation = 'External' THEN 'External'
        WHEN party.affiliation = 'Internal' OR NULLIF(TRIM(party.userId), '') IS NOT NULL
            THEN 'Internal'
        ELSE 'Unknown'
    END AS affiliation
FROM each_party
QUALIFY ROW_NUMBER() OVER (PARTITION BY call_id, party_id ORDER BY place) = 1
