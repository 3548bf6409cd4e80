using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Feeds;

/// <summary>One attendance statement as a reader hands it on: spans into the reader's buffer, so nothing is allocated.</summary>
public readonly ref struct AttendanceRow
{
    /// <summary>1-based: the line of a CSV file counting the header as 1, or the position of an XML or JSON record.</summary>
    public required int RowNumber { get; init; }

    public required ReadOnlySpan<char> StudentUniqueId { get; init; }

    /// <summary>Empty if the file has no school: the pupil's enrolment decides.</summary>
    public required ReadOnlySpan<char> SchoolId { get; init; }

    public required DateOnly Date { get; init; }

    public required SessionOfDay Session { get; init; }

    /// <summary>1-based period number where <see cref="Session"/> is <see cref="SessionOfDay.Period"/>, else 0.</summary>
    public byte Period { get; init; }

    public required Mark Mark { get; init; }

    /// <summary>The section (lesson) of a section-level event; empty for a mark of the day's register. A section event
    /// never changes the register.</summary>
    public ReadOnlySpan<char> Section { get; init; }

    /// <summary>The statement takes an earlier one back (Ed-Fi API deletes): the session becomes unknown, or present in
    /// an exceptions feed.</summary>
    public bool IsDelete { get; init; }
}

/// <summary>Why a row was refused. The names stand in reports; docs/data-dictionary.md explains each.</summary>
public enum RefusalReason
{
    RaggedRow,
    UnterminatedQuote,
    ControlCharacter,
    InvalidEncoding,
    MissingStudent,
    InvalidStudent,
    MissingSchool,
    InvalidSchool,
    MissingDate,
    InvalidDate,
    FutureDate,
    TooOldDate,
    InvalidSession,
    InvalidValue,
    InvalidRecord,
    UnknownStudent,
    UnknownSchool,
}

/// <summary>A row that was not taken: its number, why, which field, and its text as received (kept in the archive only,
/// so that the sender can mend and re-send it).</summary>
public sealed record RefusedRow(int RowNumber, RefusalReason Reason, string Field, string RawText);

/// <summary>Takes an accepted row. Called in file order on one thread.</summary>
public delegate void AttendanceRowHandler(in AttendanceRow row);

/// <summary>Takes a refused row.</summary>
public delegate void RefusedRowHandler(RefusedRow row);

/// <summary>Takes a code that the code set does not map; the row goes on as unknown and the code is counted.</summary>
public delegate void UnknownCodeHandler(string code);

/// <summary>Where a reader puts what it reads.</summary>
public sealed record AttendanceRowSink(AttendanceRowHandler Accept, RefusedRowHandler Refuse, UnknownCodeHandler UnknownCode);

/// <summary>What kind of statement a feed makes (design.md, Feeds).</summary>
public enum FeedKind
{
    /// <summary>States every pupil.</summary>
    Register,
    /// <summary>States absences only: no event on a covered instructional day is present.</summary>
    Exceptions,
    /// <summary>A register that replaces its coverage: what it no longer names is unknown.</summary>
    Snapshot,
}

/// <summary>The days a feed speaks for, both inclusive.</summary>
public readonly record struct Coverage(DateOnly From, DateOnly To)
{
    public bool Contains(DateOnly date) => date >= From && date <= To;

    /// <summary>Reads FROM..TO, as 2026-01-05..2026-01-09; the last day does not lie before the first.</summary>
    public static bool TryParse(string? text, out Coverage coverage)
    {
        coverage = default;
        var parts = text?.Split("..") ?? [];
        if (parts.Length != 2
            || !DateOnly.TryParseExact(parts[0], "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var from)
            || !DateOnly.TryParseExact(parts[1], "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var to)
            || to < from) return false;
        coverage = new Coverage(from, to);
        return true;
    }
}

/// <summary>How period marks make a day (the profile's rule).</summary>
/// <param name="AbsentFrom">Share of the day's stated periods, above 0 and at most 1, inclusive: absent from so many or more,
/// the day is absent; absent from fewer but some, the day is partial.</param>
public sealed record PeriodFold(decimal AbsentFrom)
{
    /// <summary>Where no profile says otherwise: half the day's periods.</summary>
    public static readonly PeriodFold Default = new(0.5m);
}

/// <summary>How a whole file was read, or why it was not.</summary>
public abstract record ReadOutcome
{
    /// <summary>Every row was handed on or refused. <paramref name="Concluded"/> says in plain words what was worked out
    /// (delimiter, encoding, columns, date order, profile); <paramref name="Warnings"/> what a person should know.</summary>
    public sealed record Read(long Rows, FeedKind? Kind, IReadOnlyList<string> Concluded, IReadOnlyList<string> Warnings) : ReadOutcome
    {
        /// <summary>A CSV file's header line as received, for the file of its refused rows; empty for other formats.</summary>
        public string Header { get; init; } = "";

        /// <summary>What separates a CSV file's fields.</summary>
        public char Delimiter { get; init; } = ',';

        /// <summary>How the file's period marks make a day; null if it has none.</summary>
        public PeriodFold? PeriodFold { get; init; }

        /// <summary>The coverage that the file itself states; null if it states none.</summary>
        public Coverage? Coverage { get; init; }
    }

    /// <summary>The file as a whole cannot be used: what was wrong, where, and what to do, in words for the sender.</summary>
    public sealed record Refused(string Why) : ReadOutcome;
}
