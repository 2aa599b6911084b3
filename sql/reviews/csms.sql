-- One row per CSM who gets reviews.
SELECT csm_id, csm_name, csm_email
FROM source.csms
ORDER BY csm_id
