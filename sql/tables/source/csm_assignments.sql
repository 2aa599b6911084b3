-- One row per customer: its CSM today.
-- key: customer_id
-- needed for: reviews
CREATE TABLE IF NOT EXISTS source.csm_assignments (
    customer_id STRING NOT NULL, -- the customer; joins customers.customer_id
    csm_id      STRING NOT NULL, -- its CSM; joins csms.csm_id
    assigned_on DATE NOT NULL    -- since when
);
