-- One row per customer, module and week.
-- key: customer_id, module_code, week_start
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.module_adoption (
    customer_id          STRING NOT NULL, -- the customer
    module_code          STRING NOT NULL, -- module; one of: GL, AP, AR, CR
    week_start           DATE NOT NULL,   -- Monday
    contracted_seats     BIGINT NOT NULL, -- seats bought
    active_users         BIGINT,          -- users in the week; empty when not known
    seat_utilisation     DOUBLE,          -- users / seats
    users_4w             DOUBLE,          -- mean of the users of the last four weeks; empty when not known
    actions_per_user_4w  DOUBLE,          -- depth: key actions per user and week of the last four; empty without users
    weeks_used_13w       BIGINT,          -- frequency: weeks of the last 13 with a key action; empty when not known
    key_actions_4w       BIGINT,          -- key actions in four weeks; empty when not known
    key_actions_prior_4w BIGINT,          -- key actions in the four weeks before; empty when not known
    usage_change         DOUBLE,          -- relative change; empty when the prior is 0
    usage_verdict        STRING,          -- whether it is more than chance; one of: rise, fall, none, too_few, absent
    days_since_last_use  BIGINT,          -- from the week's end; empty when never used
    peak_users_26w       BIGINT,          -- most users of a week in the last 26 weeks
    is_collapsed         BOOLEAN,         -- whether it is paid for, was used, and hardly is any more
    adoption_stage       STRING           -- how far, empty when not known; one of: not_started, trying, adopted, declining, dropped
);
