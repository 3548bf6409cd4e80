using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Reports.Privacy;

/// <summary>A release with noise in place of hidden cells. Every figure is shown, none is exact.</summary>
/// <remarks>One pupil more or less changes the chance of any such release by at most e^ε, whatever else is known. All draws have the
/// same spread: what a pupil can change, over all tables and all levels of the group dimension, divided by ε. What follows the draws
/// (totals that agree, no negative counts, whole numbers) uses the noisy figures alone and costs nothing.</remarks>
public sealed record PrivateRelease(PublishedRelease Release, NoiseSize Noise)
{
    /// <exception cref="ArgumentException">Two tables count the same things, a table lists a total without all of its parts, a measure's
    /// group dimension is not there, or contributions are below 1.</exception>
    public static PrivateRelease Draw(string name, IReadOnlyList<PrivateMeasure> measures, Epsilon epsilon, UniformBits bits)
    {
        ArgumentNullException.ThrowIfNull(measures);
        if (measures.GroupBy(m => m.Table.Shape.Universe).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"{twice.Key} is counted by two tables: draw for the finer one and sum the other from it.", nameof(measures));
        var listings = measures.Select(m => new MeasureListing(m)).ToList();
        var noise = new NoiseSize(listings.Sum(l => l.Sensitivity), epsilon);
        var laplace = new DiscreteLaplace(noise.Sensitivity, epsilon);
        return new PrivateRelease(new PublishedRelease(name, [.. listings.Select(l => l.Draw(laplace, bits))]), noise);
    }

    /// <summary>How many of the finest cells of the dimensions other than the group's a cell sums: 1 to all of them.</summary>
    public static int DrawsIn(TableShape shape, string groupDimension, int cell)
    {
        var draws = 1;
        for (var i = 0; i < shape.Dimensions.Count; i++)
            if (shape.Dimensions[i].Name != groupDimension) draws *= new ListedCodes(shape.Dimensions[i]).FinestUnder(shape.CodeAt(cell, i));
        return draws;
    }
}
