-- One row per customer, module and quarter of 13 weeks: use over years, former customers included.
-- key: customer_id, module_code, period_end
-- optional: use by quarter, longer than by week
CREATE TABLE IF NOT EXISTS source.usage_quarters (
    customer_id      STRING NOT NULL, -- the customer, also one that has left
    module_code      STRING NOT NULL, -- module; one of: GL, AP, AR, CR
    period_end       DATE NOT NULL,   -- last day of the quarter
    weeks            BIGINT NOT NULL, -- weeks of it in which the module was in use
    contracted_seats BIGINT,          -- seats bought
    active_users     DOUBLE NOT NULL, -- people who did a key action, mean of the weeks
    key_actions      BIGINT NOT NULL  -- key actions in the quarter
);
