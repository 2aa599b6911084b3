-- The commercial segment of every customer.
-- Grain: customer.
SELECT customer_id, segment
FROM source.customers
ORDER BY customer_id
