using System.Collections.Concurrent;
using System.Text.Json;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports.Disclosure;
using SchoolSignal.Domain.Reports.Measures;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>The files of reports: <c>reports/ID/</c> holds what is public (<see cref="ContentFile"/>, <see cref="CsvFile"/>,
/// <see cref="JsonFile"/>, <see cref="CertificateFile"/>), <c>report-counts/ID.json</c> what was counted, which is never served.</summary>
public sealed class ReportArchive(IFileArchive archive)
{
    public const string ContentFile = "report.json";
    public const string CsvFile = "numbers.csv";
    public const string JsonFile = "numbers.json";
    public const string CertificateFile = "certificate.json";

    private const string Public = "reports";
    private const string Counted = "report-counts";

    /// <summary>As many released reports as people look at; a released one never changes.</summary>
    private const int MostKept = 64;

    private readonly ConcurrentDictionary<ReportId, ReportContent> kept = new();

    /// <summary>Writes all files of a report, over those of an earlier draft of the same id.</summary>
    public async Task WriteAsync(ReportContent content, Certificate? certificate, PeriodCounts counts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var facts = ReportFacts.Of(content);
        await WriteCountsAsync(content.Id, counts, cancellationToken);
        await WriteAsync(PathOf(content.Id, ContentFile), JsonSerializer.SerializeToUtf8Bytes(content, ReportContentJson.Default.ReportContent), cancellationToken);
        await WriteAsync(PathOf(content.Id, CsvFile), ReportFiles.Csv(facts), cancellationToken);
        await WriteAsync(PathOf(content.Id, JsonFile), JsonSerializer.SerializeToUtf8Bytes(facts, ReportFactJson.Default.IReadOnlyListReportFact), cancellationToken);
        if (certificate is not null)
            await WriteAsync(PathOf(content.Id, CertificateFile), ReleaseFile.Write(content.ToPublished(), certificate), cancellationToken);
    }

    /// <summary>Keeps what was counted, which a report is protected from again.</summary>
    public Task WriteCountsAsync(ReportId id, PeriodCounts counts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return WriteAsync(
            ArchivePath.Of(Counted, id + ".json"), JsonSerializer.SerializeToUtf8Bytes(counts.Schools, ReportContentJson.Default.IReadOnlyListSchoolCounts), cancellationToken);
    }

    /// <summary>The proof that goes with a report; null where chance was added instead.</summary>
    public async Task<Certificate?> ReadCertificateAsync(ReportId id, CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(id, CertificateFile, cancellationToken);
        if (stream is null) return null;
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken);
        return ReleaseFile.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)) switch
        {
            ReleaseFileRead.Read read => read.Certificate,
            ReleaseFileRead.Refused refused => throw new InvalidOperationException($"The certificate of {id} cannot be read: {refused.Why}"),
            _ => throw new InvalidOperationException("An outcome of reading a certificate is not handled."),
        };
    }

    /// <summary>What a released report shows.</summary>
    /// <exception cref="InvalidOperationException">Its file is gone.</exception>
    public async ValueTask<ReportContent> ReadReleasedAsync(ReportId id, CancellationToken cancellationToken)
    {
        if (kept.TryGetValue(id, out var known)) return known;
        var content = await ReadAsync(id, cancellationToken);
        if (kept.Count >= MostKept) kept.Clear();
        return kept[id] = content;
    }

    /// <summary>What a report shows, released or not.</summary>
    public async Task<ReportContent> ReadAsync(ReportId id, CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(id, ContentFile, cancellationToken) ?? throw new InvalidOperationException("The file of a report is gone.");
        return (await JsonSerializer.DeserializeAsync(stream, ReportContentJson.Default.ReportContent, cancellationToken))!;
    }

    /// <summary>What was counted for a report.</summary>
    public async Task<IReadOnlyList<SchoolCounts>> ReadCountsAsync(ReportId id, CancellationToken cancellationToken)
    {
        await using var stream = await archive.OpenReadAsync(ArchivePath.Of(Counted, id + ".json"), cancellationToken)
            ?? throw new InvalidOperationException("The counts of a report are gone.");
        return (await JsonSerializer.DeserializeAsync(stream, ReportContentJson.Default.IReadOnlyListSchoolCounts, cancellationToken))!;
    }

    /// <summary>One of a report's public files; null if there is none.</summary>
    public ValueTask<Stream?> OpenAsync(ReportId id, string file, CancellationToken cancellationToken) => archive.OpenReadAsync(PathOf(id, file), cancellationToken);

    private async Task WriteAsync(ArchivePath path, byte[] bytes, CancellationToken cancellationToken)
    {
        await using var file = await archive.CreateAsync(path, cancellationToken);
        await file.Stream.WriteAsync(bytes, cancellationToken);
        await file.CompleteAsync(cancellationToken);
    }

    private static ArchivePath PathOf(ReportId id, string file) => ArchivePath.Of(Public, id.ToString(), file);
}
