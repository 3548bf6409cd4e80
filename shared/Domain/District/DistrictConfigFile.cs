using System.Text.Json;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Retention;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.District;

/// <summary>What was wrong with a district file, and where: <c>district.json: thresholds.staleFeedSchoolDays: ...</c>.</summary>
public sealed record ConfigError(string File, string Field, string Why)
{
    public override string ToString() => Field.Length == 0 ? $"{File}: {Why}" : $"{File}: {Field}: {Why}";
}

/// <summary>Whether a district file could be used.</summary>
public abstract record DistrictConfigResult
{
    public sealed record Loaded(DistrictConfig Config) : DistrictConfigResult;

    /// <summary>Nothing of the file is used; every error found is named, at least one.</summary>
    public sealed record Invalid(IReadOnlyList<ConfigError> Errors) : DistrictConfigResult;
}

/// <summary>A district file as written: a part it does not mention is null and leaves the stored setting as it is.</summary>
public sealed record DistrictConfig(
    LegalBasis? LegalBasis, bool ClearsLegalBasis, IReadOnlyList<string>? CodeSets, int? StaleFeedSchoolDays, string? RuleSet,
    IReadOnlyList<StudentUniqueId>? OptOuts, DistrictCapacity? Capacity, int? FirstMonth, DistrictProfile? Profile)
{
    /// <summary>Whom to speak to; stored beside the settings.</summary>
    public SafeguardingConfig? Safeguarding { get; init; }

    /// <summary>As <see cref="DistrictSettings.AuditMonths"/>.</summary>
    public int? AuditMonths { get; init; }

    /// <summary>Lays the file's parts over <see cref="DistrictSettings.Retention"/>; null where it names none.</summary>
    public Func<RetentionSettings, RetentionSettings>? Retention { get; init; }

    /// <summary>The settings with this file's parts laid over them. A given list of opt-outs replaces the stored one.</summary>
    public async ValueTask<DistrictSettings> ApplyToAsync(DistrictSettings settings, StudentResolver resolve, CancellationToken cancellationToken)
    {
        var merged = settings with
        {
            LegalBasis = ClearsLegalBasis ? null : LegalBasis ?? settings.LegalBasis,
            CodeSets = CodeSets ?? settings.CodeSets,
            Thresholds = new DistrictThresholds(StaleFeedSchoolDays ?? settings.Thresholds.StaleFeedSchoolDays, RuleSet ?? settings.Thresholds.RuleSet),
            Capacity = Capacity ?? settings.Capacity,
            FirstMonth = FirstMonth ?? settings.FirstMonth,
            Profile = Profile ?? settings.Profile,
            AuditMonths = AuditMonths ?? settings.AuditMonths,
            Retention = Retention?.Invoke(settings.Retention) ?? settings.Retention,
        };
        if (OptOuts is not null) merged = merged with { OptOuts = new HashSet<StudentKey>(), UnresolvedOptOuts = OptOuts };
        return await merged.ResolveAsync(resolve, cancellationToken);
    }
}

/// <summary>Reads the file of <c>--district-config FILE</c>. Comments are allowed; every part is optional:
/// <code>
/// {
///   "legalBasis": { "kind": "noticeAndOptOut", "text": "PPRA notice of 2025-08-01, board decision 14" },
///   "codeSets": ["us-daily", "our-codes.json"],
///   "thresholds": { "staleFeedSchoolDays": 3, "ruleSet": "our-rules.json" },
///   "optOuts": ["604822"],
///   "capacity": { "routinePerCounsellorAndWeek": 5, "counsellors": { "255901001": 2 } },
///   "firstMonth": 8,
///   "auditMonths": 84,
///   "retention": { "feedFileDays": 400, "recordMonthsAfterLeaving": 12, "notificationDays": 400, "inboxDays": 400, "failureDays": 90 },
///   "profile": { "name": "Willow Valley schools", "language": "en", "timeZone": "America/Chicago" },
///   "safeguarding": {
///     "district": { "name": "Ms Hall", "phone": "555-0100", "mail": "hall@district.example" },
///     "everySchool": { "aboutStaff": { "name": "Dr Reed", "phone": "555-0102" }, "emergencyNumber": "911" },
///     "schools": { "255901001": { "lead": { "name": "Mr Lee, room 4", "phone": "555-0101" } } }
///   }
/// }
/// </code>
/// <c>kind</c> is one of consent, noticeAndOptOut, educationalInterest, publicTask, legalObligation, demonstration;
/// <c>"legalBasis": null</c> takes the basis back. A field nobody knows is an error: a slip of the pen must not leave a
/// pupil screened who opted out.</summary>
public static class DistrictConfigFile
{
    /// <summary>More than this, and the file is not a district file.</summary>
    public const int MaxOptOuts = 50_000;

    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8 };

    public static DistrictConfigResult Load(ReadOnlyMemory<byte> json, string fileName)
    {
        var utf8 = json.Span is [0xEF, 0xBB, 0xBF, ..] ? json[3..] : json;
        try
        {
            using var document = JsonDocument.Parse(utf8, Options);
            var reader = new ConfigReader(fileName);
            var config = Read(reader, document.RootElement);
            return reader.Errors.Count == 0 ? new DistrictConfigResult.Loaded(config) : new DistrictConfigResult.Invalid(reader.Errors);
        }
        catch (JsonException e)
        {
            return new DistrictConfigResult.Invalid([new ConfigError(fileName, "",
                $"is not JSON (line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1})")]);
        }
        catch (InvalidOperationException)
        {
            // What the JSON reader throws for text with broken UTF-8 or half a surrogate pair.
            return new DistrictConfigResult.Invalid([new ConfigError(fileName, "", "holds text that is not Unicode")]);
        }
    }

    public static DistrictConfigResult Load(string json, string fileName) => Load(System.Text.Encoding.UTF8.GetBytes(json), fileName);

    private static DistrictConfig Read(ConfigReader reader, JsonElement root)
    {
        var parts = reader.Object(root, "", "legalBasis", "codeSets", "thresholds", "optOuts", "capacity", "firstMonth", "auditMonths", "retention", "profile", "safeguarding");
        var thresholds = reader.Object(parts, "thresholds", "staleFeedSchoolDays", "ruleSet");
        var clears = parts.TryGetValue("legalBasis", out var basis) && basis.ValueKind == JsonValueKind.Null;
        return new DistrictConfig(
            clears ? null : ReadBasis(reader, parts), clears,
            reader.Texts(parts, "codeSets", 60),
            reader.Number(thresholds, "thresholds.staleFeedSchoolDays", 1, 60),
            reader.Text(thresholds, "thresholds.ruleSet", 200),
            ReadOptOuts(reader, parts),
            ReadCapacity(reader, parts),
            reader.Number(parts, "firstMonth", 1, 12),
            ReadProfile(reader, parts))
        {
            Safeguarding = SafeguardingConfig.Read(reader, parts),
            Retention = ReadRetention(reader, parts),
            AuditMonths = reader.Number(parts, "auditMonths", DistrictSettings.MinAuditMonths, DistrictSettings.MaxAuditMonths),
        };
    }

    private static Func<RetentionSettings, RetentionSettings>? ReadRetention(ConfigReader reader, Dictionary<string, JsonElement> parts)
    {
        if (!parts.ContainsKey("retention")) return null;
        var named = reader.Object(parts, "retention", "feedFileDays", "recordMonthsAfterLeaving", "notificationDays", "inboxDays", "failureDays", "registerYears");
        var files = reader.Number(named, "feedFileDays", 30, RetentionSettings.MostDays);
        var records = reader.Number(named, "recordMonthsAfterLeaving", 0, 240);
        var notifications = reader.Number(named, "notificationDays", 30, RetentionSettings.MostDays);
        var inboxes = reader.Number(named, "inboxDays", 30, RetentionSettings.MostDays);
        var failures = reader.Number(named, "failureDays", 7, RetentionSettings.MostDays);
        var registers = reader.Number(named, "registerYears", 2, 30);
        return held => new RetentionSettings(
            files ?? held.FeedFileDays, records ?? held.RecordMonthsAfterLeaving, notifications ?? held.NotificationDays, inboxes ?? held.InboxDays, failures ?? held.FailureDays,
            registers ?? held.RegisterYears);
    }

    private static DistrictProfile? ReadProfile(ConfigReader reader, Dictionary<string, JsonElement> parts)
    {
        if (!parts.ContainsKey("profile")) return null;
        var profile = reader.Object(parts, "profile", "name", "language", "timeZone");
        var zone = reader.Text(profile, "profile.timeZone", 60);
        if (zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)) reader.Add("profile.timeZone", "is not a time zone such as Asia/Tokyo");
        return new DistrictProfile(reader.Text(profile, "profile.name", DistrictProfile.MaxName), reader.Text(profile, "profile.language", 12), zone);
    }

    private static LegalBasis? ReadBasis(ConfigReader reader, Dictionary<string, JsonElement> parts)
    {
        if (!parts.ContainsKey("legalBasis")) return null;
        var basis = reader.Object(parts, "legalBasis", "kind", "text");
        var kind = reader.Text(basis, "legalBasis.kind", 60, isRequired: true);
        var text = reader.Text(basis, "legalBasis.text", LegalBasis.MaxText, isRequired: true);
        if (kind is null || text is null) return null;
        foreach (var known in Enum.GetValues<LegalBasisKind>())
            if (JsonNamingPolicy.CamelCase.ConvertName(known.ToString()) == kind) return new LegalBasis(known, text);
        reader.Add("legalBasis.kind", "must be one of " + string.Join(", ", Enum.GetNames<LegalBasisKind>().Select(JsonNamingPolicy.CamelCase.ConvertName)));
        return null;
    }

    private static List<StudentUniqueId>? ReadOptOuts(ConfigReader reader, Dictionary<string, JsonElement> parts)
    {
        if (reader.List(parts, "optOuts") is not { } list) return null;
        var ids = new List<StudentUniqueId>();
        var seen = new HashSet<StudentUniqueId>();
        var position = 0;
        foreach (var item in list)
        {
            // An error names the place in the list, never the id.
            if (item.ValueKind != JsonValueKind.String)
                reader.Add($"optOuts[{position}]", "must be an id in quotes, as the roster writes it");
            else if (!StudentUniqueId.TryParse(item.GetString(), out var id))
                reader.Add($"optOuts[{position}]", "is not a StudentUniqueId: 1 to 60 characters, no control characters");
            else if (seen.Add(id))
                ids.Add(id);
            position++;
        }
        if (ids.Count > MaxOptOuts) reader.Add("optOuts", $"must hold at most {MaxOptOuts} ids");
        return ids;
    }

    private static DistrictCapacity? ReadCapacity(ConfigReader reader, Dictionary<string, JsonElement> parts)
    {
        if (!parts.ContainsKey("capacity")) return null;
        var capacity = reader.Object(parts, "capacity", "routinePerCounsellorAndWeek", "counsellors");
        var cap = reader.Number(capacity, "capacity.routinePerCounsellorAndWeek", 0, 100);
        var counsellors = new Dictionary<SchoolId, int>();
        foreach (var (school, value) in reader.Object(capacity, "capacity.counsellors"))
        {
            var field = $"capacity.counsellors.{school}";
            if (!SchoolId.TryParse(school, out var id)) reader.Add(field, "is not a school id");
            else if (reader.Number(value, field, 0, DistrictCapacity.MaxCounsellors) is { } count) counsellors[id] = count;
        }
        return new DistrictCapacity(cap, counsellors);
    }
}
