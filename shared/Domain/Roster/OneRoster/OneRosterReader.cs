using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Archives;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Roster.OneRoster;

/// <summary>Which column of users.csv is the StudentUniqueId that attendance feeds use.</summary>
public enum OneRosterStudentId
{
    SourcedId,
    Identifier,
}

/// <summary>Reads OneRoster 1.1 and 1.2 CSV bundles. A pupil is on a school's roll from the earliest begin to the latest end of
/// his or her class enrolments there, the class's terms standing in for dates that are not given; without enrolments in
/// the schools the user (1.1) or the roles (1.2) name, over the academic sessions of the bundle.</summary>
/// <remarks>
/// Both dates count as days on roll: exporters write a term's last day as its end, whatever the specification says of
/// exclusive ends. <see cref="ReadOutcome.Read.Kind"/> is <see cref="FeedKind.Snapshot"/> where users and enrolments are both
/// bulk: whom it no longer names has left. In a delta a class enrolment taken back does not end the pupil's time in
/// the school: only a user or a role taken back does. Memory grows with the pupils on roll, not with their classes or marks.
/// </remarks>
public static class OneRosterReader
{
    public static ReadOutcome Read(OneRosterBundle bundle, OneRosterStudentId studentId, RosterSink sink, CancellationToken cancellationToken)
    {
        try
        {
            return new Reading(bundle, studentId, sink, cancellationToken).Run();
        }
        catch (OneRosterFault fault)
        {
            return new ReadOutcome.Refused(fault.Message);
        }
        catch (ArchiveFaultException fault)
        {
            return new ReadOutcome.Refused(fault.Message);
        }
    }

    private sealed class Reading(OneRosterBundle bundle, OneRosterStudentId studentId, RosterSink sink, CancellationToken cancellationToken)
    {
        private readonly OneRosterTerms terms = new();
        private readonly Dictionary<string, List<RollSpan>> rolls = new(StringComparer.Ordinal);
        private long rows, students, classes, enrolmentsTakenBack, withoutUser, disabled;

        public ReadOutcome Run()
        {
            var manifest = OneRosterManifest.Read(bundle, cancellationToken);
            if (manifest.Version.Length > 0 && !manifest.Version.StartsWith("1.1", StringComparison.Ordinal) && !manifest.Version.StartsWith("1.2", StringComparison.Ordinal))
                return new ReadOutcome.Refused($"The manifest says OneRoster {manifest.Version}; versions 1.1 and 1.2 are read.");
            var (users, enrolments) = (manifest.Of("users"), manifest.Of("enrollments"));
            if (users == OneRosterMode.Absent && enrolments == OneRosterMode.Absent)
                return new ReadOutcome.Refused("The manifest says that the bundle holds neither users nor enrolments.");

            using (var file = Open(manifest, "academicSessions")) terms.ReadSessions(file, Refuse, cancellationToken);
            using (var file = Open(manifest, "orgs")) terms.ReadSchools(file, Refuse, cancellationToken);
            using (var file = Open(manifest, "classes")) classes = terms.ReadClasses(file, sink, Refuse, cancellationToken);
            using (var file = Open(manifest, "enrollments")) ReadEnrolments(file);
            using (var file = Open(manifest, "roles")) ReadRoles(file);
            var delta = users == OneRosterMode.Delta || enrolments == OneRosterMode.Delta;
            using (var file = Open(manifest, "users"))
            {
                if (users == OneRosterMode.Bulk && file is null) return new ReadOutcome.Refused("The bundle has no users.csv.");
                ReadUsers(file, delta);
            }
            EmitWithoutUser(delta);
            return Outcome(manifest, users == OneRosterMode.Bulk && enrolments == OneRosterMode.Bulk && !manifest.IsMissing, delta);
        }

        private OneRosterFile? Open(OneRosterManifest manifest, string name) =>
            manifest.Of(name) == OneRosterMode.Absent ? null : OneRosterFile.Open(bundle, name + ".csv", cancellationToken);

        private void ReadEnrolments(OneRosterFile? file)
        {
            if (file is null) return;
            var (of, inClass, role) = (file.Needed("userSourcedId"), file.Needed("classSourcedId"), file.Needed("role"));
            var (school, begin, end) = (file.Column("schoolSourcedId"), file.Column("beginDate"), file.Column("endDate"));
            while (file.Next(Refuse, cancellationToken))
            {
                rows++;
                if (file.IsDeleted) { enrolmentsTakenBack++; continue; }
                var isStudent = file.Field(role).Equals("student", StringComparison.OrdinalIgnoreCase);
                if (!isStudent && !file.Field(role).Equals("teacher", StringComparison.OrdinalIgnoreCase)) continue;
                var user = file.Field(of);
                if (user.IsEmpty) { file.Refuse(Refuse, RefusalReason.MissingStudent, "userSourcedId"); continue; }
                if (!file.TryDate(begin, out var from)) { file.Refuse(Refuse, RefusalReason.InvalidDate, "beginDate"); continue; }
                if (!file.TryDate(end, out var to) || to < from) { file.Refuse(Refuse, RefusalReason.InvalidDate, "endDate"); continue; }
                var classId = file.Field(inClass).ToString();
                var known = terms.Class(classId);
                if (!SchoolId.TryParse(file.Field(school), out var schoolId))
                {
                    if (known is null) { file.Refuse(Refuse, RefusalReason.MissingSchool, "schoolSourcedId"); continue; }
                    schoolId = known.School;
                }
                var span = new RollSpan(schoolId, from ?? known?.Begin, to ?? known?.End, file.RowNumber);
                sink.Place(new RosterPlace(user.ToString(), classId, schoolId, !isStudent, span.Entry, span.Exit));
                if (isStudent) Widen(user.ToString(), span);
            }
        }

        /// <summary>1.2 only: who is what in which school. Enrolments go before: a role's dates count where there are none.</summary>
        private void ReadRoles(OneRosterFile? file)
        {
            if (file is null) return;
            var (of, role, org) = (file.Needed("userSourcedId"), file.Needed("role"), file.Needed("orgSourcedId"));
            var (begin, end) = (file.Column("beginDate"), file.Column("endDate"));
            var fromEnrolments = rolls.Keys.ToHashSet(StringComparer.Ordinal);
            while (file.Next(Refuse, cancellationToken))
            {
                rows++;
                if (!file.Field(role).Equals("student", StringComparison.OrdinalIgnoreCase)) continue;
                var user = file.Field(of).ToString();
                if (!SchoolId.TryParse(file.Field(org), out var school)) { file.Refuse(Refuse, RefusalReason.MissingSchool, "orgSourcedId"); continue; }
                if (!terms.IsSchool(school)) continue;
                if (file.IsDeleted)
                {
                    if (studentId == OneRosterStudentId.SourcedId && StudentUniqueId.TryParse(user, out var student))
                        sink.Delete(new RosterDelete(file.RowNumber, student, school, null));
                    continue;
                }
                if (!file.TryDate(begin, out var from)) { file.Refuse(Refuse, RefusalReason.InvalidDate, "beginDate"); continue; }
                if (!file.TryDate(end, out var to) || to < from) { file.Refuse(Refuse, RefusalReason.InvalidDate, "endDate"); continue; }
                if (!fromEnrolments.Contains(user)) Widen(user, new RollSpan(school, from ?? terms.Begin, to ?? terms.End, file.RowNumber));
            }
        }

        private void ReadUsers(OneRosterFile? file, bool delta)
        {
            if (file is null) return;
            var columns = new UserColumns(file, studentId);
            while (file.Next(Refuse, cancellationToken))
            {
                rows++;
                var sourcedId = file.Field(columns.SourcedId).ToString();
                var hasRoll = rolls.Remove(sourcedId, out var spans);
                // In 1.1 the user row says who is a pupil; in 1.2 the roles and enrolments do.
                var isStudent = columns.Role >= 0 ? file.Field(columns.Role).Equals("student", StringComparison.OrdinalIgnoreCase) : hasRoll;
                if (!isStudent && !(file.IsDeleted && columns.Role < 0)) continue;
                if (file.Field(columns.StudentId).IsEmpty) { file.Refuse(Refuse, RefusalReason.MissingStudent, columns.StudentIdName); continue; }
                if (!StudentUniqueId.TryParse(file.Field(columns.StudentId), out var student)) { file.Refuse(Refuse, RefusalReason.InvalidStudent, columns.StudentIdName); continue; }
                if (file.IsDeleted)
                {
                    sink.Delete(new RosterDelete(file.RowNumber, student, null, null));
                    continue;
                }
                if (file.Field(columns.Enabled).Equals("false", StringComparison.OrdinalIgnoreCase)) disabled++;
                spans ??= OrgSpans(file, columns);
                if (spans.Count == 0 && !delta) file.Refuse(Refuse, RefusalReason.MissingSchool, "orgSourcedIds");
                var (given, family) = (RosterText.Name(file.Field(columns.Given)), RosterText.Name(file.Field(columns.Family)));
                if (spans.Count == 0 && delta) sink.Name(new RosterName(file.RowNumber, student, given, family));
                foreach (var span in spans)
                {
                    students++;
                    sink.Student(new RosterStudent(file.RowNumber, student, span.School, RosterText.Grade(file.Field(columns.Grades)), span.Entry, span.Exit, given, family, delta));
                }
            }
        }

        private List<RollSpan> OrgSpans(OneRosterFile file, UserColumns columns)
        {
            List<RollSpan> spans = [];
            foreach (var org in file.List(columns.Orgs))
                if (SchoolId.TryParse(org, out var school) && terms.IsSchool(school)) spans.Add(new RollSpan(school, terms.Begin, terms.End, file.RowNumber));
            return spans;
        }

        /// <summary>Pupils whom enrolments name and users do not: usual in a delta, a fault in a bulk bundle.</summary>
        private void EmitWithoutUser(bool delta)
        {
            foreach (var (user, spans) in rolls)
            {
                if (!delta || studentId != OneRosterStudentId.SourcedId || !StudentUniqueId.TryParse(user, out var student))
                {
                    withoutUser++;
                    Refuse(new RefusedRow(spans[0].RowNumber, RefusalReason.UnknownStudent, "enrollments.csv/userSourcedId", user));
                    continue;
                }
                foreach (var span in spans)
                {
                    students++;
                    sink.Student(new RosterStudent(span.RowNumber, student, span.School, "", span.Entry, span.Exit, "", "", WidensOnly: true));
                }
            }
        }

        private void Widen(string user, RollSpan span)
        {
            if (!rolls.TryGetValue(user, out var spans)) rolls[user] = spans = new List<RollSpan>(1);
            var i = spans.FindIndex(s => s.School == span.School);
            if (i < 0) spans.Add(span);
            else spans[i] = spans[i].With(span);
        }

        private void Refuse(RefusedRow row) => sink.Refuse(row);

        private ReadOutcome.Read Outcome(OneRosterManifest manifest, bool isBulk, bool delta)
        {
            List<string> concluded =
            [
                manifest.IsMissing ? "OneRoster bundle without a manifest: read as bulk, nobody is taken off the roll" : $"OneRoster {manifest.Version}, {(delta ? "delta" : "bulk")}",
                FormattableString.Invariant($"{students} enrolments of pupils in schools, {classes} classes"),
                $"StudentUniqueId is {studentId} of users.csv",
            ];
            List<string> warnings = [];
            if (enrolmentsTakenBack > 0) warnings.Add(FormattableString.Invariant($"{enrolmentsTakenBack} class enrolments are taken back; that alone ends nobody's time in a school"));
            if (withoutUser > 0) warnings.Add(FormattableString.Invariant($"{withoutUser} pupils have enrolments but no row in users.csv"));
            if (disabled > 0) warnings.Add(FormattableString.Invariant($"{disabled} pupils have a disabled account; they count as on roll"));
            return new ReadOutcome.Read(rows, isBulk ? FeedKind.Snapshot : null, concluded, warnings);
        }

        private sealed class UserColumns(OneRosterFile file, OneRosterStudentId studentId)
        {
            public int SourcedId { get; } = file.Needed("sourcedId");

            public string StudentIdName { get; } = studentId == OneRosterStudentId.SourcedId ? "sourcedId" : "identifier";

            public int StudentId { get; } = file.Needed(studentId == OneRosterStudentId.SourcedId ? "sourcedId" : "identifier");

            public int Role { get; } = file.Column("role");

            public int Orgs { get; } = file.Column("orgSourcedIds") is >= 0 and var orgs ? orgs : file.Column("primaryOrgSourcedId");

            public int Enabled { get; } = file.Column("enabledUser");

            public int Grades { get; } = file.Column("grades");

            public int Given { get; } = file.Column("givenName");

            public int Family { get; } = file.Column("familyName");
        }
    }
}

/// <summary>When a pupil is on a school's roll; null where it is open or not known.</summary>
internal readonly record struct RollSpan(SchoolId School, DateOnly? Entry, DateOnly? Exit, int RowNumber)
{
    /// <summary>The earliest entry that is known, the latest exit, or none if one of them is open.</summary>
    public RollSpan With(RollSpan other) => this with
    {
        Entry = Entry is null || other.Entry < Entry ? other.Entry ?? Entry : Entry,
        Exit = Exit is null || other.Exit is null ? null : other.Exit > Exit ? other.Exit : Exit,
    };
}
