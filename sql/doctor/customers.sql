-- How many customers the source tables hold.
SELECT COUNT(*) AS customers FROM source.customers
