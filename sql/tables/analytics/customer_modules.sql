-- One row per customer, module and week: what is owned, lost or open, since when, and what it is worth.
-- key: customer_id, module_code, week_start
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_modules (
    customer_id        STRING NOT NULL, -- the customer
    module_code        STRING NOT NULL, -- module, as in modules.yaml or in products
    week_start         DATE NOT NULL,   -- Monday
    module_state       STRING NOT NULL, -- as of the week's end; one of: active, declining, lapsed, not_started, cancelled, not_owned, unknown
    state_since        DATE,            -- last use of a lapsed one, day of cancellation, else day of purchase; empty when not known
    annual_value       DECIMAL(18,2),   -- list price a year in USD; of a module not owned what peers of its size pay; empty when not known
    is_estimate        BOOLEAN NOT NULL, -- whether the value is that of peers
    value_peers        BIGINT,          -- customers whose prices are behind an estimate
    contracted_seats   BIGINT,          -- seats bought
    seat_utilisation   DOUBLE,          -- users of the week / seats; empty when not known
    peer_group         STRING,          -- who it is compared with; empty when too few have it
    peer_count         BIGINT,          -- other customers of the group who have the module and whose use is known
    peer_adopted_share DOUBLE           -- of them with it adopted, 0 to 1; empty when too few
);
