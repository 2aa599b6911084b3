-- One row per way in which calls were linked to a company, with the calls and their customers.
SELECT
    COALESCE(match_method, 'none') AS match_method,
    COUNT(*) AS calls,
    COUNT(customer_id) AS with_customer,
    COUNT(hubspot_deal_id) AS with_deal
FROM gong.vw_enriched_gong_calls
WHERE NOT is_private
GROUP BY COALESCE(match_method, 'none')
ORDER BY calls DESC, match_method
