-- The view gong.landed_transcripts over Fivetran's table TRANSCRIPT (DuckDB).
-- It has a row for each stretch of one speaker, its sentences as JSON; a call may stand in several workspaces.
CREATE OR REPLACE VIEW gong.landed_transcripts AS
WITH stretches AS (
    SELECT *
    FROM <% landing %>.transcript
    WHERE NOT COALESCE(_fivetran_deleted, FALSE)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY call_id, "index" ORDER BY workspace_id) = 1
)
SELECT
    CAST(call_id AS VARCHAR) AS call_id,
    CAST(MAX(_fivetran_synced) AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS landed_at,
    json_object('callId', CAST(call_id AS VARCHAR), 'transcript', list(
        json_object('speakerId', speaker_id, 'topic', topic, 'sentences',
            CASE WHEN json_type(sentence) = 'OBJECT' THEN json_array(sentence) ELSE sentence END)
        ORDER BY TRY_CAST("index" AS BIGINT)
    )) AS payload
FROM stretches
GROUP BY call_id
