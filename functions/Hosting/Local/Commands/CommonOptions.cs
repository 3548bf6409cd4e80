using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>The options every command takes, and the makers of those that several take.</summary>
internal sealed class CommonOptions
{
    public const string DefaultData = "./.schoolsignal";

    public static readonly string DefaultDistrict = DistrictId.Unnamed.Value;

    /// <summary>The environment's variables, unless a test says otherwise.</summary>
    public required IConfiguration Configuration { get; init; }

    public Option<string> Data { get; } = new("--data")
    {
        Description = $"Folder of the database, the archive and the key ring; made if it is not there. Default: {DefaultData}",
        HelpName = "DIR",
        Recursive = true,
    };

    public Option<DistrictId?> District { get; } = new("--district")
    {
        Description = $"The district's id. Default: {DefaultDistrict}",
        HelpName = "ID",
        Recursive = true,
        CustomParser = result =>
        {
            if (DistrictId.TryParse(result.Tokens[0].Value, out var id)) return id;
            result.AddError("--district takes 1 to 60 letters, digits, '-', '_' or '.'.");
            return null;
        },
    };

    public Option<FileInfo> DistrictConfig { get; } = new("--district-config")
    {
        Description = "JSON file with the district's settings (legalBasis, codeSets, thresholds, optOuts, capacity), read and kept. "
            + "docs/data-dictionary.md describes it.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Write more to stderr: what runs, and where a fault came from.",
        Recursive = true,
    };

    public void AddTo(Command root)
    {
        DistrictConfig.AcceptExistingOnly();
        root.Add(Data);
        root.Add(District);
        root.Add(DistrictConfig);
        root.Add(Verbose);
    }

    public static Option<DateOnly?> AsOf(string description) => new("--as-of")
    {
        Description = description,
        HelpName = "DATE",
        CustomParser = result => ParseDate(result, result.Tokens[0].Value),
    };

    public static Option<bool> Json(string description) => new("--json") { Description = description };

    public static Option<int?> Number(string name, string description, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                return number;
            result.AddError($"{name} takes a whole number from {least} to {most}.");
            return null;
        },
    };

    /// <summary>FROM..TO, both inclusive.</summary>
    public static Coverage? ParseCoverage(ArgumentResult result)
    {
        if (Coverage.TryParse(result.Tokens[0].Value, out var covers)) return covers;
        result.AddError("--covers takes the first and the last day the file speaks for, such as 2025-09-01..2025-09-05.");
        return null;
    }

    private static DateOnly? ParseDate(ArgumentResult result, string text)
    {
        if (TryDate(text, out var date)) return date;
        result.AddError("--as-of takes a date such as 2025-09-01.");
        return null;
    }

    private static bool TryDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}
