-- One row per id or address that was erased on request, as a hash: so that it is not taken in again.
-- key: digest
CREATE TABLE IF NOT EXISTS ops.erasures (
    digest    STRING NOT NULL,        -- SHA-256 of kind and value; nobody can be read from it, a known value can be compared
    kind      STRING NOT NULL,        -- what was erased; one of: customer, person
    erased_at TIMESTAMP_NTZ NOT NULL, -- when, UTC
    erased_by STRING NOT NULL         -- user who ran the command
);
