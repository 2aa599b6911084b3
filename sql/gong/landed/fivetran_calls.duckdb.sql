-- The view gong.landed_calls over Fivetran's tables CALL and CALL_*: a call as Gong answers it (DuckDB).
-- A call may stand in several workspaces; the order of parties is lost, that of their ids takes its place.
CREATE OR REPLACE VIEW gong.landed_calls AS
WITH crm_fields AS (
    SELECT call_id, NULL AS party_id, systems, object_type, object_id, timing, name, value
    FROM <% landing %>.call_context_integration
    WHERE NOT COALESCE(_fivetran_deleted, FALSE)
    UNION ALL
    SELECT call_id, call_participant_id, systems, object_type, object_id, timing, name, value
    FROM <% landing %>.call_participant_integration
    WHERE NOT COALESCE(_fivetran_deleted, FALSE)
),
crm_objects AS (
    SELECT
        call_id, party_id,
        TRIM(CAST(systems AS VARCHAR), '"') AS system,
        json_object(
            'objectType', object_type, 'objectId', object_id,
            'timing', TRIM(CAST(timing AS VARCHAR), '"'),
            'fields', list(json_object('name', name, 'value', value) ORDER BY name)
        ) AS crm_object,
        object_type, object_id
    FROM crm_fields
    GROUP BY call_id, party_id, systems, object_type, object_id, timing
),
crm_systems AS (
    SELECT
        call_id, party_id, system,
        json_object(
            'system', system, 'objects', list(crm_object ORDER BY object_type, object_id)
        ) AS context
    FROM crm_objects
    GROUP BY call_id, party_id, system
),
contexts AS (
    SELECT call_id, party_id, list(context ORDER BY system) AS context
    FROM crm_systems
    GROUP BY call_id, party_id
),
parties AS (
    SELECT
        p.call_id,
        list(json_object(
            'id', p.id, 'speakerId', p.speaker_id, 'userId', p.user_id, 'name', p.name,
            'emailAddress', p.email_address, 'title', p.title, 'affiliation', p.affiliation,
            'context', x.context
        ) ORDER BY p.id) AS parties
    FROM <% landing %>.call_participant p
    LEFT JOIN contexts x ON x.call_id = p.call_id AND x.party_id = p.id
    WHERE NOT COALESCE(p._fivetran_deleted, FALSE)
    GROUP BY p.call_id
),
topics AS (
    SELECT
        call_id,
        list(json_object(
            'name', name, 'duration', TRY_CAST(duration AS DOUBLE)
        ) ORDER BY name, duration) AS topics
    FROM <% landing %>.call_topic
    WHERE NOT COALESCE(_fivetran_deleted, FALSE)
    GROUP BY call_id
),
stats AS (
    SELECT
        call_id,
        list(json_object(
            'name', name, 'value', TRY_CAST(TRIM(CAST(value AS VARCHAR), '"') AS DOUBLE)
        ) ORDER BY name) AS stats
    FROM <% landing %>.call_interaction
    WHERE NOT COALESCE(_fivetran_deleted, FALSE)
    GROUP BY call_id
),
calls AS (
    SELECT
        *,
        TRY_CAST(CAST(started AS VARCHAR) AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS started_at,
        TRY_CAST(CAST(scheduled AS VARCHAR) AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS scheduled_at
    FROM <% landing %>."call"
    WHERE NOT COALESCE(_fivetran_deleted, FALSE)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY workspace_id) = 1
)
SELECT
    CAST(c.id AS VARCHAR) AS call_id,
    COALESCE(c.started_at, c.scheduled_at) AS started,
    CAST(c._fivetran_synced AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS landed_at,
    json_object(
        'metaData', json_object(
            'id', CAST(c.id AS VARCHAR), 'url', c.url, 'title', c.title,
            'started', COALESCE(
                strftime(c.started_at, '%Y-%m-%d %H:%M:%S.%f') || '+00:00', CAST(c.started AS VARCHAR)
            ),
            'scheduled', COALESCE(
                strftime(c.scheduled_at, '%Y-%m-%d %H:%M:%S.%f') || '+00:00',
                CAST(c.scheduled AS VARCHAR)
            ),
            'duration', c.duration, 'primaryUserId', CAST(c.primary_user_id AS VARCHAR),
            'direction', c.direction, 'scope', c.scope,
            'system', TRIM(CAST(c.systems AS VARCHAR), '"'),
            'language', TRIM(CAST(c.languages AS VARCHAR), '"'),
            'workspaceId', CAST(c.workspace_id AS VARCHAR), 'isPrivate', c.is_private
        ),
        'context', x.context,
        'parties', p.parties,
        'content', json_object('topics', t.topics),
        'interaction', json_object(
            'interactionStats', s.stats,
            'questions', json_object(
                'companyCount', TRY_CAST(c.company_question_count AS DOUBLE),
                'nonCompanyCount', TRY_CAST(c.non_company_question_count AS DOUBLE)
            )
        )
    ) AS payload
FROM calls c
LEFT JOIN contexts x ON x.call_id = c.id AND x.party_id IS NULL
LEFT JOIN parties p ON p.call_id = c.id
LEFT JOIN topics t ON t.call_id = c.id
LEFT JOIN stats s ON s.call_id = c.id
