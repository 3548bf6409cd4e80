using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>What a district decides for its reports.</summary>
/// <param name="Threshold">Counts of 1 to below it are hidden. <see cref="LeastThreshold"/> to <see cref="MostThreshold"/>, inclusive.</param>
/// <param name="EpsilonOfReport">Where chance is added, what each report costs, in thousandths. <see cref="LeastEpsilon"/> to
/// <see cref="EpsilonOfYear"/>.</param>
/// <param name="EpsilonOfYear">What a school year's reports may cost in all, in thousandths, inclusive.</param>
public sealed record ReportSettings(ReportMode Mode, int Threshold, int EpsilonOfReport = ReportSettings.UsualEpsilon, int EpsilonOfYear = 60 * ReportSettings.UsualEpsilon)
{
    public const int UsualEpsilon = 1_000;
    public const int LeastEpsilon = 80;

    public const int LeastThreshold = 5;
    public const int MostThreshold = 30;


    public static ReportSettings Default { get; } = new(ReportMode.Hide, SuppressionPolicy.DefaultThreshold);

    [JsonIgnore]
    public SuppressionPolicy Policy => new() { Threshold = Threshold };
}

/// <summary>Row <c>report-settings</c> of the district's partition.</summary>
public sealed class ReportSettingsStore(ITableStore store, DistrictId district)
{
    private static readonly RowKey Key = RowKey.Of("report-settings");

    private readonly PartitionKey partition = PartitionKey.Of(district.Value);

    /// <summary><see cref="ReportSettings.Default"/> where nothing was decided.</summary>
    public async ValueTask<(ReportSettings Settings, ETag? Version)> ReadAsync(CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.District, partition, Key, cancellationToken) is { } row
            ? (JsonSerializer.Deserialize(row.Body.Span, ReportSettingsJson.Default.ReportSettings)!, row.ETag)
            : (ReportSettings.Default, null);

    /// <param name="with">Further changes of the district's partition in the same commit, such as the audit's entry.</param>
    /// <returns>False if somebody else saved meanwhile.</returns>
    public async Task<bool> SaveAsync(ReportSettings settings, ETag? expected, CancellationToken cancellationToken, params IReadOnlyList<RowChange> with)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(settings, ReportSettingsJson.Default.ReportSettings);
        RowChange change = expected is { } version ? new RowChange.Replace(Key, version, body) : new RowChange.Insert(Key, body);
        return await store.CommitAsync(TableName.District, partition, [change, .. with], cancellationToken) is CommitResult.Committed;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReportSettings))]
internal sealed partial class ReportSettingsJson : JsonSerializerContext;
