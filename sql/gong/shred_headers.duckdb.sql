-- One row per call: the scalar fields of the answer (DuckDB).
-- What an earlier version stored out of bounds has no number here: no cast of a bounded one can fail.
WITH typed AS (
    SELECT
        call_id, call_date, started, is_private, content_hash,
        from_json(payload, '{
            "metaData": {
                "title": "VARCHAR", "started": "VARCHAR", "duration": "DOUBLE",
                "primaryUserId": "VARCHAR", "direction": "VARCHAR", "scope": "VARCHAR",
                "system": "VARCHAR", "language": "VARCHAR", "url": "VARCHAR",
                "workspaceId": "VARCHAR"},
            "interaction": {
                "interactionStats": [{"name": "VARCHAR", "value": "DOUBLE"}],
                "questions": {"companyCount": "DOUBLE", "nonCompanyCount": "DOUBLE"}}
        }') AS call
    FROM gong.gong_calls_raw
    WHERE call_date BETWEEN ? AND ?
      AND NOT is_deleted
)
SELECT
    call_id,
    call_date,
    started,
    is_private,
    content_hash,
    call.metaData.title AS title,
    call.metaData.started IS NULL AS started_is_scheduled,
    CAST(ROUND(IFF(call.metaData.duration BETWEEN 0 AND 2592000, call.metaData.duration, NULL))
        AS BIGINT) AS duration_seconds,
    NULLIF(TRIM(call.metaData.primaryUserId), '') AS primary_user_id,
    call.metaData.direction AS direction,
    call.metaData.scope AS scope,
    call.metaData.system AS system,
    call.metaData.language AS language,
    call.metaData.url AS url,
    NULLIF(TRIM(call.metaData.workspaceId), '') AS workspace_id,
    list_filter(call.interaction.interactionStats, lambda s: s.name = 'Talk Ratio')[1].value
        AS talk_ratio,
    list_filter(call.interaction.interactionStats, lambda s: s.name = 'Interactivity')[1].value
        AS interactivity,
    list_filter(call.interaction.interactionStats, lambda s: s.name = 'Patience')[1].value
        AS patience_seconds,
    list_filter(call.interaction.interactionStats, lambda s: s.name = 'Longest Monologue')[1].value
        AS longest_monologue_seconds,
    CAST(IFF(call.interaction.questions.companyCount BETWEEN 0 AND 100000,
        call.interaction.questions.companyCount, NULL) AS BIGINT) AS company_questions,
    CAST(IFF(call.interaction.questions.nonCompanyCount BETWEEN 0 AND 100000,
        call.interaction.questions.nonCompanyCount, NULL) AS BIGINT) AS customer_questions
FROM typed
