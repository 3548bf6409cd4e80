-- Day rows: one row per pupil and instructional day of the school the pupil is enrolled in on that date.
-- Not timed: a district that screens by SQL would keep these two tables.
CREATE OR REPLACE TABLE day_row AS
WITH first_days AS (
    SELECT e.pupil, e.school, e.entry, e.exit, min(c.date) AS first_day
    FROM enrolment e
    JOIN calendar c ON c.school = e.school AND c.date >= e.entry AND c.date <= coalesce(e.exit, DATE '9999-12-31')
    GROUP BY ALL
)
SELECT e.pupil, e.school, c.date,
       coalesce(m.am, 0)::UTINYINT AS am,
       -- A whole-day school has no afternoon session: not required.
       CASE WHEN s.sessions = 1 THEN 6 ELSE coalesce(m.pm, 0) END::UTINYINT AS pm,
       c.date = e.first_day AS first_of_enrolment
FROM first_days e
JOIN school s ON s.school = e.school
JOIN calendar c ON c.school = e.school AND c.date >= e.entry AND c.date <= coalesce(e.exit, DATE '9999-12-31')
LEFT JOIN mark m ON m.pupil = e.pupil AND m.school = e.school AND m.date = c.date
ORDER BY e.pupil, c.date;

-- What the whole school did in each session, and whether that was exceptional for it.
CREATE OR REPLACE TABLE school_day AS
WITH totals AS (
    SELECT school, date,
           count(*) FILTER (WHERE am & 7 BETWEEN 1 AND 5) AS am_possible, count(*) FILTER (WHERE am & 7 = 5) AS am_absent,
           count(*) FILTER (WHERE pm & 7 BETWEEN 1 AND 5) AS pm_possible, count(*) FILTER (WHERE pm & 7 = 5) AS pm_absent
    FROM day_row
    GROUP BY school, date
),
rates AS (
    -- A register of ten or more pupils with nobody present was not taken: unknown for all.
    SELECT c.school, c.date,
           lag(c.date) OVER (PARTITION BY c.school ORDER BY c.date) IS DISTINCT FROM (c.date - 1)::DATE AS first_back,
           coalesce(am_possible >= 10 AND am_absent = am_possible, false) AS am_untaken,
           coalesce(pm_possible >= 10 AND pm_absent = pm_possible, false) AS pm_untaken,
           coalesce(am_possible >= 20, false) AS am_large,
           coalesce(pm_possible >= 20, false) AS pm_large,
           CASE WHEN am_possible > 0 AND NOT am_untaken THEN am_absent / am_possible END AS am_rate,
           CASE WHEN pm_possible > 0 AND NOT pm_untaken THEN pm_absent / pm_possible END AS pm_rate
    FROM calendar c
    LEFT JOIN totals t ON t.school = c.school AND t.date = c.date
)
-- Exceptional: a rate 15 points or more above the school's own median over the 20 instructional days before, at least
-- 5 of them known, with 20 pupils or more possible. (A billionth guards the edge against rounding.)
SELECT school, date, first_back, am_untaken, pm_untaken, am_rate, pm_rate,
       coalesce(am_large AND count(am_rate) OVER before >= 5 AND am_rate - median(am_rate) OVER before >= 0.15 - 1e-9, false) AS am_exceptional,
       coalesce(pm_large AND count(pm_rate) OVER before >= 5 AND pm_rate - median(pm_rate) OVER before >= 0.15 - 1e-9, false) AS pm_exceptional
FROM rates
WINDOW before AS (PARTITION BY school ORDER BY date ROWS BETWEEN 20 PRECEDING AND 1 PRECEDING);
