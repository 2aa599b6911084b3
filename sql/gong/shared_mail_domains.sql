-- One row per domain of a mail provider that is known to be shared.
SELECT domain
FROM gong.gong_shared_mail_domains
