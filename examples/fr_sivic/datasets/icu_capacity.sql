-- ---
-- description = "Critical-care beds of before the crisis, from the publisher's occupancy rate: patients over beds"
-- measure = "icu_capacity"
-- ---
SELECT p.place, '' AS category, p.reference_date, round(p.value / t.value) AS value
FROM icu_occupied AS p
JOIN icu_occupancy_share AS t USING (place, reference_date)
WHERE p.value > 0 AND t.value > 0
