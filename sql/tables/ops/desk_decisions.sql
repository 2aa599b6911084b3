-- One row per form that somebody sent at the desk; sent again it changes nothing. Rows are only added.
-- key: form_id
CREATE TABLE IF NOT EXISTS ops.desk_decisions (
    form_id  STRING NOT NULL,        -- made with the form that was filled in
    kind     STRING NOT NULL,        -- what was decided on; one of: action, routing, dispute, dispute_decision, label, delivery, resend, review
    about    STRING NOT NULL,        -- customer, account, call, dispute or delivery
    words    STRING NOT NULL,        -- what was done, as it was told
    done_by  STRING NOT NULL,        -- who: mail address, or the user of the machine
    done_at  TIMESTAMP_NTZ NOT NULL  -- when, UTC
);
