-- One row per customer, module and week (Monday): use by the customer's own people.
-- key: customer_id, module_code, week_start
-- feed: usage figures; week week_start; by module_code; late: caveat
CREATE TABLE IF NOT EXISTS source.module_usage (
    customer_id  STRING NOT NULL, -- the customer; joins customers.customer_id
    module_code  STRING NOT NULL, -- module; one of: GL, AP, AR, CR
    week_start   DATE NOT NULL,   -- Monday of the week
    active_users BIGINT NOT NULL, -- people who did a key action in the week
    key_actions  BIGINT NOT NULL, -- key actions in the week
    last_used_on DATE             -- last day with a key action, up to the week's end
);
