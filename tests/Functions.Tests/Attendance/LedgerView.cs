using System.Globalization;
using System.Text;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>What stands in the ledger, as a test asks for it: by the pupil's id, the date and the session.</summary>
internal static class LedgerView
{
    public static readonly FeedRequest Roster = new(FeedContent.Roster);
    public static readonly FeedRequest Register = new(FeedContent.Attendance, Kind: FeedKind.Register);
    public static readonly FeedRequest Exceptions = new(FeedContent.Attendance, Kind: FeedKind.Exceptions);
    public static readonly FeedRequest Snapshot = new(FeedContent.Attendance, Kind: FeedKind.Snapshot);

    public static Coverage Days(string from, string to) => new(DateOnly.Parse(from, CultureInfo.InvariantCulture), DateOnly.Parse(to, CultureInfo.InvariantCulture));

    /// <summary>The school's year as the register shows it, or null without one.</summary>
    public static async Task<SchoolYearRegister?> RegisterAsync(this LocalApp app, string school, SchoolYear year) =>
        await app.Get<LedgerReader>().ReadAsync(SchoolId.Parse(school), year, year.LastDay, null, default);

    /// <summary>Every mark of the school's year that is not unknown.</summary>
    public static async Task<Dictionary<(string Student, DateOnly Date, int Session), Mark>> MarksAsync(this LocalApp app, string school, SchoolYear year)
    {
        var marks = new Dictionary<(string, DateOnly, int), Mark>();
        if (await app.RegisterAsync(school, year) is not { } register) return marks;
        var roll = await app.Get<SchoolRolls>().LoadAsync(SchoolId.Parse(school), year, default);
        foreach (var (index, _) in roll.Pupils())
        {
            var block = register.Blocks.Single(b => b.Number == index / RegisterBlock.Width);
            for (var column = 0; column < register.Days.Count * register.SessionsPerDay; column++)
            {
                var mark = new Mark(block.Marks[(column * RegisterBlock.Width) + (index % RegisterBlock.Width)]);
                if (mark != Mark.Unknown)
                    marks[(Encoding.UTF8.GetString(roll.IdAt(index)), register.Days[column / register.SessionsPerDay], column % register.SessionsPerDay)] = mark;
            }
        }
        return marks;
    }

    public static async Task<Mark> MarkAsync(this LocalApp app, string school, string student, string date, int session = 0)
    {
        var day = DateOnly.Parse(date, CultureInfo.InvariantCulture);
        return (await app.MarksAsync(school, SchoolYear.Containing(day))).GetValueOrDefault((student, day, session));
    }

    public static async Task<SchoolYearHeader?> HeaderAsync(this LocalApp app, string school, SchoolYear year) =>
        (await SchoolYearHeader.FindAsync(app.Get<ITableStore>(), LedgerKeys.Partition(DistrictId.Parse("test"), SchoolId.Parse(school), year), default))?.Header;

    public static async Task<string> RefusedCsvAsync(this LocalApp app, FeedReport report)
    {
        using var stream = new MemoryStream();
        await app.Get<RefusedRows>().WriteAsync(report, stream, default);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
