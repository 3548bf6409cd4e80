namespace SchoolSignal.Benchmarks.Peak;

/// <summary>What a school's register asks of the app.</summary>
/// <param name="Messages">One after the other.</param>
/// <param name="Processor">Of all of them together.</param>
/// <param name="Waiting">For storage, of all of them together.</param>
/// <param name="Requests">To storage, of all of them together.</param>
public sealed record RegisterWork(int Messages, TimeSpan Processor, TimeSpan Waiting, int Requests);

/// <summary>How the platform gives instances.</summary>
/// <param name="AtOnce">Messages an instance works on at once (host.json).</param>
/// <param name="Start">From the decision to an instance that works.</param>
/// <param name="Decision">Between two decisions on how many are needed.</param>
/// <param name="AlwaysReady">Instances that run before the morning.</param>
/// <param name="StorageRate">Requests a second that the storage account answers; the rest wait.</param>
public sealed record Platform(int AtOnce, TimeSpan Start, TimeSpan Decision, int AlwaysReady, int Most, int StorageRate)
{
    /// <summary>Flex Consumption with target-based scaling, one storage account at its published rate.</summary>
    public static Platform FlexConsumption { get; } = new(16, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), 1, 100, 20_000);
}

/// <summary>How a morning went.</summary>
/// <param name="Median">From a register's arrival to its school's pupils screened.</param>
/// <param name="Last">From the last arrival to the last screening.</param>
/// <param name="Backlog">Messages that waited, at most.</param>
/// <param name="StorageRequests">In the busiest second.</param>
public sealed record Morning(TimeSpan Median, TimeSpan Within95, TimeSpan Longest, TimeSpan Last, int Instances, int Backlog, double StorageRequests, TimeSpan InstanceTime);

/// <summary>A morning's registers through the queues, on as many instances as the platform gives: a discrete-event simulation, first come
/// first served. An instance has one processor: what it works on at once shares it.</summary>
public static class PeakSimulation
{
    private const double Step = 0.1;

    /// <param name="arrivals">Seconds from the start, ascending: when each school's register comes.</param>
    public static Morning Run(IReadOnlyList<double> arrivals, RegisterWork work, Platform platform)
    {
        var cpu = work.Processor.TotalSeconds / work.Messages;
        var wall = cpu + (work.Waiting.TotalSeconds / work.Messages);
        // More at once than keep the processor busy would only wait for it.
        var slotsEach = Math.Max(1, Math.Min(platform.AtOnce, (int)(wall / cpu)));

        var storageSlots = Math.Max(1, (int)(platform.StorageRate * wall * work.Messages / work.Requests));

        var ready = platform.AlwaysReady;
        var starting = new Queue<double>();
        var waiting = new Queue<(int Register, int Done)>();
        var working = new PriorityQueue<(int Register, int Done), double>();
        var ends = new double[arrivals.Count];
        var (next, finished, most, backlog, decided) = (0, 0, ready, 0, 0.0);
        double instanceSeconds = 0, busiest = 0;
        for (var now = 0.0; finished < arrivals.Count; now += Step)
        {
            while (starting.TryPeek(out var at) && at <= now)
            {
                starting.Dequeue();
                ready++;
            }
            while (next < arrivals.Count && arrivals[next] <= now) waiting.Enqueue((next++, 0));
            while (working.TryPeek(out var message, out var end) && end <= now)
            {
                working.Dequeue();
                if (message.Done + 1 < work.Messages) waiting.Enqueue((message.Register, message.Done + 1));
                else
                {
                    ends[message.Register] = end;
                    finished++;
                }
            }
            while (waiting.Count > 0 && working.Count < Math.Min(ready * slotsEach, storageSlots)) working.Enqueue(waiting.Dequeue(), now + wall);

            backlog = Math.Max(backlog, waiting.Count);
            busiest = Math.Max(busiest, working.Count / wall * work.Requests / work.Messages);
            instanceSeconds += (ready + starting.Count) * Step;
            if (now < decided) continue;
            decided = now + platform.Decision.TotalSeconds;
            var wanted = Math.Min(platform.Most, (int)Math.Ceiling((waiting.Count + working.Count) / (double)slotsEach));
            for (var more = wanted - ready - starting.Count; more > 0; more--) starting.Enqueue(now + platform.Start.TotalSeconds);
            most = Math.Max(most, ready + starting.Count);
        }
        var lags = arrivals.Select((at, i) => ends[i] - at).Order().ToList();
        return new Morning(
            Seconds(lags[lags.Count / 2]), Seconds(lags[(int)((lags.Count - 1) * 0.95)]), Seconds(lags[^1]), Seconds(ends.Max() - arrivals[^1]), most, backlog, busiest, Seconds(instanceSeconds));

        static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Registers taken between nine and half past, most of them in the middle: a triangular distribution.</summary>
    public static IReadOnlyList<double> NineToHalfPast(int schools, int seed)
    {
        const double Length = 30 * 60;
        var random = new Random(seed);
        return [.. Enumerable.Range(0, schools).Select(_ => (random.NextDouble() + random.NextDouble()) / 2 * Length).Order()];
    }
}
