-- One row per thing that a person did to a customer's review by hand; kept, shown, and respected later.
-- key: hand_id
CREATE TABLE IF NOT EXISTS ops.review_hands (
    hand_id     STRING NOT NULL,        -- sha256 of what was done
    customer_id STRING NOT NULL,        -- the customer
    week_start  DATE NOT NULL,          -- Monday of the review that it is about
    kind        STRING NOT NULL,        -- what was done; one of: note, struck, approved
    title       STRING,                 -- of the advice that was struck
    words       STRING,                 -- the note, or why the advice was struck
    done_by     STRING NOT NULL,        -- who
    done_at     TIMESTAMP_NTZ NOT NULL  -- when, UTC
);
