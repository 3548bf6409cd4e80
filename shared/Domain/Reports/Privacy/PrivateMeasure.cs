using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Reports.Privacy;

/// <summary>A table to be published with noise.</summary>
/// <param name="Table">Its true counts. Only those at the finest listed codes are used; totals are summed anew.</param>
/// <param name="GroupDimension">The dimension that sums up to the district. Each of its levels gets noise of its own, so that the
/// district's figure is not as uncertain as all its schools' together.</param>
/// <param name="Contributions">In how many of the finest cells one pupil may count, at most, in the period. From 1. Whoever counts must
/// have seen to it: a pupil who changed school is counted in one.</param>
public sealed record PrivateMeasure(CountTable Table, string GroupDimension, int Contributions);

/// <summary>How large the noise of a release is: for the words beside its figures.</summary>
/// <param name="Sensitivity">How much all of the release's draws together change, at most, with one pupil.</param>
public sealed record NoiseSize(int Sensitivity, Epsilon Epsilon)
{
    /// <summary>For sums of several draws, whose tails are a little heavier than the normal distribution's.</summary>
    private const double Within95OfSums = 2.05;

    /// <summary>The figure lies at most this far from the true count in 19 of 20 cases.</summary>
    /// <param name="draws">How many of the finest cells of the other dimensions the figure sums: see <see cref="PrivateRelease.DrawsIn"/>.</param>
    public long Within95(int draws)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        var noise = new DiscreteLaplace(Sensitivity, Epsilon);
        return draws == 1 ? noise.Within(0.05) : (long)Math.Ceiling(Within95OfSums * Math.Sqrt(draws * noise.Variance));
    }
}
