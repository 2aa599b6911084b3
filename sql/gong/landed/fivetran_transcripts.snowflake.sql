-- The view gong.landed_transcripts over Fivetran's table TRANSCRIPT (Snowflake).
-- It has a row for each stretch of one speaker, its sentences as JSON; a call may stand in several workspaces.
CREATE OR REPLACE VIEW gong.landed_transcripts AS
WITH stretches AS (
    SELECT *
    FROM <% landing %>.transcript
    WHERE NOT COALESCE(_fivetran_deleted, FALSE)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY call_id, index ORDER BY workspace_id) = 1
)
SELECT
    CAST(call_id AS VARCHAR) AS call_id,
    CAST(CONVERT_TIMEZONE('UTC', MAX(_fivetran_synced)) AS TIMESTAMP_NTZ) AS landed_at,
    OBJECT_CONSTRUCT('callId', CAST(call_id AS VARCHAR), 'transcript', ARRAY_AGG(
        OBJECT_CONSTRUCT('speakerId', speaker_id, 'topic', topic, 'sentences',
            IFF(IS_OBJECT(sentence), ARRAY_CONSTRUCT(sentence), sentence))
    ) WITHIN GROUP (ORDER BY TRY_CAST(index::VARCHAR AS BIGINT))) AS payload
FROM stretches
GROUP BY call_id
