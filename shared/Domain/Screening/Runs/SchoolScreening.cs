using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Screening.Runs;

/// <summary>A school's pupils as screened, quiet ones included.</summary>
/// <param name="Results">By place on the roll.</param>
public sealed record SchoolScreening(SchoolId School, SchoolYear Year, DateOnly AsOf, IReadOnlyList<ScreeningResult> Results)
{
    public static SchoolScreening Empty(SchoolId school, SchoolYear year, DateOnly asOf) => new(school, year, asOf, []);
}
