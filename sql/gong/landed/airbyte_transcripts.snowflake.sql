-- The view gong.landed_transcripts over Airbyte's stream callTranscripts (Snowflake).
CREATE OR REPLACE VIEW gong.landed_transcripts AS
SELECT
    CAST(callid AS VARCHAR) AS call_id,
    CAST(CONVERT_TIMEZONE('UTC', _airbyte_extracted_at) AS TIMESTAMP_NTZ) AS landed_at,
    OBJECT_CONSTRUCT('callId', CAST(callid AS VARCHAR), 'transcript', transcript) AS payload
FROM <% landing %>.calltranscripts
QUALIFY ROW_NUMBER() OVER (PARTITION BY callid ORDER BY _airbyte_extracted_at DESC) = 1
