using SchoolSignal.Domain.Observations;

namespace SchoolSignal.Domain.Screening;

/// <summary>Computes what teachers' forms say. The window is the forms dated within the pupil's last 20 school days up to
/// the as-of date; without such a form everything here is undefined.</summary>
internal static class ObservationIndicators
{
    /// <summary>Inclusive: an item answered "often" or "almost always".</summary>
    public const int OftenSeen = 3;

    /// <summary>Inclusive: of items 1 to 4, in one form, for the form to speak of withdrawing.</summary>
    public const int WithdrawingItems = 3;

    /// <summary>Inclusive: a form with fewer of items 1 to 12 answered has no total.</summary>
    public const int AnsweredForTotal = 8;

    /// <summary>Inclusive: earlier forms needed for a pupil's own usual total.</summary>
    public const int EarlierForms = 2;

    public const int TotalItems = 12;

    // The least common multiple of 8, 9, 10, 11 and 12: a total scaled to twelve items is a whole number of these parts.
    private const int Parts = 3960;

    /// <summary>Writes every indicator that a form speaks of.</summary>
    /// <param name="values">The pupil's, without observations yet.</param>
    public static void Compute(ReadOnlySpan<Observation> forms, DateOnly from, DateOnly asOf, PupilIndicators values)
    {
        var window = Window(forms, from, asOf);
        if (window.IsEmpty) return;

        values.Count(Indicator.WithdrawingItems, MostWithdrawingItems(window));
        values.Count(Indicator.WithdrawingObservers, Observers(window));
        if (Change(forms, window) is { } change) values.Real(Indicator.ObservedChange, (double)change / (2 * Parts));
        for (var indicator = Indicator.ObservedAches; indicator <= Indicator.ObservedConnection; indicator++)
            if (Highest(window, indicator) is { } answer) values.Count(indicator, answer);
    }

    /// <summary>Forms of the window.</summary>
    public static ReadOnlySpan<Observation> Window(ReadOnlySpan<Observation> forms, DateOnly from, DateOnly asOf)
    {
        var (start, end) = (0, forms.Length);
        while (start < end && forms[start].Date < from) start++;
        while (end > start && forms[end - 1].Date > asOf) end--;
        return forms[start..end];
    }

    /// <summary>Whether a form belongs to the evidence of an indicator that reaches a value.</summary>
    public static bool Supports(Observation form, Indicator indicator, double atLeast) => indicator switch
    {
        Indicator.WithdrawingItems => CountWithdrawing(form) >= atLeast,
        Indicator.WithdrawingObservers => CountWithdrawing(form) >= WithdrawingItems,
        _ => Highest(form, indicator) is { } answer && answer >= atLeast,
    };

    /// <summary>The form of the window the change is measured on: the latest with a total; of one day the highest.</summary>
    public static Observation? LatestScored(ReadOnlySpan<Observation> window)
    {
        Observation? latest = null;
        foreach (var form in window)
            if (Total(form) is { } total && (latest is null || form.Date > latest.Date || total > Total(latest))) latest = form;
        return latest;
    }

    private static int CountWithdrawing(Observation form)
    {
        var count = 0;
        for (var item = 1; item <= 4; item++)
            if (form.Item(item) >= OftenSeen) count++;
        return count;
    }

    private static int MostWithdrawingItems(ReadOnlySpan<Observation> window)
    {
        var most = 0;
        foreach (var form in window) most = Math.Max(most, CountWithdrawing(form));
        return most;
    }

    /// <summary>Different observers with a withdrawing form.</summary>
    private static int Observers(ReadOnlySpan<Observation> window)
    {
        var count = 0;
        for (var i = 0; i < window.Length; i++)
        {
            if (CountWithdrawing(window[i]) < WithdrawingItems) continue;
            var seen = false;
            for (var earlier = 0; earlier < i && !seen; earlier++)
                seen = window[earlier].Observer == window[i].Observer && CountWithdrawing(window[earlier]) >= WithdrawingItems;
            if (!seen) count++;
        }
        return count;
    }

    private static int? Highest(ReadOnlySpan<Observation> window, Indicator indicator)
    {
        int? highest = null;
        foreach (var form in window)
            if (Highest(form, indicator) is { } answer && (highest is null || answer > highest)) highest = answer;
        return highest;
    }

    private static int? Highest(Observation form, Indicator indicator) => indicator switch
    {
        Indicator.ObservedAches => form.Item(5),
        Indicator.ObservedSleepiness => form.Item(7),
        Indicator.ObservedSelfCare => form.Item(8),
        Indicator.ObservedAffect => Higher(form.Item(9), form.Item(10)),
        Indicator.ObservedDropping => Higher(form.Item(11), form.Item(12)),
        Indicator.ObservedConnection => form.Item(13),
        _ => null,
    };

    private static int? Higher(byte? a, byte? b) => a is null ? b : b is null ? a : Math.Max(a.Value, b.Value);

    /// <summary>The latest total minus the median of the pupil's earlier ones, from any observer and at any time before the
    /// latest form's date; in half <see cref="Parts"/>, null with too few of them.</summary>
    private static int? Change(ReadOnlySpan<Observation> forms, ReadOnlySpan<Observation> window)
    {
        if (LatestScored(window) is not { } latest) return null;
        Span<int> earlier = forms.Length <= 128 ? stackalloc int[128] : new int[forms.Length];
        var count = 0;
        foreach (var form in forms)
            if (form.Date < latest.Date && Total(form) is { } total) earlier[count++] = total;
        if (count < EarlierForms) return null;
        earlier = earlier[..count];
        earlier.Sort();
        var medianTwice = earlier[(count - 1) / 2] + earlier[count / 2];
        return (2 * Total(latest)!.Value) - medianTwice;
    }

    /// <summary>Items 1 to 12, scaled to twelve where some were not seen, in parts of <see cref="Parts"/>; null with fewer
    /// than eight answered.</summary>
    private static int? Total(Observation form)
    {
        var (sum, answered) = (0, 0);
        for (var item = 1; item <= TotalItems; item++)
        {
            if (form.Item(item) is not { } answer) continue;
            sum += answer;
            answered++;
        }
        return answered < AnsweredForTotal ? null : sum * TotalItems * (Parts / answered);
    }
}
