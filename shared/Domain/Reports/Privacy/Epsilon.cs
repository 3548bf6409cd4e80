using System.Globalization;
using System.Numerics;

namespace SchoolSignal.Domain.Reports.Privacy;

/// <summary>A privacy loss ε: adding or taking away one pupil changes the chance of any published result by a factor of at most e^ε.
/// Kept in whole thousandths, so that what is spent adds up exactly.</summary>
/// <remarks>Source: Dwork, McSherry, Nissim and Smith, "Calibrating noise to sensitivity in private data analysis" (2006).</remarks>
public readonly record struct Epsilon
    : IComparable<Epsilon>, IAdditionOperators<Epsilon, Epsilon, Epsilon>, ISubtractionOperators<Epsilon, Epsilon, Epsilon>
{
    /// <summary>100, far beyond what protects anybody; inclusive.</summary>
    public const int MostThousandths = 100_000;

    /// <param name="thousandths">0 to <see cref="MostThousandths"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside that.</exception>
    public Epsilon(int thousandths)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(thousandths);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(thousandths, MostThousandths);
        Thousandths = thousandths;
    }

    public int Thousandths { get; }

    public static Epsilon Zero => default;

    public int CompareTo(Epsilon other) => Thousandths.CompareTo(other.Thousandths);

    public override string ToString() => (Thousandths / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    public static Epsilon operator +(Epsilon left, Epsilon right) => new(checked(left.Thousandths + right.Thousandths));

    /// <exception cref="ArgumentOutOfRangeException">More is taken than there is.</exception>
    public static Epsilon operator -(Epsilon left, Epsilon right) => new(left.Thousandths - right.Thousandths);

    public static bool operator <(Epsilon left, Epsilon right) => left.Thousandths < right.Thousandths;

    public static bool operator >(Epsilon left, Epsilon right) => left.Thousandths > right.Thousandths;

    public static bool operator <=(Epsilon left, Epsilon right) => left.Thousandths <= right.Thousandths;

    public static bool operator >=(Epsilon left, Epsilon right) => left.Thousandths >= right.Thousandths;
}
