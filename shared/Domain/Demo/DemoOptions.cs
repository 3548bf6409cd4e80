using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Demo;

/// <summary>Which schools a demo district has.</summary>
public enum DemoStyles
{
    /// <summary>Half the schools take AM and PM registers with England's codes, half a daily US-style register.</summary>
    Mixed,
    England,
    UsDaily,
}

/// <summary>What to generate. The same options give the same bytes on every machine.</summary>
public sealed record DemoOptions
{
    public const int DefaultStudents = 3000;
    public const int DefaultDays = 120;
    public const long DefaultSeed = 2026;

    /// <summary>The longest school year there is.</summary>
    public const int MaxDays = 190;
    public const int MaxStudents = 5_000_000;

    private const int StudentsPerSchool = 375;

    /// <summary>Pupils on roll, 1 to <see cref="MaxStudents"/>.</summary>
    public int Students { get; init; } = DefaultStudents;

    /// <summary>School days from the first of the year to the demo's last, 1 to <see cref="MaxDays"/>. The default ends on
    /// Thursday 19 March 2026, the 120th day of both calendars; with other counts the England-style schools decide
    /// (the US-style ones in a district without them), and the other calendar may have a few days more or fewer.</summary>
    public int Days { get; init; } = DefaultDays;

    public long Seed { get; init; } = DefaultSeed;

    /// <summary>Null: one school for every 375 pupils, at least one of each style.</summary>
    public int? Schools { get; init; }

    public DemoStyles Styles { get; init; } = DemoStyles.Mixed;

    /// <summary>What the US-style schools send: <see cref="FeedKind.Exceptions"/> (absences only) or
    /// <see cref="FeedKind.Register"/>. The England-style ones always send registers.</summary>
    public FeedKind UsFeed { get; init; } = FeedKind.Exceptions;

    /// <summary>Whether pupils join and leave during the year, and the pupils with a story are there. Without, a register
    /// has exactly pupils × days rows, as benchmarks want.</summary>
    public bool Lifelike { get; init; } = true;

    /// <summary>A district for measurements: US-style daily registers of exactly <paramref name="students"/> ×
    /// <paramref name="days"/> rows.</summary>
    public static DemoOptions ForBenchmark(int students, int days, int schools, long seed = DefaultSeed) => new()
    {
        Students = students,
        Days = days,
        Schools = schools,
        Seed = seed,
        Styles = DemoStyles.UsDaily,
        UsFeed = FeedKind.Register,
        Lifelike = false,
    };

    internal int SchoolCount => Schools ?? Math.Max(Styles == DemoStyles.Mixed ? 2 : 1, Students / StudentsPerSchool);

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Students, 1, nameof(Students));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Students, MaxStudents, nameof(Students));
        ArgumentOutOfRangeException.ThrowIfLessThan(Days, 1, nameof(Days));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Days, MaxDays, nameof(Days));
        ArgumentOutOfRangeException.ThrowIfLessThan(SchoolCount, 1, nameof(Schools));
        if (UsFeed is not (FeedKind.Exceptions or FeedKind.Register))
            throw new ArgumentOutOfRangeException(nameof(UsFeed), UsFeed, "Exceptions or Register.");
    }
}
