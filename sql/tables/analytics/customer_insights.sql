-- One row per customer and week: summary and next action, kept while the facts stay.
-- key: customer_id, week_start
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_insights (
    customer_id      STRING NOT NULL,  -- the customer
    week_start       DATE NOT NULL,    -- Monday
    summary          STRING NOT NULL,  -- text for readers
    summary_slotted  STRING,           -- the same text with slots, filled anew when it is kept
    next_action      STRING NOT NULL,  -- text for the CSM
    next_action_code STRING NOT NULL,  -- which playbook
    expected_effect  STRING,           -- how we will know that it worked
    due_on           DATE,             -- when the action is due
    facts            STRING NOT NULL,  -- JSON fact sheet
    facts_hash       STRING NOT NULL,  -- what the text depends on
    is_reused        BOOLEAN NOT NULL, -- text kept from an earlier week because the facts are the same
    writer           STRING NOT NULL,  -- who wrote
    model            STRING NOT NULL,  -- which model or rules
    prompt_version   STRING NOT NULL,  -- version of the prompt
    action_title     STRING,           -- the action in a few words
    action_id        STRING,           -- the action, which goes on over weeks: customer, first week, playbook
    action_state     STRING,           -- where it stood when this was written; one of: proposed, taken
    action_trigger   STRING,           -- what made the playbook fit, in words
    action_owner     STRING,           -- CSM whose action it is; empty when nobody looks after the customer
    proposed_on      DATE              -- Monday of the first week that advised it
);
