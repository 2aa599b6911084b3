-- The newest day of each input of each customer up to the end of a week.
-- Grain: customer and input; no row where a customer has none. Parameters: Monday of the week.
WITH bounds AS (
    SELECT DATEADD('day', 6, CAST(? AS DATE))::DATE AS week_end
),
days AS (
    SELECT customer_id, 'usage figures' AS input_name, DATEADD('day', 6, week_start)::DATE AS seen_on
    FROM source.module_usage
    UNION ALL
    SELECT customer_id, 'conversions', conversion_date FROM source.conversions
    UNION ALL
    SELECT customer_id, 'messages', engagement_date FROM source.historical_engagement
    UNION ALL
    SELECT customer_id, 'calls', call_date FROM gong.stg_gong_calls WHERE customer_id IS NOT NULL
    UNION ALL
    SELECT customer_id, 'modules', purchased_on FROM source.products
    UNION ALL
    SELECT customer_id, 'contract terms', term_start FROM source.contract_terms
    UNION ALL
    SELECT customer_id, 'people', COALESCE(last_contact_on, since) FROM source.customer_people
    UNION ALL
    SELECT customer_id, 'tickets', opened_on FROM source.support_tickets
    UNION ALL
    SELECT customer_id, 'survey answers', responded_on FROM source.survey_responses
)
SELECT d.customer_id, d.input_name, MAX(d.seen_on) AS last_day
FROM days d
CROSS JOIN bounds b
WHERE d.seen_on <= b.week_end
GROUP BY d.customer_id, d.input_name
ORDER BY d.customer_id, d.input_name
