-- The people of a customer on record.
-- Grain: person and role. Parameters: the customer.
SELECT full_name, job_title, role, since, left_on, last_contact_on
FROM source.customer_people
WHERE customer_id = ?
ORDER BY CASE role WHEN 'champion' THEN 0 WHEN 'sponsor' THEN 1 WHEN 'economic buyer' THEN 2 ELSE 3 END,
         left_on NULLS FIRST, full_name
