-- One row per customer: its id, in order.
SELECT customer_id FROM source.customers ORDER BY customer_id
