-- One row per published case study.
-- key: case_study_id
CREATE TABLE IF NOT EXISTS source.case_studies (
    case_study_id     STRING NOT NULL, -- the case study
    title             STRING NOT NULL, -- title
    company_name      STRING NOT NULL, -- company told of (public)
    industry_vertical STRING NOT NULL, -- industry
    company_size      STRING NOT NULL, -- size of the company; one of: Enterprise, Mid-Market, Small Business
    modules           STRING,          -- modules used, separated by semicolons
    goal              STRING,          -- goal in words
    content           STRING NOT NULL, -- full text
    key_results       STRING NOT NULL, -- results in words, one a line
    use_cases         STRING,          -- use cases, separated by semicolons
    channels_used     STRING,          -- channels, separated by semicolons
    published_on      DATE             -- day of publication
);
