using System.Text;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Entries of writes: each travels as an outbox row of the very commit it tells of, so that no change is without its
/// entry and no entry without its change; and entries of runs, appended when the run ends.</summary>
public sealed class AuditTrail(AuditChains chains)
{
    /// <summary>Kind of the message on queue <c>audit</c>; its one id is the entry.</summary>
    public const string Kind = "audit";

    private const string Entry = "entry";

    /// <summary>The row to add to the commit of the write; whoever commits relays the partition's outbox afterwards.</summary>
    public static RowChange Row(AuditEntry entry) =>
        Outbox.Row(QueueName.Audit, Envelope.First($"audit|{entry.Id}", Kind, (Entry, Encoding.UTF8.GetString(entry.ToBytes()))));

    /// <summary>Takes an entry's message; one that comes again, or late, or out of order, is appended once.</summary>
    public Task ConsumeAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.Kind != Kind) throw new FormatException("The message is not an audit entry.");
        return AppendAsync(AuditEntry.Parse(Encoding.UTF8.GetBytes(envelope[Entry])), cancellationToken);
    }

    /// <summary>Appends the entry at once: for runs, whose entry is not one commit with what they did.</summary>
    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken) => chains.AppendAsync(entry, cancellationToken);
}
