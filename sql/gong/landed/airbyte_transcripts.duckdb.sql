-- The view gong.landed_transcripts over Airbyte's stream callTranscripts (DuckDB).
CREATE OR REPLACE VIEW gong.landed_transcripts AS
SELECT
    CAST(callid AS VARCHAR) AS call_id,
    CAST(_airbyte_extracted_at AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS landed_at,
    json_object('callId', CAST(callid AS VARCHAR), 'transcript', transcript) AS payload
FROM <% landing %>.calltranscripts
QUALIFY ROW_NUMBER() OVER (PARTITION BY callid ORDER BY _airbyte_extracted_at DESC) = 1
