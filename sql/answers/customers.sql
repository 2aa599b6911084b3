-- Customers with who looks after them.
-- Grain: customer.
SELECT c.customer_id, c.customer_name, s.csm_id, n.csm_name, n.csm_email
FROM source.customers c
LEFT JOIN source.csm_assignments s ON s.customer_id = c.customer_id
LEFT JOIN source.csms n ON n.csm_id = s.csm_id
ORDER BY c.customer_id
