-- One row per published case study.
SELECT
    case_study_id,
    title,
    company_name,
    industry_vertical,
    company_size,
    modules,
    goal,
    content,
    key_results,
    use_cases,
    channels_used
FROM source.case_studies
ORDER BY case_study_id
