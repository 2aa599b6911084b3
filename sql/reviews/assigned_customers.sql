-- One row per customer: its CSM, to choose which reviews a run makes.
SELECT c.customer_id, a.csm_id
FROM source.customers c
LEFT JOIN source.csm_assignments a ON c.customer_id = a.customer_id
ORDER BY c.customer_id
