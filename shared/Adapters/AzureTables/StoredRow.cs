using Azure.Data.Tables;
using SchoolSignal.Domain.Ports;
using ServiceTag = Azure.ETag;

namespace SchoolSignal.Adapters.AzureTables;

/// <summary>A row as the service holds it.</summary>
internal sealed class StoredRow : ITableEntity
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ServiceTag ETag { get; set; }

    public byte[] Body { get; set; } = [];

    /// <summary>Of the commit that wrote it.</summary>
    public string ChangeId { get; set; } = "";

    /// <summary>Of the commit whose row it replaced; empty for an inserted one.</summary>
    public string Before { get; set; } = "";

    public TableRow ToRow() => new(StoredKey.RowKeyOf(RowKey), Version.Of(ChangeId, ETag), Body);
}

/// <summary>The port's ETag: the id of the commit that wrote the row, and the service's own tag. By the first a writer whose
/// answer was lost can tell whose write it finds.</summary>
internal readonly record struct Version(string ChangeId, ServiceTag Tag)
{
    private const char Separator = ' ';

    public static ETag Of(string changeId, ServiceTag tag) => new($"{changeId}{Separator}{tag}");

    /// <summary>A tag that is none of ours is no row's version; the service then finds that it does not match.</summary>
    public static Version Parse(ETag tag) =>
        tag.Value?.IndexOf(Separator, StringComparison.Ordinal) is { } at and >= 0
            ? new Version(tag.Value[..at], new ServiceTag(tag.Value[(at + 1)..]))
            : new Version("", new ServiceTag("W/\"none\""));
}
