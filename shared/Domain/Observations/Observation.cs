using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>A teacher's form on a pupil: thirteen items in our own words (evidence.md §5), 0 never to 4 almost always,
/// null where there was not enough chance to see. It looks back over the last 20 school days.</summary>
/// <param name="Items">Thirteen answers, item 1 first. Item 13 is reversed: high is good.</param>
/// <param name="Observer">Who filled it in, as an opaque id: two observers agreeing is stronger than one.</param>
public sealed record Observation(ObservationId Id, StudentKey Student, SchoolId School, DateOnly Date, string Observer, IReadOnlyList<byte?> Items)
{
    public const int ItemCount = 13;
    public const byte MaxAnswer = 4;

    public byte? Item(int number) => Items[number - 1];
}

/// <summary>A form's id: random, or derived from the sender's idempotency key.</summary>
public readonly record struct ObservationId(Guid Value)
{
    public static ObservationId New() => new(Guid.NewGuid());

    public static bool TryParse(string text, out ObservationId id)
    {
        var isId = Guid.TryParseExact(text, "N", out var value);
        id = new ObservationId(value);
        return isId;
    }

    /// <summary>Thirty-two lower-case hex digits; it says nothing about the pupil and may stand in an address.</summary>
    public override string ToString() => Value.ToString("N");
}
