-- One row per week and account that was given a CSM in the four weeks before its end, or waits for one.
-- key: week_start, account_id
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.routing_service_level (
    week_start             DATE NOT NULL,   -- Monday of the week
    account_id             STRING NOT NULL, -- the account
    account_name           STRING,          -- name
    worker_id              STRING,          -- the CSM; empty while it waits
    waiting_since          TIMESTAMP_NTZ,   -- since when it needed a CSM, UTC
    assigned_at            TIMESTAMP_NTZ,   -- when it got one, UTC
    first_contact_at       TIMESTAMP_NTZ,   -- first call with the customer after that, UTC
    hours_to_owner         DOUBLE,          -- hours from needing a CSM to having one; so far, while it waits
    hours_to_first_contact DOUBLE,          -- hours from having one to the first call; so far, while there is none
    late                   STRING           -- what took longer than the policy wants; one of: owner, contact, both
);
