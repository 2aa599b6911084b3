-- One row per call and CRM object that its answer names, of the call or of a party (Snowflake).
WITH calls AS (
    SELECT call_id, call_date, payload
    FROM gong.gong_calls_raw
    WHERE call_date BETWEEN ? AND ?
      AND NOT is_deleted
      AND NOT is_private
),
parties AS (
    SELECT
        c.call_id,
        c.call_date,
        COALESCE(NULLIF(TRIM(p.value['id']::VARCHAR), ''), 'place-' || p.index) AS party_id,
        p.value['context'] AS contexts
    FROM calls c, LATERAL FLATTEN(input => c.payload['parties']) p
),
all_contexts AS (
    SELECT call_id, call_date, '' AS party_id, payload['context'] AS contexts
    FROM calls
    UNION ALL
    SELECT call_id, call_date, party_id, contexts
    FROM parties
),
each_context AS (
    SELECT
        a.call_id, a.call_date, a.party_id, x.index AS context_place,
        x.value['system']::VARCHAR AS system,
        x.value['objects'] AS objects
    FROM all_contexts a, LATERAL FLATTEN(input => a.contexts) x
),
each_object AS (
    SELECT
        x.call_id, x.call_date, x.party_id, x.context_place, o.index AS object_place,
        COALESCE(x.system, 'Generic') AS system,
        CASE o.value['objectType']::VARCHAR
            WHEN 'Deal' THEN 'Opportunity'
            WHEN 'Company' THEN 'Account'
            ELSE COALESCE(o.value['objectType']::VARCHAR, 'Unknown')
        END AS object_type,
        TRIM(o.value['objectId']::VARCHAR) AS object_id,
        COALESCE(o.value['timing']::VARCHAR, 'Now') AS timing,
        o.value['fields'] AS fields
    FROM each_context x, LATERAL FLATTEN(input => x.objects) o
),
named AS (
    SELECT
        e.call_id, e.party_id, e.context_place, e.object_place, f.index AS place,
        CASE
            WHEN LOWER(f.value['name']::VARCHAR) IN ('website', 'domain') THEN 'website'
            WHEN LOWER(f.value['name']::VARCHAR) IN ('stagename', 'dealstage', 'stage')
                THEN 'stage'
            ELSE LOWER(f.value['name']::VARCHAR)
        END AS field,
        f.value['value']::VARCHAR AS content
    FROM each_object e, LATERAL FLATTEN(input => e.fields) f
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY e.call_id, e.party_id, e.context_place, e.object_place, field
        ORDER BY f.index
    ) = 1
),
fields AS (
    SELECT
        call_id, party_id, context_place, object_place,
        MAX(IFF(field = 'name', content, NULL)) AS object_name,
        MAX(IFF(field = 'website', content, NULL)) AS website,
        MAX(IFF(field = 'stage', content, NULL)) AS deal_stage,
        MAX(IFF(field = 'amount', content, NULL)) AS amount
    FROM named
    GROUP BY call_id, party_id, context_place, object_place
)
SELECT
    e.call_id,
    e.call_date,
    e.party_id,
    e.system,
    e.object_type,
    e.object_id,
    e.timing,
    f.object_name,
    f.website,
    f.deal_stage,
    TRY_CAST(REPLACE(f.amount, ',', '') AS DECIMAL(18, 2)) AS deal_amount
FROM each_object e
LEFT JOIN fields f
    ON f.call_id = e.call_id
    AND f.party_id = e.party_id
    AND f.context_place = e.context_place
    AND f.object_place = e.object_place
WHERE NULLIF(e.object_id, '') IS NOT NULL
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY e.call_id, e.party_id, e.system, e.object_type, e.object_id, e.timing
    ORDER BY f.object_name, deal_amount
) = 1
