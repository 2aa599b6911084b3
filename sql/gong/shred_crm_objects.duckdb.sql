-- One row per call and CRM object that its answer names, of the call or of a party (DuckDB).
WITH typed AS (
    SELECT
        call_id, call_date,
        from_json(payload, '{
            "context": [{"system": "VARCHAR", "objects": [{
                "objectType": "VARCHAR", "objectId": "VARCHAR", "timing": "VARCHAR",
                "fields": [{"name": "VARCHAR", "value": "JSON"}]}]}],
            "parties": [{"id": "VARCHAR", "context": [{"system": "VARCHAR", "objects": [{
                "objectType": "VARCHAR", "objectId": "VARCHAR", "timing": "VARCHAR",
                "fields": [{"name": "VARCHAR", "value": "JSON"}]}]}]}]
        }') AS call
    FROM gong.gong_calls_raw
    WHERE call_date BETWEEN ? AND ?
      AND NOT is_deleted
      AND NOT is_private
),
parties AS (
    SELECT
        call_id, call_date,
        unnest(call.parties) AS party,
        generate_subscripts(call.parties, 1) - 1 AS place
    FROM typed
),
contexts AS (
    SELECT call_id, call_date, '' AS party_id, unnest(call.context) AS context
    FROM typed
    UNION ALL
    SELECT
        call_id, call_date,
        COALESCE(NULLIF(TRIM(party.id), ''), 'place-' || place) AS party_id,
        unnest(party.context) AS context
    FROM parties
),
objects AS (
    SELECT call_id, call_date, party_id, context.system AS system, unnest(context.objects) AS object
    FROM contexts
),
fields AS (
    SELECT
        *,
        list_transform(object.fields, lambda f: {'name': LOWER(f.name), 'value': f.value ->> '$'})
            AS named
    FROM objects
)
SELECT
    call_id,
    call_date,
    party_id,
    COALESCE(system, 'Generic') AS system,
    CASE object.objectType
        WHEN 'Deal' THEN 'Opportunity'
        WHEN 'Company' THEN 'Account'
        ELSE COALESCE(object.objectType, 'Unknown')
    END AS object_type,
    TRIM(object.objectId) AS object_id,
    COALESCE(object.timing, 'Now') AS timing,
    list_filter(named, lambda f: f.name = 'name')[1].value AS object_name,
    list_filter(named, lambda f: f.name = 'website' OR f.name = 'domain')[1].value AS website,
    list_filter(named, lambda f: f.name = 'stagename' OR f.name = 'dealstage' OR f.name = 'stage')[1]
        .value AS deal_stage,
    TRY_CAST(REPLACE(
        list_filter(named, lambda f: f.name = 'amount')[1].value, ',', ''
    ) AS DECIMAL(18, 2)) AS deal_amount
FROM fields
WHERE NULLIF(TRIM(object.objectId), '') IS NOT NULL
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY call_id, party_id, COALESCE(system, 'Generic'), object_type, TRIM(object.objectId), timing
    ORDER BY object_name, deal_amount
) = 1
