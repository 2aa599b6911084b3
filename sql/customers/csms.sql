-- CSMs and their addresses.
-- Grain: CSM.
SELECT csm_id, csm_name, csm_email
FROM source.csms
ORDER BY csm_id
