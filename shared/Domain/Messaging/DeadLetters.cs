using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Messaging;

/// <summary>Turns what a queue gave up by itself into failures an administrator sees and can replay.</summary>
public sealed class DeadLetters(IDeadLetterReader reader, FailureStore failures, TimeProvider time)
{
    /// <summary>Of one queue in one sweep; the next sweep goes on.</summary>
    private const int MostAtOnce = 100;

    /// <returns>How many there were.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var kept = 0;
        foreach (var queue in QueueName.All)
            kept += await reader.TakeAsync(queue, MostAtOnce, (letter, token) => failures.AddAsync(FailureOf(letter), token), cancellationToken);
        return kept;
    }

    private Failure FailureOf(GivenUpMessage letter)
    {
        try
        {
            var envelope = Envelope.Parse(letter.Body);
            return new Failure(letter.Queue.Value, envelope.Key, envelope.Kind, letter.Reason, letter.Deliveries, time.GetUtcNow(), letter.Body);
        }
        catch (FormatException)
        {
            return Failure.OfNoEnvelope(letter.Queue, letter.Body, letter.Reason, letter.Deliveries, time.GetUtcNow());
        }
    }
}
