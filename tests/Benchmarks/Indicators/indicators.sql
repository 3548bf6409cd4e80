-- Every indicator of one pupil per row, from day rows, as of a date.
-- leave_exceptional_out blanks the sessions in which the whole school was exceptionally absent (snow, flu).
CREATE OR REPLACE MACRO pupil_indicators(as_of, leave_exceptional_out) AS TABLE
WITH marks AS (
    SELECT d.pupil, d.date,
           CASE WHEN s.am_untaken OR (leave_exceptional_out AND s.am_exceptional) THEN 0 ELSE d.am END AS am,
           CASE WHEN s.pm_untaken OR (leave_exceptional_out AND s.pm_exceptional) THEN 0 ELSE d.pm END AS pm,
           s.first_back AND NOT d.first_of_enrolment AS first_back,
           s.am_rate, s.pm_rate
    FROM day_row d
    JOIN school_day s ON s.school = d.school AND s.date = d.date
    WHERE d.date <= as_of
),
days AS (
    SELECT pupil, date, am, pm, first_back,
           ((am & 7 BETWEEN 1 AND 5)::TINYINT + (pm & 7 BETWEEN 1 AND 5)::TINYINT)::TINYINT AS possible,
           ((am & 7 = 5)::TINYINT + (pm & 7 = 5)::TINYINT)::TINYINT AS absent,
           CASE WHEN am & 7 BETWEEN 1 AND 5 THEN am_rate ELSE 0 END + CASE WHEN pm & 7 BETWEEN 1 AND 5 THEN pm_rate ELSE 0 END AS peer_rates
    FROM marks
),
-- Backwards from the as-of date: how many days come after, and how many attended ones. Absent days with the same number
-- of attended days after them are one spell, however many blank days lie between; with none after, the current run.
placed AS (
    SELECT *,
           row_number() OVER backwards - 1 AS days_after,
           count(*) FILTER (WHERE possible > absent) OVER backwards AS attended_after
    FROM days
    WINDOW backwards AS (PARTITION BY pupil ORDER BY date DESC ROWS UNBOUNDED PRECEDING)
),
spells AS (
    SELECT pupil, attended_after,
           count(*) AS length,
           max(days_after) AS begun_days_before,
           -- 13 absent for illness, 21 absent for a medical reason.
           bool_and((am & 7 <> 5 OR am = 13) AND (pm & 7 <> 5 OR pm = 13)) AS illness,
           bool_and((am & 7 <> 5 OR am = 21) AND (pm & 7 <> 5 OR pm = 21)) AS medical
    FROM placed
    WHERE possible > 0 AND absent = possible
    GROUP BY pupil, attended_after
),
of_spells AS (
    SELECT pupil,
           count(*) AS spells,
           max(length) AS longestRunDays,
           max(length) FILTER (WHERE attended_after = 0) AS currentRunDays,
           bool_or(medical) FILTER (WHERE attended_after = 0) AS currentRunAllMedical,
           count(*) FILTER (WHERE illness) AS illnessSpells,
           count(*) FILTER (WHERE begun_days_before < 45) AS last45SpellsBegun,
           count(*) FILTER (WHERE begun_days_before < 45 AND illness AND length <= 2) AS last45ShortIllnessSpells
    FROM spells
    GROUP BY pupil
),
of_days AS (
    SELECT pupil,
           sum(possible) AS possibleSessions,
           sum(absent) AS absentSessions,
           count(*) FILTER (WHERE possible > 0) AS possibleDays,
           count(*) FILTER (WHERE possible > 0 AND absent = possible) AS absentDays,
           -- 133 and above with category 5: absent, unauthorised.
           count(*) FILTER (WHERE possible > 0 AND absent = possible AND ((am & 135 = 133) OR (pm & 135 = 133))) AS unauthorisedDays,
           sum((am & 7 = 2)::TINYINT + (pm & 7 = 2)::TINYINT) AS lateCount,
           count(*) FILTER (WHERE absent > 0 AND possible > absent OR am & 7 IN (3, 4) OR pm & 7 IN (3, 4)) AS partialDays,
           count(*) FILTER (WHERE first_back AND possible > 0 AND absent = possible) AS firstDayBackAbsences,

           sum(possible) FILTER (WHERE days_after < 20) AS last20Possible,
           sum(absent) FILTER (WHERE days_after < 20) AS last20Absent,
           sum(peer_rates) FILTER (WHERE days_after < 20) AS last20PeerRates,
           -- 141 is England's N; it counts once it has stood for more than five school days.
           count(*) FILTER (WHERE days_after < 20 AND possible > 0 AND absent = possible
               AND ((am & 135 = 133 AND (am <> 141 OR days_after > 5)) OR (pm & 135 = 133 AND (pm <> 141 OR days_after > 5)))) AS last20UnexplainedDays,
           coalesce(sum((am & 7 = 2)::TINYINT + (pm & 7 = 2)::TINYINT) FILTER (WHERE days_after < 20), 0) AS last20LateCount,
           count(*) FILTER (WHERE days_after < 20 AND (absent > 0 AND possible > absent OR am & 7 IN (3, 4) OR pm & 7 IN (3, 4))) AS last20PartialDays,

           sum(absent) FILTER (WHERE days_after BETWEEN 20 AND 39) AS previous20Absent,
           sum(possible) FILTER (WHERE days_after BETWEEN 20 AND 39) AS previous20Possible,
           count(*) FILTER (WHERE days_after BETWEEN 20 AND 39 AND possible > 0 AND absent = possible) AS previous20AbsentDays,

           sum(possible) FILTER (WHERE days_after < 45) AS last45Possible,
           sum(absent) FILTER (WHERE days_after < 45) AS last45Absent,
           count(*) FILTER (WHERE days_after < 45 AND possible > 0) AS last45PossibleDays,
           count(*) FILTER (WHERE days_after < 45 AND possible > 0 AND absent = possible) AS last45AbsentDays,
           count(*) FILTER (WHERE days_after < 45 AND possible > 0 AND first_back) AS last45FirstDaysBack,
           count(*) FILTER (WHERE days_after < 45 AND possible > 0 AND absent = possible AND first_back) AS last45FirstDayBackAbsences,

           sum(possible) FILTER (WHERE days_after BETWEEN 20 AND 79) AS previous60Possible,
           sum(absent) FILTER (WHERE days_after BETWEEN 20 AND 79) AS previous60Absent,
           count(*) FILTER (WHERE days_after BETWEEN 20 AND 79 AND possible > 0) AS previous60PossibleDays,
           coalesce(sum((am & 7 = 2)::TINYINT + (pm & 7 = 2)::TINYINT) FILTER (WHERE days_after BETWEEN 20 AND 79), 0) AS previous60Lates
    FROM placed
    GROUP BY pupil
)
SELECT d.pupil,
       possibleSessions::INTEGER AS possibleSessions,
       absentSessions::INTEGER AS absentSessions,
       -- A division by zero is null in DuckDB: no possible session, no rate.
       absentSessions / possibleSessions AS absenceRateYearToDate,
       absentDays, unauthorisedDays,
       lateCount::INTEGER AS lateCount,
       partialDays,
       coalesce(spells, 0) AS spells,
       coalesce(longestRunDays, 0) AS longestRunDays,
       coalesce(currentRunDays, 0) AS currentRunDays,
       coalesce(illnessSpells, 0) AS illnessSpells,
       firstDayBackAbsences,
       last20Absent / last20Possible AS last20AbsenceRate,
       last45Absent / last45Possible AS last45AbsenceRate,
       previous60Absent / previous60Possible AS previous60AbsenceRate,
       (last20Absent - last20PeerRates) / last20Possible AS peerExcess,

       -- Beyond evidence §9: what the rules ask for.
       possibleDays, last45PossibleDays, previous60PossibleDays,
       coalesce(currentRunAllMedical, false)::INTEGER AS currentRunAllMedical,
       coalesce(last45SpellsBegun, 0) AS last45SpellsBegun,
       last20UnexplainedDays, last45AbsentDays, last45FirstDayBackAbsences,
       -- The binomial tail, term by term through log factorials.
       CASE WHEN last45AbsentDays = 0 THEN NULL
            WHEN last45FirstDayBackAbsences = 0 OR last45FirstDaysBack = last45PossibleDays THEN 1
            ELSE list_sum(list_transform(range(last45FirstDayBackAbsences, last45AbsentDays + 1), lambda k: exp(
                lgamma(last45AbsentDays + 1) - lgamma(k + 1) - lgamma(last45AbsentDays - k + 1)
                + k * ln(last45FirstDaysBack / last45PossibleDays) + (last45AbsentDays - k) * ln(1 - last45FirstDaysBack / last45PossibleDays))))
       END AS last45FirstDayBackChance,
       coalesce(last45ShortIllnessSpells, 0) AS last45ShortIllnessSpells,
       last20LateCount::INTEGER AS last20LateCount,
       last20LateCount / last20Possible AS last20LateRate,
       previous60Lates / previous60Possible AS previous60LateRate,
       last20PartialDays,
       previous20Absent / previous20Possible AS previous20AbsenceRate,
       previous20AbsentDays
FROM of_days d
LEFT JOIN of_spells s ON s.pupil = d.pupil;
