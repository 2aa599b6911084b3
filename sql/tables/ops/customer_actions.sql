-- One row per thing that happened to an advised action: proposed, taken, done, dropped. Rows are only added.
-- key: event_id
CREATE TABLE IF NOT EXISTS ops.customer_actions (
    event_id    STRING NOT NULL,        -- sha256 of action, state, note, who and when
    action_id   STRING NOT NULL,        -- the action: customer, Monday of its first week, playbook
    customer_id STRING NOT NULL,        -- the customer
    code        STRING NOT NULL,        -- the playbook
    week_start  DATE NOT NULL,          -- Monday of the week whose advice it is about; weeks after it know of it
    state       STRING NOT NULL,        -- what happened; one of: proposed, taken, done, dropped
    owner_id    STRING,                 -- CSM whose action it is
    due_on      DATE,                   -- day by which it is due
    note        STRING,                 -- what came of it, or why it was dropped
    done_by     STRING NOT NULL,        -- who; rules for what was proposed
    done_at     TIMESTAMP_NTZ NOT NULL  -- when, UTC
);
