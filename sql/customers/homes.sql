-- The region of every customer.
-- Grain: customer.
SELECT customer_id, region
FROM source.customers
ORDER BY customer_id
