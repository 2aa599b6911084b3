-- One row per customer and week: what the customer is worth and does.
-- key: customer_id, week_start
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_metrics (
    customer_id               STRING NOT NULL,        -- the customer
    week_start                DATE NOT NULL,          -- Monday
    arr                       DECIMAL(18,2),          -- annual recurring revenue in USD, as of the week's end; empty where no rate is known
    arr_own                   DECIMAL(18,2),          -- the same in arr_currency
    arr_currency              STRING,                 -- of the contract, empty for USD
    arr_basis                 STRING,                 -- where it is from; one of: term, modules, today, before
    tenure_days               BIGINT,                 -- from the first day under contract to the week's end
    renewal_date              DATE,                   -- end of the contract year that ran at the week's end
    notice_date               DATE,                   -- last day to give notice for it; empty when not known
    days_to_notice            BIGINT,                 -- from the week's end; negative when past
    cancelled_modules         BIGINT,                 -- modules given back up to the week's end; empty when not known
    cancelled_value           DECIMAL(18,2),          -- their list price a year in USD
    white_space_modules       BIGINT,                 -- modules of the catalogue that are not owned; empty when not known
    active_modules            BIGINT,                 -- modules with an active contract; empty when not known
    adopted_modules           BIGINT,                 -- of them, used enough in the last four weeks; empty when not known
    declining_modules         BIGINT,                 -- active modules whose use falls
    dropped_modules           BIGINT,                 -- active modules no longer used
    collapsed_modules         BIGINT,                 -- active modules that were used and hardly are any more
    not_started_modules       BIGINT,                 -- active modules never used
    contracted_seats          BIGINT,                 -- seats over active modules; empty when not known
    active_users              BIGINT,                 -- users of the week, summed over modules; empty when not known
    seat_utilisation          DOUBLE,                 -- active users / seats, 0 to 1 and above; empty without seats
    users_4w                  DOUBLE,                 -- mean weekly users of the last four weeks; empty when not known
    seat_utilisation_4w       DOUBLE,                 -- the same by seats: what health and segments read
    key_actions_4w            BIGINT,                 -- key actions in the last four weeks; empty when not known
    key_actions_prior_4w      BIGINT,                 -- key actions in the four weeks before; empty when not known
    usage_change              DOUBLE,                 -- relative change of the two; empty when the prior is 0
    usage_verdict             STRING,                 -- whether key actions clearly changed; one of: rise, fall, none, too_few, absent
    conversions_verdict       STRING,                 -- whether the number of conversions did; one of: rise, fall, none, too_few, absent
    value_verdict             STRING,                 -- whether their value did; one of: rise, fall, none, too_few, absent
    conversions_week          BIGINT,                 -- conversions in the week; empty when not known
    conversion_value_week     DECIMAL(18,2),          -- their value in USD; empty when not known
    conversions_4w            BIGINT,                 -- conversions in the last four weeks; empty when not known
    conversion_value_4w       DECIMAL(18,2),          -- their value in USD; empty when not known
    conversions_prior_4w      BIGINT,                 -- conversions in the four weeks before
    conversion_value_prior_4w DECIMAL(18,2),          -- value of the four weeks before; empty when not known
    attributed_revenue_4w     DECIMAL(18,2),          -- revenue credited to touchpoints of the four weeks in USD; empty where they have not all arrived
    messages_sent_4w          BIGINT,                 -- messages sent in four weeks; empty when not known
    open_rate_4w              DOUBLE,                 -- opened / sent, 0 to 1; empty when none was sent
    click_rate_4w             DOUBLE,                 -- clicked / sent, 0 to 1; empty when none was sent
    engagement_score_4w       DOUBLE,                 -- mean of daily scores; empty without any
    calls_4w                  BIGINT,                 -- calls in four weeks; empty when not known
    negative_calls_4w         BIGINT,                 -- of them with negative customer sentiment; empty when not known
    judged_calls_4w           BIGINT,                 -- of them with a verdict on sentiment
    churn_calls_13w           BIGINT,                 -- calls of the last 13 weeks in which they spoke of leaving or giving back
    competitor_calls_13w      BIGINT,                 -- calls of the last 13 weeks in which another vendor came up
    expansion_calls_13w       BIGINT,                 -- calls of the last 13 weeks in which they asked for more
    days_since_contact        BIGINT,                 -- from the last call or meeting, or from the first call on record of anybody; empty when not known
    last_met_on               DATE,                   -- last contact of any kind with a person on record
    champions                 BIGINT,                 -- champions on record; empty when no person of the customer is
    sponsors                  BIGINT,                 -- sponsors and economic buyers on record
    champion_left_on          DATE,                   -- last day of the champion who left last
    days_without_champion     BIGINT,                 -- from that day, while there is no champion
    tickets_13w               BIGINT,                 -- tickets of the last 13 weeks; empty when none are connected
    severe_tickets_13w        BIGINT,                 -- of them high or critical
    open_tickets              BIGINT,                 -- tickets open at the week's end
    severe_open_tickets       BIGINT,                 -- of them high or critical
    survey_answers_26w        BIGINT,                 -- answers with a score in 26 weeks; empty when no surveys are connected
    unhappy_answers_26w       BIGINT,                 -- of them unhappy: nps to 6, csat to 2, ces to 3
    last_nps                  BIGINT,                 -- newest answer of 26 weeks to the recommendation, 0 to 10
    last_answer_on            DATE,                   -- day of the newest answer of 26 weeks
    negative_texts_13w        BIGINT,                 -- answers in words of 13 weeks with negative sentiment
    churn_texts_13w           BIGINT,                 -- written words of 13 weeks of leaving or giving back
    competitor_texts_13w      BIGINT,                 -- written words of 13 weeks with another vendor in them
    expansion_texts_13w       BIGINT,                 -- written words of 13 weeks with a wish for more
    days_to_renewal           BIGINT,                 -- from the week's end; negative when past
    health_score              DOUBLE,                 -- 0 to 100; empty when too little is known
    health_segment            STRING NOT NULL,        -- health; one of: Red, Yellow, Green, Unknown
    health_basis              STRING,                 -- how it is judged; one of: weights, onboarding plan
    health_coverage           DOUBLE NOT NULL,        -- weight of the factors known, 0 to 1
    health_factors            STRING,                 -- JSON by factor: {value, share, weight, points}; share and points empty when not known
    health_override           STRING,                 -- rule that kept the customer from Green, or data that are late and left it as it was, in words
    not_known                 STRING                  -- feeds that were there and are not, separated by commas: they leave health and segment as they were
);
