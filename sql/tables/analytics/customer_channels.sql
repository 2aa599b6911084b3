-- One row per customer, channel and week with what was sent, opened, converted and credited in four weeks.
-- key: customer_id, channel, week_start
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_channels (
    customer_id           STRING NOT NULL, -- the customer
    channel               STRING NOT NULL, -- channel, e.g. email
    week_start            DATE NOT NULL,   -- Monday
    messages_sent_4w      BIGINT,          -- messages in the four weeks to the week's end; empty where they have not all arrived
    open_rate_4w          DOUBLE,          -- opened / sent, 0 to 1; empty without messages
    click_rate_4w         DOUBLE,          -- clicked / sent, 0 to 1; empty without messages
    conversions_4w        BIGINT,          -- conversions; empty where they have not all arrived
    conversion_value_4w   DECIMAL(18,2),   -- their value in USD
    touchpoints_4w        BIGINT,          -- touchpoints that were credited; empty where they have not all arrived
    attributed_revenue_4w DECIMAL(18,2)    -- revenue credited to them in USD
);
