using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Applies a calendar file to the calendars held; what it means for its schools follows at once.</summary>
public sealed class CalendarIntake(CalendarStore calendars, DistrictId district)
{
    public async Task<TakenIn> TakeInAsync(FeedId feed, Stream file, int firstMonth, RefusedRowHandler refuse, CancellationToken cancellationToken)
    {
        var import = new CalendarImport(firstMonth);
        var outcome = CalendarFileReader.Read(file, import.Sink(refuse), cancellationToken);
        if (outcome is ReadOutcome.Refused) return TakenIn.NotRead(outcome);
        var changed = await calendars.ImportAsync(district, import.Calendars, cancellationToken);
        var warnings = import.Calendars
            .Select(c => InstructionalDays.Decide(c, c.Year, []).Warning is { } warning ? $"{c.School?.Value ?? "All schools"}, {c.Year.Label}: {warning}" : null)
            .OfType<string>().Distinct().ToList();
        // Also where nothing changed: the file may have been applied before and this cut short.
        var statedBySchool = import.Calendars.ToLookup(c => c.School, c => c.Days.Count + c.Sessions.Count);
        return new TakenIn(outcome, changed.Count, warnings)
        {
            Schools = statedBySchool.Where(of => of.Key is not null).ToDictionary(of => of.Key!.Value, of => of.Sum()),
            OfDistrict = statedBySchool.Contains(null) ? statedBySchool[null].Sum() : null,
            Follows = [.. import.Calendars.Select(c => CalendarChange.MessageOf(district, feed, c.School, c.Year))],
        };
    }
}
