using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Reports.Privacy;

/// <summary>What became of asking for a release with noise.</summary>
public abstract record PrivateDraw
{
    private PrivateDraw()
    {
    }

    /// <param name="First">False: it was drawn and paid for before, and is the same again.</param>
    public sealed record Drawn(ReadOnlyMemory<byte> Body, bool First) : PrivateDraw;

    /// <summary>The year's budget does not reach; nothing was drawn and nothing spent.</summary>
    public sealed record BudgetSpent(Epsilon Asked, Epsilon Left) : PrivateDraw;
}

/// <summary>What a release cost.</summary>
public sealed record Spending(string Release, Epsilon Epsilon, DateTimeOffset When);

/// <summary>A school year's privacy budget and what it went into, oldest first.</summary>
public sealed record PrivacyBudget(IReadOnlyList<Spending> Spendings)
{
    public Epsilon Spent => Spendings.Aggregate(Epsilon.Zero, (sum, spending) => sum + spending.Epsilon);
}

/// <summary>Pays for releases with noise out of a school year's budget and keeps each as it was drawn: noise drawn twice for one
/// question would average out. Payment and draw are one commit: rows <c>B|year</c> and <c>Y|release|part</c> of table <c>reports</c>,
/// partition (district, "privacy").</summary>
/// <remarks>Releases of one year add up (sequential composition), whoever asks and whichever process answers.</remarks>
public sealed class PrivacyLedger(ITableStore store, DistrictId district, TimeProvider time)
{
    private const string BudgetRow = "B";
    private const string DrawnRow = "Y";

    /// <summary>Rows of a release: with the budget's row they are one commit, within its bytes, which count as they travel, four for
    /// three.</summary>
    private const int MaxParts = 45;

    /// <summary>The most bytes of a release.</summary>
    public const int MaxBody = MaxParts * ITableStore.MaxBody;

    /// <summary>The release as it was first drawn, or, where it never was and the budget reaches, as it is drawn now.</summary>
    /// <param name="release">Unique in the district. A revision is another release, and costs again.</param>
    /// <param name="epsilon">What it costs; above zero. Not looked at where it was drawn before.</param>
    /// <param name="yearly">What a school year may cost in all; inclusive.</param>
    /// <param name="draw">Draws and writes the release; may be called and its outcome thrown away, unseen, where another is faster.</param>
    /// <exception cref="ArgumentException">The release is larger than <see cref="MaxBody"/>.</exception>
    public async Task<PrivateDraw> DrawAsync(
        string release, SchoolYear year, Epsilon epsilon, Epsilon yearly, Func<ReadOnlyMemory<byte>> draw, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(release);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(epsilon, Epsilon.Zero);
        ArgumentNullException.ThrowIfNull(draw);
        ReadOnlyMemory<byte>? drawn = null;
        while (true)
        {
            // The budget first: another's payment for this very release, made in between, must not look like an empty purse.
            var row = await store.GetAsync(TableName.Reports, Partition, KeyOf(year), cancellationToken);
            if (await FindAsync(release, cancellationToken) is { } before) return new PrivateDraw.Drawn(before, First: false);
            var budget = Read(row);
            var spent = budget.Spent;
            if (spent > yearly || epsilon > yearly - spent)
                return new PrivateDraw.BudgetSpent(epsilon, spent > yearly ? Epsilon.Zero : yearly - spent);

            drawn ??= draw();
            var after = budget with { Spendings = [.. budget.Spendings, new Spending(release, epsilon, time.GetUtcNow())] };
            var body = JsonSerializer.SerializeToUtf8Bytes(StoredBudget.Of(after), PrivacyJson.Default.StoredBudget);
            RowChange payment = row is { } held ? new RowChange.Replace(KeyOf(year), held.ETag, body) : new RowChange.Insert(KeyOf(year), body);
            if (await store.CommitAsync(TableName.Reports, Partition, [payment, .. Parts(release, drawn.Value)], cancellationToken) is CommitResult.Committed)
                return new PrivateDraw.Drawn(drawn.Value, First: true);
        }
    }

    /// <summary>A release as it was drawn; null if it never was.</summary>
    public async Task<ReadOnlyMemory<byte>?> FindAsync(string release, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await foreach (var row in store.QueryAsync(TableName.Reports, Partition, RowKeyRange.Under(DrawnRow, release), cancellationToken))
            body.Write(row.Body.Span);
        if (body.Length == 0) return null;
        return body.ToArray();
    }

    public async Task<PrivacyBudget> ReadAsync(SchoolYear year, CancellationToken cancellationToken) =>
        Read(await store.GetAsync(TableName.Reports, Partition, KeyOf(year), cancellationToken));

    private PartitionKey Partition => PartitionKey.Of(district.Value, "privacy");

    private static RowKey KeyOf(SchoolYear year) => RowKey.Of(BudgetRow, year.ToString());

    private static IEnumerable<RowChange> Parts(string release, ReadOnlyMemory<byte> body)
    {
        if (body.Length is 0 or > MaxBody)
            throw new ArgumentException($"A release with noise has 1 to {MaxBody:N0} bytes, not {body.Length:N0}.", nameof(body));
        for (var part = 0; part * ITableStore.MaxBody < body.Length; part++)
        {
            var rest = body[(part * ITableStore.MaxBody)..];
            yield return new RowChange.Insert(
                RowKey.Of(DrawnRow, release, part.ToString("D2", CultureInfo.InvariantCulture)), rest[..Math.Min(rest.Length, ITableStore.MaxBody)]);
        }
    }

    private static PrivacyBudget Read(TableRow? row) => row is { } found
        ? JsonSerializer.Deserialize(found.Body.Span, PrivacyJson.Default.StoredBudget)!.ToBudget()
        : new PrivacyBudget([]);
}

internal sealed record StoredSpending(string Release, int Thousandths, DateTimeOffset When);

internal sealed record StoredBudget(IReadOnlyList<StoredSpending> Spendings)
{
    public static StoredBudget Of(PrivacyBudget budget) =>
        new([.. budget.Spendings.Select(s => new StoredSpending(s.Release, s.Epsilon.Thousandths, s.When))]);

    public PrivacyBudget ToBudget() => new([.. Spendings.Select(s => new Spending(s.Release, new Epsilon(s.Thousandths), s.When))]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredBudget))]
internal sealed partial class PrivacyJson : JsonSerializerContext;
