using System.Diagnostics.Metrics;

namespace SchoolSignal.Domain.Telemetry;

/// <summary>What is measured of the work. Tags are functions, queues, levels and channels: never a school's pupil, a person or an
/// address. Nothing is kept here; who listens is decided where the app is put together.</summary>
public static class Instruments
{
    /// <summary>The meter's name, and the activity source's.</summary>
    public const string Name = "SchoolSignal";

    private static readonly Meter Meter = new(Name);

    /// <summary>Seconds from what began it (a form handed in, a feed received) to the end of a function's work on it, by function and
    /// kind of message. Of <c>RunScreening</c> it is the screening's lag.</summary>
    public static Histogram<double> WorkLag { get; } =
        Meter.CreateHistogram<double>("schoolsignal.work.lag", "s", "From what began the work to its end");

    /// <summary>Seconds one attempt of a queue function took, by function and outcome: done, again, given-up.</summary>
    public static Histogram<double> WorkDuration { get; } =
        Meter.CreateHistogram<double>("schoolsignal.work.duration", "s", "One attempt of a queue function");

    /// <summary>Seconds from a notification's planning to its acceptance, by purpose and channel.</summary>
    public static Histogram<double> NotificationDelivery { get; } =
        Meter.CreateHistogram<double>("schoolsignal.notification.delivery", "s", "From a notification's planning to its acceptance");

    /// <summary>Hours from a referral's last news to its acknowledgement, by level.</summary>
    public static Histogram<double> TimeToAcknowledge { get; } =
        Meter.CreateHistogram<double>("schoolsignal.referral.acknowledgement", "h", "From a referral's news to its acknowledgement");

    /// <summary>Rounds of alerts told of safeguarding concerns, by round: from 1 on somebody has not answered for a quarter of an hour.</summary>
    public static Counter<long> ConcernRounds { get; } =
        Meter.CreateCounter<long>("schoolsignal.concern.rounds", "{round}", "Rounds of alerts of safeguarding concerns");

    /// <summary>School days missing at the school whose feed is furthest behind.</summary>
    public static Gauge<int> OldestFeed { get; } =
        Meter.CreateGauge<int>("schoolsignal.feeds.oldest", "d", "School days missing at the school furthest behind");

    /// <summary>Schools whose attendance rules rest because their feed is behind.</summary>
    public static Gauge<int> StaleFeeds { get; } =
        Meter.CreateGauge<int>("schoolsignal.feeds.stale", "{school}", "Schools whose feed is behind");

    /// <summary>Schools that wait for the replay of a part of a feed.</summary>
    public static Gauge<int> PausedFeeds { get; } =
        Meter.CreateGauge<int>("schoolsignal.feeds.paused", "{school}", "Schools that wait for a replay");

    /// <summary>Pieces of work given up that wait for a person.</summary>
    public static Gauge<int> Failures { get; } =
        Meter.CreateGauge<int>("schoolsignal.failures", "{failure}", "Work given up that waits for a person");

    /// <summary>A tag's name and value.</summary>
    public static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
