-- One row per customer: its CSM today.
-- key: customer_id
CREATE TABLE IF NOT EXISTS source.csm_assignments (
    customer_id STRING NOT NULL, -- the customer
    csm_id      STRING NOT NULL, -- its CSM
    assigned_on DATE NOT NULL    -- since when
);
