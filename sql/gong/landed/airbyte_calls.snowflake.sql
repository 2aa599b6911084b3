-- The view gong.landed_calls over Airbyte's stream extensiveCalls: a call as Gong answers it (Snowflake).
-- Appended syncs hold a call several times: the last one counts.
CREATE OR REPLACE VIEW gong.landed_calls AS
SELECT
    CAST(id AS VARCHAR) AS call_id,
    CAST(CONVERT_TIMEZONE('UTC', TRY_CAST(TRIM(
        COALESCE(metadata['started']::VARCHAR, metadata['scheduled']::VARCHAR), '"'
    ) AS TIMESTAMP_TZ)) AS TIMESTAMP_NTZ) AS started,
    CAST(CONVERT_TIMEZONE('UTC', _airbyte_extracted_at) AS TIMESTAMP_NTZ) AS landed_at,
    OBJECT_CONSTRUCT(
        'metaData', metadata, 'context', context, 'parties', parties,
        'content', content, 'interaction', interaction, 'collaboration', collaboration
    ) AS payload
FROM <% landing %>.extensivecalls
QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY _airbyte_extracted_at DESC) = 1
