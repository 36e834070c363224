-- ---
-- description = "Share of ICU areas limited for lack of staff; days on which the record fell nearly everywhere at once are missing"
-- measure = "short_staff_share"
-- [[check]]
-- name = "staff_share_is_a_share"
-- kind = "range"
-- min = 0
-- max = 1
-- ---
WITH stated AS (
    SELECT s.place, s.category, s.reference_date, s.value / u.value AS share
    FROM units_short_staff AS s
    JOIN icu_units AS u USING (place, category, reference_date)
    WHERE s.value IS NOT NULL AND u.value > 0
), usual AS (
    SELECT *, median(share) OVER (
        PARTITION BY place, category ORDER BY reference_date
        RANGE BETWEEN INTERVAL 14 DAYS PRECEDING AND INTERVAL 1 DAY PRECEDING
    ) AS before
    FROM stated
), fallen AS (
    -- Late in May 2021 the record was emptied in most states at once and filled again within
    -- days: a fault of the register, which no ward saw.
    SELECT reference_date FROM usual
    WHERE before > 0 AND category = 'icu_adults'
    GROUP BY reference_date
    HAVING count(*) >= 3 AND avg(CASE WHEN share < 0.2 * before THEN 1 ELSE 0 END) > 0.5
)
SELECT place, category, reference_date,
       CASE WHEN reference_date IN (SELECT reference_date FROM fallen) THEN NULL
            ELSE least(share, 1) END AS value
FROM usual
