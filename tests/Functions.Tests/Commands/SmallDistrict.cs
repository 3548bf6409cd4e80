using System.Globalization;
using System.Text;

namespace SchoolSignal.Functions.Tests.Commands;

/// <summary>Two pupils of one daily school over the weekdays of September and October 2025: Ada is there, Ben is missing for
/// the last ten days. Ben's teacher has seen it, and there is a concern about Ada.</summary>
internal static class SmallDistrict
{
    public static readonly DateOnly LastDay = new(2025, 10, 31);

    public const string WithLegalBasis = """{ "legalBasis": { "kind": "noticeAndOptOut", "text": "board decision 14" } }""";

    public static IReadOnlyList<DateOnly> Days { get; } =
    [
        .. Enumerable.Range(0, 61).Select(i => new DateOnly(2025, 9, 1).AddDays(i))
            .Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)),
    ];

    public static IReadOnlyList<DateOnly> BensAbsences => [.. Days.TakeLast(10)];

    public static string Attendance()
    {
        var csv = new StringBuilder("date,schoolId,studentUniqueId,code\n");
        foreach (var day in Days)
        {
            var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            csv.Append(CultureInfo.InvariantCulture, $"{date},s1,ada,P\n{date},s1,ben,{(BensAbsences.Contains(day) ? "U" : "P")}\n");
        }
        return csv.ToString();
    }

    public static async Task ImportAsync(Cli cli, bool legalBasis = true)
    {
        if (legalBasis) await RunAsync(cli, "referrals", "--district-config", cli.File("district.json", WithLegalBasis));
        await RunAsync(cli, "import", "students", cli.File("students.csv", "studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName\nada,s1,7,2025-09-01,,Ada,Lamp\nben,s1,7,2025-09-01,,Ben,Quill\n"));
        await RunAsync(cli, "import", "attendance", cli.File("attendance.csv", Attendance()), "--profile", "us-daily", "--kind", "register");
        await RunAsync(cli, "import", "observations", cli.File("forms.jsonl",
            """
            {"date":"2025-10-28","studentUniqueId":"ben","observer":"t-1","items":{"1":3,"2":4,"3":3,"4":2},"note":"sits by the door"}
            {"date":"2025-10-29","studentUniqueId":"ada","observer":"t-1","items":{},"safeguarding":true,"note":"said something"}

            """));
        if (legalBasis) await RunAsync(cli, "screen");
    }

    private static async Task RunAsync(Cli cli, params string[] args)
    {
        var ended = await cli.RunAsync(args);
        Assert.True(ended.Code == 0, $"{string.Join(' ', args)} ended with {ended.Code}: {ended.Error}{ended.Output}");
    }
}
