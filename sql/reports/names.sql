-- Every customer's name by id: who is meant by a name as people type it.
SELECT c.customer_id, c.customer_name
FROM source.customers c
ORDER BY c.customer_id
