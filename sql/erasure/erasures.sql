-- What was erased, as hashes.
-- Grain: digest.
SELECT digest, kind FROM ops.erasures
