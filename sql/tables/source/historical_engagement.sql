-- One row per customer, day and channel with messages sent.
-- key: engagement_id
-- feed: messages; day engagement_date; by channel; late: hold
CREATE TABLE IF NOT EXISTS source.historical_engagement (
    engagement_id    STRING NOT NULL, -- the row
    customer_id      STRING NOT NULL, -- the customer; joins customers.customer_id
    engagement_date  DATE NOT NULL,   -- day
    channel          STRING NOT NULL, -- channel
    messages_sent    BIGINT NOT NULL, -- messages sent
    messages_opened  BIGINT NOT NULL, -- of them opened
    messages_clicked BIGINT NOT NULL, -- of them clicked
    engagement_score DOUBLE           -- score of the day, 0 to 100
);
