-- ---
-- description = "Operable ICU beds: occupied and free ones together, as the register defines them"
-- measure = "icu_capacity"
-- ---
SELECT o.place, o.category, o.reference_date, o.value + f.value AS value
FROM icu_occupied AS o
JOIN icu_free AS f USING (place, category, reference_date)
WHERE o.value IS NOT NULL AND f.value IS NOT NULL
