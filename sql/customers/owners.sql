-- Who looks after each customer today.
-- Grain: customer with a CSM.
SELECT a.customer_id, a.csm_id, c.csm_name, c.csm_email
FROM source.csm_assignments a
LEFT JOIN source.csms c ON c.csm_id = a.csm_id
ORDER BY a.customer_id
