-- The view gong.landed_calls over Airbyte's stream extensiveCalls: a call as Gong answers it (DuckDB).
-- Appended syncs hold a call several times: the last one counts.
CREATE OR REPLACE VIEW gong.landed_calls AS
SELECT
    CAST(id AS VARCHAR) AS call_id,
    TRY_CAST(COALESCE(metadata ->> 'started', metadata ->> 'scheduled') AS TIMESTAMPTZ)
        AT TIME ZONE 'UTC' AS started,
    CAST(_airbyte_extracted_at AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS landed_at,
    json_object(
        'metaData', metadata, 'context', context, 'parties', parties,
        'content', content, 'interaction', interaction, 'collaboration', collaboration
    ) AS payload
FROM <% landing %>.extensivecalls
QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY _airbyte_extracted_at DESC) = 1
