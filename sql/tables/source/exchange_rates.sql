-- One row per currency that contracts or deals are in, with what one unit of it is in USD.
-- key: currency
-- optional: exchange rates, for revenue and deals in other currencies than USD
CREATE TABLE IF NOT EXISTS source.exchange_rates (
    currency STRING NOT NULL, -- ISO 4217, e.g. EUR
    usd_rate DOUBLE NOT NULL, -- USD for one unit
    as_of    DATE NOT NULL    -- day of the rate
);
